// What a letter has reached, as figures count it, in one index tag: so that a day is counted without reading a record. Pure.
import { SECOND, timestamp } from "../clock.ts";
import { type CorrespondenceRecord, isTold, type Link, timeOf } from "./correspondenceRecord.ts";
import { AFTER_PUBLISHING, type FactStatus } from "./facts.ts";

/** How long after it was posted a letter reached something, in whole seconds; or that it did, and nobody noted when. */
export type After = number | "unknown";

/** What a letter has reached by now. What is absent it has not reached. */
export interface Reached {
  readonly published?: After;
  readonly read?: After;
  readonly confirmed?: After;
  /** Neither read nor confirmed, and its due time has passed, or it is followed no longer. */
  readonly isNeverRead?: true;
  /** Why it will not be read, though it was taken: a reason, or `failed` where Altinn gives none. */
  readonly failed?: string;
}

/** A letter as the index knows it. */
export interface PostedLetter {
  /** When it was posted, in epoch milliseconds; of a letter without times, when that day began. */
  readonly postedAt: number;
  readonly reached: Reached;
  /** False for a letter that was last written by a version from before 2026-11-28: its status alone is known. */
  readonly hasTimes: boolean;
}

/** What a letter has reached, as its record tells. */
export function reachedOf(record: CorrespondenceRecord, { postedAt }: Pick<Link, "postedAt">): Reached {
  const after = (status: FactStatus): After | undefined => {
    const told = timeOf(record, status);
    if (!told) return undefined;
    // A list tells when it was asked, and not when that was.
    return told.source === "list" ? "unknown" : Math.max(0, Math.floor((told.time - postedAt) / SECOND));
  };
  const isPublished = AFTER_PUBLISHING.some((status) => isTold(record, status));
  const published = after("Published") ?? (isPublished ? "unknown" : undefined);
  const [read, confirmed] = [after("Read"), after("Confirmed")];
  const isOver = isTold(record, "NeverRead") || (isPublished && record.unresolvedSince !== undefined);
  const failed = failureIn(record, isPublished);
  return {
    ...(published === undefined ? {} : { published }),
    ...(read === undefined ? {} : { read }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(isOver && read === undefined && confirmed === undefined ? { isNeverRead: true } : {}),
    ...(failed === undefined ? {} : { failed }),
  };
}

/** A recipient who is reserved shows at first; at its publish time the letter fails. Before that, only its sender deletes it. */
function failureIn(record: CorrespondenceRecord, isPublished: boolean): string | undefined {
  const isFailed = isTold(record, "Failed");
  if (isTold(record, "Reserved") && (isFailed || !isPublished)) return "recipientReserved";
  if (isFailed) return record.failure ?? "failed";
  return isTold(record, "PurgedByAltinn") && !isPublished ? "cancelled" : undefined;
}

/**
 * The tag `posted`: when it was posted, and marks of what it has reached: `p` published, `r` read, `c` confirmed, each with
 * its time after posting, in seconds to the base of 36; `n` never read; `x:` and why it failed. A day sorts before all its
 * times, so one range of values finds them and the bare days that versions from before 2026-11-28 wrote.
 */
export function postedTag(record: CorrespondenceRecord, link: Pick<Link, "postedAt">): string {
  const { published, read, confirmed, isNeverRead, failed } = reachedOf(record, link);
  const mark = (sign: string, after: After | undefined) =>
    after === undefined ? [] : [after === "unknown" ? sign : sign + after.toString(36)];
  return [
    timestamp(link.postedAt),
    ...mark("p", published),
    ...mark("r", read),
    ...mark("c", confirmed),
    ...(isNeverRead ? ["n"] : []),
    ...(failed === undefined ? [] : [`x:${failed}`]),
  ].join(" ");
}

/** Reads a tag `posted`; `status`, the tag beside it, is all that is known where it has but a day. Marks not known are passed over. */
export function readPosted(posted: string, status: string): PostedLetter {
  const [at = "", ...marks] = posted.split(" ");
  const postedAt = Date.parse(at);
  if (at.length === "2030-01-31".length) return { postedAt, reached: reachedByStatus(status), hasTimes: false };
  const reached: { -readonly [K in keyof Reached]: Reached[K] } = {};
  for (const mark of marks) {
    const rest = mark.slice(1);
    if (mark[0] === "p") reached.published = afterIn(rest);
    else if (mark[0] === "r") reached.read = afterIn(rest);
    else if (mark[0] === "c") reached.confirmed = afterIn(rest);
    else if (mark === "n") reached.isNeverRead = true;
    else if (mark.startsWith("x:")) reached.failed = mark.slice(2);
  }
  return { postedAt, reached, hasTimes: true };
}

function afterIn(written: string): After {
  const seconds = Number.parseInt(written, 36);
  return Number.isNaN(seconds) ? "unknown" : seconds;
}

function reachedByStatus(status: string): Reached {
  const isPublished = AFTER_PUBLISHING.some((after) => after === status);
  return {
    ...(isPublished ? { published: "unknown" } : {}),
    ...(status === "Read" ? { read: "unknown" } : {}),
    ...(status === "Confirmed" ? { confirmed: "unknown" } : {}),
    ...(status === "Failed" ? { failed: "failed" } : status === "Reserved" ? { failed: "recipientReserved" } : {}),
  };
}

/** As what a letter is counted that was not sent: by the reason, save where nobody knows whether it was. */
export function failureOf(end: string, reason: string): string {
  return end === "outcomeUnknown" ? end : reason;
}
