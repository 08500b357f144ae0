// The blob index tags of a dispatch's record, and why a letter waits. Pure.
import { timestamp } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { sha256, tagValue } from "../storage/tags.ts";
import { attemptsOfEpoch, type DispatchRecord, needsMessage } from "./dispatchRecord.ts";
import { failureOf } from "./reached.ts";

/** Why a letter waits, as far as its own record tells. What stops all letters, brake and breaker, stands in no record. */
export const DISPATCH_CAUSES = ["due", "altinn", "setUp", "scan", "lookUp", "closing"] as const;

/** Why a letter waits: see docs/finding.md for each. */
export type DispatchCause = (typeof DISPATCH_CAUSES)[number];

/** The state by which the index knows a dispatch whose letter was purged. */
export const SENT_CANCELLED = "sentCancelled";

/**
 * The index tags of a dispatch record. `due`, `created` and `cause` are there only while it waits, be it only to be told;
 * `unsent` once it has ended.
 */
export function dispatchTags(record: DispatchRecord): Tags {
  const isPurged = record.cancel?.outcome?.end === "cancelled";
  const { nextAttemptAt, createdAt } = record;
  const isWaiting = needsMessage(record);
  return {
    state: isWaiting ? "waiting" : isPurged ? SENT_CANCELLED : record.state,
    resource: tagValue(record.resourceId),
    request: sha256(record.requestId),
    reference: sha256(record.sendersReference),
    ...unsentTag(record),
    ...(isWaiting
      ? { due: timestamp(nextAttemptAt), created: timestamp(createdAt), cause: dispatchCause(record) }
      : {}),
  };
}

/** When a letter ended that was not sent, and how it is counted. */
function unsentTag({ state, problem, endedAt }: DispatchRecord): Tags {
  if (state === "waiting" || state === "sent" || endedAt === undefined) return {};
  return { unsent: `${timestamp(endedAt)} ${failureOf(state, problem?.reason ?? state)}` };
}

const BY_ATTEMPT: ReadonlyMap<string | undefined, DispatchCause> = new Map([
  // It is being made, or whoever made it is gone: then the next one comes.
  [undefined, "due"],
  ["breakerOpen", "due"],
  ["ourSetUp", "setUp"],
  ["attachmentNotPublished", "scan"],
  ["exists", "lookUp"],
]);

/** What an open dispatch waits for. */
export function dispatchCause(record: DispatchRecord): DispatchCause {
  if (record.closing || record.cancel) return "closing";
  if (record.existsSince !== undefined) return "lookUp";
  const last = attemptsOfEpoch(record).at(-1);
  return BY_ATTEMPT.get(last?.cause) ?? "altinn";
}
