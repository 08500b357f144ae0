// Merges what an invocation knows of a dispatch with what its record says by now, which others may have changed. Pure.
import { type DispatchRecord, hasUnknownOutcome, mergeAttempts } from "../records/dispatchRecord.ts";

/** True if another invocation has made an attempt whose outcome is not known, and which this one has not seen. */
export function hasUnseenAttempt(record: DispatchRecord, known: DispatchRecord): boolean {
  const seen = new Set(record.attempts.map(({ id }) => id));
  return known.attempts.some((attempt) => hasUnknownOutcome(attempt) && !seen.has(attempt.id));
}

/** What this invocation knows of the dispatch, on top of what is stored by now. */
export function withAttemptsOf(record: DispatchRecord, known: DispatchRecord): DispatchRecord {
  return {
    ...record,
    epoch: Math.max(known.epoch, record.epoch),
    attempts: mergeAttempts(known.attempts, record.attempts),
    putBacks: Math.max(known.putBacks, record.putBacks),
    poisonIds: [...new Set([...known.poisonIds, ...record.poisonIds])].sort(),
    ...(known.closing && !record.closing ? { closing: known.closing } : {}),
    ...(known.cancel ? { cancel: known.cancel } : {}),
    ...(known.attachmentIds ? { attachmentIds: known.attachmentIds } : {}),
    ...(known.existsSince !== undefined && record.existsSince === undefined ? { existsSince: known.existsSince } : {}),
  };
}
