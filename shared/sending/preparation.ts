// What must be done before the letters of a request can go: files uploaded and scanned, one dispatch put for each
// recipient; and afterwards uploads purged that no letter uses. Pure: what comes next is a function of the record and the time.
import { MINUTE, SECOND } from "../clock.ts";
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import type { RequestRecord } from "./requestRecord.ts";

/** How far the upload of one file has come. */
export const UPLOAD_STATES = ["new", "initialized", "uploaded", "published"] as const;

/** One new attachment that is uploaded on its own, to be shared by letters or because it is large. */
export interface Upload {
  readonly state: (typeof UPLOAD_STATES)[number];
  /** Altinn's id, recorded before the bytes go. */
  readonly attachmentId?: string;
  /** Who makes a call for it, and until when that can last; settled by a conditional write before the call. */
  readonly claim?: { readonly by: string; readonly until: number };
  /** How often its bytes were sent without a clear answer. */
  readonly cuts: number;
  /** When its bytes were there, in epoch milliseconds. */
  readonly uploadedAt?: number;
}

export interface Preparation {
  /** A message with a lower generation is out of date. */
  readonly generation: number;
  /** Raised by each replay of the request; 0 where it is absent. Its dispatches begin with it. */
  readonly epoch?: number;
  /** When the last replay was: waiting counts from there. */
  readonly replayedAt?: number;
  /** Epoch milliseconds, as all times here. */
  readonly nextStepAt: number;
  /** One for each new attachment, in their order; empty where the letters take no new files. */
  readonly uploads: readonly Upload[];
  /** Tries in a row that came to nothing, when the last of them was, and how much of the wait counts for giving up. */
  readonly failures: number;
  readonly failedAt?: number;
  readonly countedWait: number;
  /** No letter comes of the request: it is told once, as a whole. */
  readonly ended?: Problem & { readonly end: UnsentEnd; readonly at: number; readonly isTold: boolean };
  /** Since when its files are uploaded anew, for letters that are replayed; and why that was not possible. */
  readonly anew?: { readonly since: number; readonly failed?: Problem & { readonly end: UnsentEnd } };
  /** Attachments that no letter uses, to be purged; recorded before the first call to do so. */
  readonly unused: readonly string[];
  /** Letters use the uploads, or none ever will: nothing is left to find out. */
  readonly isSettled: boolean;
}

export type PreparationStep =
  | { readonly step: "initialize" | "upload" | "check"; readonly index: number }
  | { readonly step: "wait"; readonly delayMs: number }
  | { readonly step: "fanOut" }
  /** Nothing more goes: each recipient's dispatch is given the wish to cancel. */
  | { readonly step: "cancel" }
  | { readonly step: "tellEnd" }
  | { readonly step: "purge"; readonly attachmentId: string }
  /** Nothing more for now. */
  | { readonly step: "none" };

/** The scan of small files takes seconds; that of large ones minutes. */
const SHORTEST_PAUSE = 5 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;

/** A preparation that has not begun. */
export function newPreparation(files: number, now: number): Preparation {
  return {
    generation: 1,
    nextStepAt: now,
    uploads: Array.from({ length: files }, () => ({ state: "new", cuts: 0 })),
    failures: 0,
    countedWait: 0,
    unused: [],
    isSettled: files === 0,
  };
}

/** A preparation that begins again, in a later epoch: files are uploaded anew, and what was uploaded before is purged. */
export function replayedPreparation(before: Preparation, files: number, epoch: number, now: number): Preparation {
  const { generation } = before;
  const begun = { ...newPreparation(files, now), generation: generation + 1, unused: allUnused(before) };
  return { ...begun, epoch, replayedAt: now };
}

/** The record of a request whose files are uploaded anew, for letters of it that are replayed and wait for them. */
export function uploadedAnew(record: RequestRecord, files: number, now: number): RequestRecord {
  const before = preparationOf(record);
  const { generation, epoch, ended } = before;
  const preparation: Preparation = {
    ...newPreparation(files, now),
    generation: generation + 1,
    ...(epoch === undefined ? {} : { epoch }),
    ...(ended === undefined ? {} : { ended }),
    unused: allUnused(before),
    replayedAt: now,
    anew: { since: now },
  };
  // A letter that was not prepared has gone out all the same.
  return { ...record, fannedOut: record.preparation ? record.fannedOut : record.total, poisonIds: [], preparation };
}

/** The preparation of a request; one that was recorded before there were any has only its dispatches to put. */
export function preparationOf(record: RequestRecord): Preparation {
  return record.preparation ?? newPreparation(0, record.createdAt);
}

/** What to do next. `checked` names the upload whose scan has just been asked about in vain. */
export function nextPreparationStep(record: RequestRecord, now: number, checked?: number): PreparationStep {
  const preparation = preparationOf(record);
  const { ended, uploads } = preparation;
  if (ended && !ended.isTold) return { step: "tellEnd" };
  if (isCancelling(record)) return { step: "cancel" };
  const isOut = ended !== undefined || record.fannedOut >= record.total;
  if (isOut && !isUploadedAnew(preparation)) return purgeOrNone(preparation);
  const free = uploads.findIndex((upload) => needsBytes(upload) && !isClaimed(upload, now));
  const upload = uploads[free];
  if (upload) return { step: upload.state === "new" ? "initialize" : "upload", index: free };
  const claims = uploads.filter(needsBytes).map(({ claim }) => claim?.until ?? now);
  if (claims.length > 0) return { step: "wait", delayMs: Math.max(Math.min(...claims) - now, SHORTEST_PAUSE) };
  const index = uploads.findIndex(({ state }) => state !== "published");
  if (index < 0) return isOut ? purgeOrNone(preparation) : { step: "fanOut" };
  if (index !== checked) return { step: "check", index };
  const waited = now - (uploads[index]?.uploadedAt ?? now);
  return { step: "wait", delayMs: Math.round(Math.min(Math.max(waited / 2, SHORTEST_PAUSE), LONGEST_PAUSE)) };
}

function purgeOrNone({ unused: [attachmentId] }: Preparation): PreparationStep {
  return attachmentId === undefined ? { step: "none" } : { step: "purge", attachmentId };
}

/** True while replayed letters wait for its files or use them, and those may still come. */
export function isUploadedAnew({ anew, isSettled }: Preparation): boolean {
  return anew !== undefined && anew.failed === undefined && !isSettled;
}

/** True while a message must run it: what is not done yet, and has not come to rest. */
export function isInProgress(record: RequestRecord): boolean {
  return nextPreparationStep(record, Number.POSITIVE_INFINITY).step !== "none";
}

/** True while the wish to cancel is being passed on to its dispatches. */
export function isCancelling({ cancel, total }: RequestRecord): boolean {
  return cancel !== undefined && cancel.cursor < total;
}

/** True while somebody may be at work on the upload. */
export function isClaimed(upload: Upload, now: number): boolean {
  return upload.claim !== undefined && upload.claim.until > now;
}

/** The record with one upload changed; the same record where it has no such upload. */
export function withUpload(record: RequestRecord, index: number, change: (upload: Upload) => Upload): RequestRecord {
  const preparation = preparationOf(record);
  const uploads = preparation.uploads.map((upload, at) => (at === index ? change(upload) : upload));
  return { ...record, preparation: { ...preparation, uploads } };
}

/**
 * The record of a request of which no letter comes; its uploads are to be purged. The first decision stands. Where its
 * files are uploaded anew, that has failed, and the letters that wait for it see to their ends.
 */
export function endedPreparation(record: RequestRecord, end: UnsentEnd, problem: Problem, at: number): RequestRecord {
  const preparation = preparationOf(record);
  const over = { ...preparation, unused: allUnused(preparation), isSettled: true, failures: 0 };
  if (preparation.anew && isUploadedAnew(preparation)) {
    return { ...record, preparation: { ...over, anew: { ...preparation.anew, failed: { ...problem, end } } } };
  }
  if (preparation.ended || record.fannedOut > 0 || isCancelling(record)) return record;
  return { ...record, preparation: { ...over, ended: { ...problem, end, at, isTold: false } } };
}

/**
 * The record of a request whose content was lost: no more letters come of it. Those that have gone out may use its uploads,
 * and whom else it was to be cancelled for nobody knows.
 */
export function lostPreparation(record: RequestRecord, at: number): RequestRecord {
  const { cancel, total, fannedOut } = record;
  const passedOn = cancel ? { ...record, cancel: { ...cancel, cursor: total } } : record;
  const lost = { end: "gaveUp", reason: "requestLost" } as const;
  const preparation = preparationOf(record);
  if (fannedOut === 0 || isUploadedAnew(preparation)) {
    return endedPreparation(passedOn, lost.end, { reason: lost.reason }, at);
  }
  return { ...passedOn, preparation: { ...preparation, ended: { ...lost, at, isTold: false }, failures: 0 } };
}

/**
 * The record when the wish to cancel has been passed on to so many recipients. Unless every file was there, no letter has
 * gone, and none will: then what was uploaded is to be purged.
 */
export function cancelledUpTo(record: RequestRecord, cursor: number): RequestRecord {
  const { cancel, total } = record;
  if (!cancel || cancel.cursor >= cursor) return record;
  const further = { ...record, cancel: { ...cancel, cursor } };
  if (cursor < total) return further;
  const { anew: _nobodyWaits, ...preparation } = preparationOf(record);
  const isUnused = preparation.uploads.some(({ state }) => state !== "published");
  const settled = isUnused
    ? { ...preparation, unused: allUnused(preparation), isSettled: true, failures: 0 }
    : preparation;
  return { ...further, fannedOut: total, preparation: settled };
}

/** The preparation once an attachment is purged: whoever needs that file must upload it anew. */
export function withoutUnused(preparation: Preparation, attachmentId: string): Preparation {
  return {
    ...preparation,
    uploads: preparation.uploads.map((upload) =>
      upload.attachmentId === attachmentId ? { state: "new", cuts: 0 } : upload,
    ),
    unused: preparation.unused.filter((id) => id !== attachmentId),
    failures: 0,
  };
}

/** Every attachment that the request has made room for. */
export function allUnused(preparation: Preparation): string[] {
  const made = preparation.uploads.flatMap(({ attachmentId }) => (attachmentId === undefined ? [] : [attachmentId]));
  return [...new Set([...preparation.unused, ...made])];
}

function needsBytes({ state }: Upload): boolean {
  return state === "new" || state === "initialized";
}
