// Announces and records a letter that is sent; logs one that waits.

import { withoutResourcePrefix } from "../altinn/wire.ts";
import { asManyAsFit } from "../announcements/announcedProblems.ts";
import { DAY } from "../clock.ts";
import { subjectOf } from "../deadLetters/ends.ts";
import type { Link } from "../records/correspondenceRecord.ts";
import type { DispatchRecord } from "../records/dispatchRecord.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { sha256 } from "../storage/tags.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { LettersContext } from "./context.ts";
import type { Expectations } from "./letter.ts";

/** A letter that exists, and what is known of it. */
export interface Sent extends Expectations {
  readonly record: DispatchRecord;
  readonly correspondenceId: string;
  readonly addition: Addition | undefined;
  /** No record of it is expected, so none is read. */
  readonly isNew: boolean;
  /** What Altinn took and the sender may not mean; none where the request is not at hand. */
  readonly warnings: readonly RuleProblem[];
}

/**
 * Announces that the letter exists, then records it. What Altinn told comes first on the queue and then in the record: if
 * the process dies between them, it is told again, with the same id.
 */
export async function recordSent(context: LettersContext, sent: Sent): Promise<void> {
  const { record, correspondenceId } = sent;
  const announcements = await context.announcements();
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
    ...traceOf(record),
    isConfirmationNeeded: sent.isConfirmationNeeded,
    postedAt,
    ...(sent.requestedPublishTime === undefined ? {} : { requestedPublishTime: sent.requestedPublishTime }),
    ...deadlines(sent, postedAt, context.rules.publishWithin),
  };
  const addition: Addition = { heardAt: now, ...sent.addition, correspondenceId, resourceId, link };
  await context.tracker.add(addition, { isNew: sent.isNew });
  context.telemetry.info("dispatchSent", {
    dispatchId: record.dispatchId,
    correspondenceId,
    resourceId,
    sender: context.senders.of(record.resourceId)?.name,
    requestHash: sha256(record.requestId),
    attempts: record.attempts.length,
  });
}

function deadlines(
  { requestedPublishTime = 0, dueDateTime, attachmentDays }: Expectations,
  postedAt: number,
  publishWithin: number,
): Pick<Link, "publishBy" | "dueDateTime" | "attachmentsExpire"> {
  // From then on attachments live, too.
  const publish = Math.max(requestedPublishTime, postedAt);
  return {
    ...(dueDateTime === undefined ? {} : { dueDateTime }),
    publishBy: publish + publishWithin,
    ...(attachmentDays === undefined ? {} : { attachmentsExpire: publish + attachmentDays * DAY }),
  };
}

/** Logs that a dispatch is put off, and why. */
export function logWaiting({ telemetry, senders }: LettersContext, record: DispatchRecord, delayMs: number): void {
  const last = record.attempts.at(-1);
  telemetry.info("dispatchWaiting", {
    dispatchId: record.dispatchId,
    sender: senders.of(record.resourceId)?.name,
    generation: record.generation,
    attempts: record.attempts.length,
    delaySeconds: Math.round(delayMs / 1000),
    ...(last?.cause === undefined ? {} : { cause: last.cause }),
    ...(last?.status === undefined ? {} : { httpStatus: last.status }),
    ...(last?.errorCode === undefined ? {} : { errorCode: last.errorCode }),
  });
}
