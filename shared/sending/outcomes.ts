// What is recorded and announced when a dispatch is sent, or ends without a letter.

import { withoutResourcePrefix } from "../altinn/wire.ts";
import { isObject, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import { sha256 } from "../storage/tags.ts";
import type { AnnouncementData, Subject } from "../tracking/announcement.ts";
import { type DeadLetter, deadLetterOf, keepLatest } from "../tracking/deadLetter.ts";
import type { Addition, Link } from "../tracking/record.ts";
import { asManyAsFit } from "./announcedProblems.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord, Problem, UnsentEnd } from "./dispatchRecord.ts";

export interface Sent {
  readonly record: DispatchRecord;
  readonly correspondenceId: string;
  readonly addition: Addition | undefined;
  readonly isConfirmationNeeded: boolean;
  /** The publish time that the request asks for, in epoch milliseconds. */
  readonly requestedPublishTime: number | undefined;
  /** What Altinn took and the sender may not mean; none where the request is not at hand. */
  readonly warnings: readonly RuleProblem[];
}

/**
 * Announces that the letter exists, then records it. What Altinn told comes first on the queue and then in the record: if
 * the process dies between them, it is told again, with the same id.
 */
export async function recordSent(context: SendingContext, sent: Sent, options: { isNew: boolean }): Promise<void> {
  const { record, correspondenceId } = sent;
  const { announcements } = await context.deployment();
  const now = context.clock.now();
  const resourceId = withoutResourcePrefix(record.resourceId);
  const subject = { ...subjectOf(record), dispatchId: record.dispatchId, correspondenceId };
  const warnings = sent.warnings.length === 0 ? {} : { warnings: asManyAsFit(sent.warnings) };
  await context.announcer.announce([announcements.sent(subject, sent.addition?.created ?? now, warnings)]);
  const postedAt = record.attempts.at(-1)?.at ?? now;
  const link: Link = {
    requestId: record.requestId,
    dispatchId: record.dispatchId,
    digest: record.digest,
    recipient: record.recipient,
    sendersReference: record.sendersReference,
    ...(record.statusQueue === undefined ? {} : { statusQueue: record.statusQueue }),
    isConfirmationNeeded: sent.isConfirmationNeeded,
    postedAt,
    ...(sent.requestedPublishTime === undefined ? {} : { requestedPublishTime: sent.requestedPublishTime }),
  };
  const addition: Addition = { heardAt: now, ...sent.addition, correspondenceId, resourceId, link };
  await context.tracker.add(addition, { isNew: options.isNew });
  context.telemetry.info("dispatchSent", {
    dispatchId: record.dispatchId,
    correspondenceId,
    resourceId,
    requestHash: sha256(record.requestId),
    attempts: record.attempts.length,
  });
}

/** Keeps the request of a dispatch that ended without a letter, unless it is kept already in this epoch. */
export async function keepDeadLetter(
  context: SendingContext,
  record: DispatchRecord,
  end: UnsentEnd,
  problem: Problem,
  request: unknown,
): Promise<void> {
  const letter: DeadLetter = {
    version: 1,
    end,
    reason: problem.reason,
    ...(problem.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    endedAt: context.clock.now(),
    epoch: record.epoch,
    requestId: record.requestId,
    digest: record.digest,
    dispatchId: record.dispatchId,
    recipient: record.recipient,
    resourceId: record.resourceId,
    sendersReference: record.sendersReference,
    ...(record.statusQueue === undefined ? {} : { statusQueue: record.statusQueue }),
    attempts: record.attempts,
    request: forOne(request, record.recipient),
  };
  await keepLatest(context.store.deadLetters, deadLetterOf(record, problem.reason), letter);
}

/** The request as this one recipient's: of the others nothing is kept with it, nor looked at again. */
export function forOne(request: unknown, recipient: string): unknown {
  const named = withCanonicalNames(request);
  if (!isObject(named) || items(named.recipients).length < 2) return request;
  const wanted = canonicalRecipient(recipient);
  const written = items(named.recipients).find(
    (other) => typeof other === "string" && canonicalRecipient(other) === wanted,
  );
  return { ...named, recipients: [written ?? recipient] };
}

/** Says again what was decided, with the same id: whoever recorded it may have died before announcing it. */
export async function repeatEnd(context: SendingContext, record: DispatchRecord): Promise<void> {
  const { state, problem, cancel, endedAt = context.clock.now() } = record;
  if (state === "sent") {
    if (cancel?.outcome) await announceEnd(context, record, cancel.outcome.end, cancel.outcome, cancel.outcome.at);
  } else if (state !== "waiting" && problem) await announceEnd(context, record, state, problem, endedAt);
}

/**
 * Announces an end without a letter, or what came of a cancel. Its id depends on the dispatch, the epoch and the end alone,
 * so it can be repeated.
 */
export async function announceEnd(
  context: SendingContext,
  record: Pick<DispatchRecord, "dispatchId" | "digest" | "epoch" | "requestId" | "attempts"> & Subject,
  end: UnsentEnd | "tooLate",
  problem: Partial<Problem>,
  endedAt: number,
): Promise<void> {
  const { announcements } = await context.deployment();
  const isCancel = end === "cancelled" || end === "tooLate";
  const why: Pick<AnnouncementData, "reason" | "errorCode" | "detail" | "deadLetter"> = {
    ...(problem.reason === undefined ? {} : { reason: problem.reason }),
    ...(problem.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(isCancel ? {} : { deadLetter: deadLetterOf(record, problem.reason) }),
  };
  // Under a reused id the dispatch id belongs to the letter that was sent first.
  const isReused = problem.reason === "requestIdReused";
  const { dispatchId, correspondenceId } = record;
  const subject = { ...subjectOf(record), ...(isReused ? {} : { dispatchId, correspondenceId }) };
  const id = isReused ? [record.dispatchId, record.digest] : [record.dispatchId, record.epoch];
  await context.announcer.announce([announcements.ended(id, end, subject, endedAt, why)]);
  const fields = {
    dispatchId: record.dispatchId,
    requestHash: sha256(record.requestId),
    end,
    ...(problem.reason === undefined ? {} : { reason: problem.reason }),
    ...(problem.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    attempts: record.attempts.length,
  };
  if (end === "outcomeUnknown") context.telemetry.alert("dispatchEnded", fields);
  else if (isCancel) context.telemetry.info("dispatchEnded", fields);
  else context.telemetry.warn("dispatchEnded", fields);
}

/** What the announcements of a dispatch repeat. */
export function subjectOf(record: Subject): Subject {
  return {
    requestId: record.requestId,
    resourceId: record.resourceId === undefined ? undefined : withoutResourcePrefix(record.resourceId),
    sendersReference: record.sendersReference,
    recipient: record.recipient,
    statusQueue: record.statusQueue,
  };
}

/** Logs that a dispatch is put off, and why. */
export function logWaiting({ telemetry }: SendingContext, record: DispatchRecord, delayMs: number): void {
  const last = record.attempts.at(-1);
  telemetry.info("dispatchWaiting", {
    dispatchId: record.dispatchId,
    generation: record.generation,
    attempts: record.attempts.length,
    delaySeconds: Math.round(delayMs / 1000),
    ...(last?.cause === undefined ? {} : { cause: last.cause }),
    ...(last?.status === undefined ? {} : { httpStatus: last.status }),
    ...(last?.errorCode === undefined ? {} : { errorCode: last.errorCode }),
  });
}
