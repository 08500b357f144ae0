// Files that are uploaded on their own, before a letter goes: how far each has come, and what is done next. Pure.
import { MINUTE, SECOND } from "../clock.ts";

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

/** The uploads of a request, or of one letter that needs its own. */
export interface UploadSet {
  /** One for each new attachment, in their order; empty where no new files are taken. */
  readonly uploads: readonly Upload[];
  /** Attachments that no letter uses, to be purged; recorded before the first call to do so. */
  readonly unused: readonly string[];
  /** Tries in a row that came to nothing, when the last of them was, and how much of the wait counts for giving up. */
  readonly failures: number;
  readonly failedAt?: number;
  readonly countedWait: number;
}

/** What is to be done next for uploads. */
export type UploadStep =
  | { readonly step: "initialize" | "upload" | "check"; readonly index: number }
  | { readonly step: "wait"; readonly delayMs: number };

/** The scan of small files takes seconds; that of large ones minutes. One that takes hours is looked at now and then. */
const SHORTEST_PAUSE = 5 * SECOND;
const LONG_PAUSE = 5 * MINUTE;

/** Uploads that have not begun. */
export function newUploads(files: number): UploadSet {
  const uploads = Array.from({ length: files }, (): Upload => ({ state: "new", cuts: 0 }));
  return { uploads, unused: [], failures: 0, countedWait: 0 };
}

/**
 * What to do next; `undefined` when every file is there.
 *
 * @param checked the upload whose scan has just been asked about in vain
 */
export function nextUploadStep({ uploads }: UploadSet, now: number, checked?: number): UploadStep | undefined {
  const free = uploads.findIndex((upload) => needsBytes(upload) && !isClaimed(upload, now));
  const upload = uploads[free];
  if (upload) return { step: upload.state === "new" ? "initialize" : "upload", index: free };
  const claims = uploads.filter(needsBytes).map(({ claim }) => claim?.until ?? now);
  if (claims.length > 0) return { step: "wait", delayMs: Math.max(Math.min(...claims) - now, SHORTEST_PAUSE) };
  const index = uploads.findIndex(({ state }) => state !== "published");
  if (index < 0) return undefined;
  if (index !== checked) return { step: "check", index };
  return { step: "wait", delayMs: pauseAfter(now - (uploads[index]?.uploadedAt ?? now)) };
}

/** How long to wait for uploads that have been waited for that long, in milliseconds. */
export function pauseAfter(waited: number): number {
  return Math.round(Math.min(Math.max(waited / 2, SHORTEST_PAUSE), Math.max(waited / 12, LONG_PAUSE)));
}

/** True while somebody may be at work on the upload. */
export function isClaimed(upload: Upload, now: number): boolean {
  return upload.claim !== undefined && upload.claim.until > now;
}

/** The set with one upload changed; as it was where it has no such upload. */
export function withUpload<T extends UploadSet>(set: T, index: number, change: (upload: Upload) => Upload): T {
  return { ...set, uploads: set.uploads.map((upload, at) => (at === index ? change(upload) : upload)) };
}

/** The ids that Altinn has given, in the order of the files. */
export function attachmentIdsOf({ uploads }: UploadSet): string[] {
  return uploads.flatMap(({ attachmentId }) => (attachmentId === undefined ? [] : [attachmentId]));
}

/** Every attachment that room has been made for. */
export function allUnused(set: UploadSet): string[] {
  return [...new Set([...set.unused, ...attachmentIdsOf(set)])];
}

function needsBytes({ state }: Upload): boolean {
  return state === "new" || state === "initialized";
}
