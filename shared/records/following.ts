// How a letter is followed: whether anything is left to wait for, and when Altinn is asked. Pure: read off its record.
import { HOUR, MINUTE } from "../clock.ts";
import {
  type CorrespondenceRecord,
  currentStatus,
  isConfirmed,
  isTold,
  publishTimeOf,
} from "./correspondenceRecord.ts";
import { ANNOUNCED, type FactStatus, STATUSES } from "./facts.ts";

/**
 * After this long a letter that nobody claims is somebody else's. Until then nothing is asked about it: a dispatch of ours
 * finds its letter by its key, and other systems' letters may be many.
 */
const FOREIGN_AFTER = HOUR;

/** Instances' clocks differ by less: a check that began so shortly after an event may have been made before it. */
const TOLERANCE = 5 * MINUTE;

/**
 * Nothing more to wait for: confirmed, or read where no confirmation is asked for; failed; or purged, with the culprit
 * known.
 */
export function isSettled(record: CorrespondenceRecord): boolean {
  if (isTold(record, "Failed") || isPurgedBySomebody(record) || isTold(record, "Confirmed")) return true;
  return isTold(record, "Read") && record.link?.isConfirmationNeeded !== true;
}

/**
 * True if sweeps ask about it: it is ours, or may yet prove to be, and is not settled, or events told but part of its life,
 * or what they told is still to be asked about. Not for ever: see `unresolvedSince`.
 */
export function isFollowed(record: CorrespondenceRecord): boolean {
  if (record.foreignSince !== undefined) return false;
  return isCheckOwed(record) || ((!isSettled(record) || isToldInPart(record)) && record.unresolvedSince === undefined);
}

/** True if Altinn is asked about a letter that is followed, at this time (epoch milliseconds). */
export function isDue(record: CorrespondenceRecord, now: number): boolean {
  if (!isFollowed(record)) return false;
  if (!record.link) return isForeignCheckDue(record.firstHeard, now);
  return isCheckOwed(record) || !isWaitingToBePublished(currentStatus(record), publishTimeOf(record), now);
}

/** True once it is to be looked whether a letter that nobody claims is somebody else's. */
export function isForeignCheckDue(firstHeard: number, now: number): boolean {
  return now - firstHeard >= FOREIGN_AFTER;
}

/**
 * True while nothing can happen to a letter but that we purge it: its attachments are scanned, and its publish time is
 * still to come. `status` is the highest that it has had.
 */
export function isWaitingToBePublished(status: string | undefined, publishTime: number, now: number): boolean {
  return status === "ReadyForPublish" && publishTime > now;
}

/**
 * True from when an event told what only Altinn can settle, until a check has gone well: who purged it, or whether a hint
 * is true. The check that the event itself makes due may fail, or its message be lost.
 */
export function isCheckOwed(record: CorrespondenceRecord): boolean {
  const { checkOwedAt, checkedAt = Number.NEGATIVE_INFINITY } = record;
  return checkOwedAt !== undefined && checkedAt < checkOwedAt + TOLERANCE && isInDoubt(record);
}

/**
 * True if an event, which brought a record from `before` to `after`, is to have a check made at once. Not while one is on
 * its way, nor within a minute after one, or whoever can post events could have them made by the thousand: then it is left
 * to the next sweep.
 */
export function isCheckDueAtOnce(
  before: CorrespondenceRecord | undefined,
  after: CorrespondenceRecord,
  now: number,
): boolean {
  if (!after.link || !isCheckOwed(after)) return false;
  const { checkOwedAt = 0, checkedAt = 0 } = before ?? {};
  const isOnItsWay = before !== undefined && isCheckOwed(before) && checkedAt < checkOwedAt;
  return !isOnItsWay && now - checkedAt >= MINUTE;
}

function isInDoubt(record: CorrespondenceRecord): boolean {
  if (record.facts.Purged) return !isPurgedBySomebody(record);
  return STATUSES.some((status) => isWorthAsking(status) && record.facts[status] && !isTold(record, status));
}

/** True of what is announced, and of a purge, which is announced once it is known whose it was. */
export function isWorthAsking(status: FactStatus): boolean {
  return ANNOUNCED.has(status) || status === "Purged";
}

function isPurgedBySomebody(record: CorrespondenceRecord): boolean {
  return isTold(record, "PurgedByRecipient") || isTold(record, "PurgedByAltinn");
}

/** Events alone told that it was read or confirmed, and not what comes before: that event may be lost, and Altinn knows. */
export function isToldInPart(record: CorrespondenceRecord): boolean {
  const last = isTold(record, "Confirmed") ? "Confirmed" : "Read";
  if (!isTold(record, last) || isConfirmed(record, last)) return false;
  return !isTold(record, "Published") || (last === "Confirmed" && !isTold(record, "Read"));
}

/** From when its age counts: the later of publishing and creation; or the event that Altinn is still to be asked about. */
export function followedSince(record: CorrespondenceRecord): number {
  if (record.checkOwedAt !== undefined && isCheckOwed(record)) return record.checkOwedAt;
  return Math.max(publishTimeOf(record), record.created ?? record.link?.postedAt ?? record.firstHeard);
}
