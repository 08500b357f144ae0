// What must have become of a letter by when, for its producer to hear in time that another channel is needed. Pure: read off
// its record.
import { DAY, HOUR } from "../clock.ts";
import { type CorrespondenceRecord, currentStatus, isTold, publishTimeOf } from "./correspondenceRecord.ts";
import { type Fact, type FactStatus, rankOf } from "./facts.ts";
import { isSettled } from "./following.ts";

/** A deadline of a letter. Times are epoch milliseconds. */
export interface Deadline {
  /** What is told of a letter that misses it. */
  readonly status: FactStatus;
  readonly time: number;
  /** From when Altinn is asked whether it was missed: before `time`, where there is to be time to do something. */
  readonly lookAt: number;
}

/** Where events come, Altinn itself tells that a due time passed: no letter need be asked about that its event settles. */
const EVENTS_FIRST = HOUR;

/** So long before attachments expire, a letter sent by post in their place still arrives. */
const BEFORE_EXPIRY = 7 * DAY;

/** What lies beyond the year 9999 cannot stand in the index, where times are compared as texts, and passes for nobody. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Every deadline that a letter has, kept or not. None of a letter that is not ours, or whose recipient is erased. */
function deadlinesOf(record: CorrespondenceRecord): Deadline[] {
  const { link } = record;
  if (!link?.recipient) return [];
  const { publishBy, dueDateTime, attachmentsExpire } = link;
  const deadlines: Deadline[] = [];
  if (publishBy !== undefined) deadlines.push({ status: "NotPublished", time: publishBy, lookAt: publishBy });
  if (attachmentsExpire !== undefined) {
    // Of the fewest days that Altinn takes in its test environment, seven would have passed before they began.
    const begin = Math.max(publishTimeOf(record), link.postedAt);
    const lookAt = Math.max(attachmentsExpire - BEFORE_EXPIRY, (begin + attachmentsExpire) / 2);
    deadlines.push({ status: "AttachmentsExpiring", time: attachmentsExpire, lookAt: Math.ceil(lookAt) });
  }
  if (dueDateTime !== undefined) {
    const due = { time: dueDateTime, lookAt: dueDateTime + EVENTS_FIRST };
    deadlines.push({ status: "NeverRead", ...due });
    if (link.isConfirmationNeeded) deadlines.push({ status: "NeverConfirmed", ...due });
  }
  return deadlines.filter(({ lookAt }) => lookAt <= LAST);
}

/**
 * True if a letter keeps the deadline that a status says it missed, or nobody waits for it any more: then that is not told,
 * whoever says so. Of a status that is about no deadline, false.
 */
export function isKept(record: CorrespondenceRecord, status: FactStatus): boolean {
  const hasCome = (wanted: FactStatus) => rankIn(currentStatus(record)) >= rankIn(wanted);
  const isOver = isSettled(record);
  switch (status) {
    case "NotPublished":
      // A reserved recipient is told as such.
      return isOver || hasCome("Reserved");
    case "NeverRead":
      return isOver || hasCome("Read");
    case "NeverConfirmed":
      return isOver;
    case "AttachmentsExpiring":
      return isOver || hasCome("Read") || isTold(record, "AttachmentsDownloaded");
    default:
      return false;
  }
}

function isOpen(record: CorrespondenceRecord, { status }: Deadline): boolean {
  // By whom it was purged may not be known yet.
  return !isTold(record, status) && !isTold(record, "Purged") && !isKept(record, status);
}

function rankIn(status: FactStatus | undefined): number {
  return (status && rankOf(status)) ?? -1;
}

/** When Altinn is to be asked next whether a deadline was missed; `undefined` if nothing is left that could be. */
export function nextDeadline(record: CorrespondenceRecord): number | undefined {
  const { checkedAt = Number.NEGATIVE_INFINITY } = record;
  const times = deadlinesOf(record)
    // What had passed when Altinn was last asked was decided then.
    .filter((deadline) => deadline.lookAt > checkedAt && isOpen(record, deadline))
    .map(({ lookAt }) => lookAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** True if a deadline has passed about which Altinn is still to be asked. */
export function isDeadlineOwed(record: CorrespondenceRecord, now: number): boolean {
  const next = nextDeadline(record);
  return next !== undefined && next <= now;
}

/** What the record of a letter about which Altinn was asked at `checkedAt` says of deadlines that it missed. */
export function missedDeadlines(record: CorrespondenceRecord, checkedAt: number): Fact[] {
  return deadlinesOf(record)
    .filter((deadline) => deadline.lookAt <= checkedAt && isOpen(record, deadline))
    .map(({ status, time, lookAt }) => ({ status, time: Math.min(time, lookAt), source: "overview" }));
}

/** The deadline that a status is about; `undefined` of a status that is about none, or if it is not known. */
export function deadlineOf(record: CorrespondenceRecord, status: FactStatus): number | undefined {
  return deadlinesOf(record).find((deadline) => deadline.status === status)?.time;
}
