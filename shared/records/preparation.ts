// What must be done before the letters of a request can go: files uploaded and scanned, one dispatch put for each
// recipient; and afterwards uploads purged that no letter uses. Pure: what comes next is a function of the record and the time.
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import type { Preparation, RequestRecord } from "./requestRecord.ts";
import { allUnused, newUploads, nextUploadStep, type UploadStep } from "./uploadSet.ts";

/** What is to be done next for a request that is prepared. */
export type PreparationStep =
  | UploadStep
  | { readonly step: "fanOut" }
  /** Recipients whose records could not be read are tried again. */
  | { readonly step: "passedOver" }
  /** Nothing more goes: each recipient's dispatch is given the wish to cancel. */
  | { readonly step: "cancel" }
  | { readonly step: "tellEnd" }
  | { readonly step: "purge"; readonly attachmentId: string }
  /** Nothing more for now. */
  | { readonly step: "none" };

/** A preparation that has not begun. */
export function newPreparation(files: number, now: number): Preparation {
  return {
    ...newUploads(files),
    generation: 1,
    nextStepAt: now,
    isSettled: files === 0,
  };
}

/** A preparation that begins again, in a later epoch: files are uploaded anew, and what was uploaded before is purged. */
export function replayedPreparation(before: Preparation, files: number, epoch: number, now: number): Preparation {
  const { generation } = before;
  const begun = { ...newPreparation(files, now), generation: generation + 1, unused: allUnused(before) };
  return { ...begun, epoch, replayedAt: now };
}

/** The preparation of a request; one that was recorded before there were any has only its dispatches to put. */
export function preparationOf(record: RequestRecord): Preparation {
  return record.preparation ?? newPreparation(0, record.createdAt);
}

/**
 * What to do next.
 *
 * @param checked the upload whose scan has just been asked about in vain
 */
export function nextPreparationStep(record: RequestRecord, now: number, checked?: number): PreparationStep {
  const preparation = preparationOf(record);
  const { ended, unused } = preparation;
  if (ended && !ended.isTold) return { step: "tellEnd" };
  if (isCancelling(record)) return { step: "cancel" };
  if (!ended && record.fannedOut < record.total) return nextUploadStep(preparation, now, checked) ?? { step: "fanOut" };
  if (record.passedOver !== undefined) return { step: "passedOver" };
  const [attachmentId] = unused;
  return attachmentId === undefined ? { step: "none" } : { step: "purge", attachmentId };
}

/** True while a message must run it: what is not done yet, and has not come to rest. */
export function isInProgress(record: RequestRecord): boolean {
  return nextPreparationStep(record, Number.POSITIVE_INFINITY).step !== "none";
}

/** True while the wish to cancel is being passed on to its dispatches. */
export function isCancelling({ cancel, total }: RequestRecord): boolean {
  return cancel !== undefined && cancel.cursor < total;
}

/**
 * The record of a request of which no letter comes; its uploads are to be purged. The first decision stands, and so does
 * what has begun: once letters go out, each of them comes to its own end.
 */
export function endedPreparation(record: RequestRecord, end: UnsentEnd, problem: Problem, at: number): RequestRecord {
  const preparation = preparationOf(record);
  if (preparation.ended || record.isFanningOut || record.fannedOut > 0 || isCancelling(record)) return record;
  const ended = { ...problem, end, at, isTold: false };
  const unused = allUnused(preparation);
  return { ...record, preparation: { ...preparation, ended, unused, isSettled: true, failures: 0 } };
}

/**
 * The record of a request whose content was lost: no more letters come of it. Those that have gone out may use its uploads;
 * who the others were for nobody knows, and so they are told of as one.
 */
export function lostPreparation(record: RequestRecord, at: number): RequestRecord {
  const { passedOver = [], ...known } = record;
  const { cancel, total, fannedOut } = known;
  const passedOn: RequestRecord = cancel ? { ...known, cancel: { ...cancel, cursor: total } } : known;
  const problem = { reason: "requestLost" } as const;
  const whole = endedPreparation(passedOn, "gaveUp", problem, at);
  if (whole !== passedOn) return whole;
  const detail = `Its content was lost when at least ${fannedOut - passedOver.length} of its ${total} letters had been begun. Each of those is told of by itself; this is about the others.`;
  const preparation = preparationOf(record);
  const ended = { ...problem, detail, end: "gaveUp", at, isTold: false } as const;
  return { ...passedOn, preparation: { ...preparation, ended, failures: 0 } };
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
  const preparation = preparationOf(record);
  const isUnused = preparation.uploads.some(({ state }) => state !== "published");
  const settled = isUnused
    ? { ...preparation, unused: allUnused(preparation), isSettled: true, failures: 0 }
    : preparation;
  return { ...further, fannedOut: total, preparation: settled };
}

/** The record when those whom letters had gone out to have been given the wish to cancel, and nobody knows the others. */
export function cancelledUnknown(record: RequestRecord, at: number): RequestRecord {
  const { fannedOut, total } = record;
  const isCutShort = fannedOut < total && !preparationOf(record).ended;
  return isCutShort ? lostPreparation(record, at) : cancelledUpTo(record, total);
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
