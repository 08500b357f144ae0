// One message on `status-checks`: brings the letters it names up to date from Altinn.
import type { AltinnFor } from "../altinn/altinnClient.ts";
import { SECOND } from "../clock.ts";
import {
  type AttachmentCheck,
  CHECK_TIME_TO_LIVE,
  type CheckMessage,
  parseCheckMessage,
} from "../messages/checkMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { publishTimeOf, resourceOf } from "../records/correspondenceRecord.ts";
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import { checkDay, findLetters } from "./checkDay.ts";
import { type BatchOutcome, type Checks, type ChecksContext, createChecks } from "./checks.ts";
import { underDayLease } from "./dayLease.ts";
import { noteMissed } from "./missedEvents.ts";
import { createStatusLists } from "./statusLists.ts";

/** The parts by which a batch of letters is checked. */
export interface BatchContext extends ChecksContext {
  /** How much longer Altinn is to be spared, in milliseconds; `undefined` if it may be asked about this resource. */
  readonly pause: (resourceId: string | undefined) => number | undefined;
  readonly altinn: AltinnFor;
  readonly queues: Queues;
}

/**
 * Makes the checks that a message asks for. A call that fails leaves the rest to the next sweep; while Altinn is to be spared,
 * the message is put off.
 *
 * @param messageId the queue's id of the message
 */
export async function checkBatch(context: BatchContext, message: unknown, messageId: string): Promise<BatchOutcome> {
  const parsed = parseCheckMessage(message);
  if (!parsed) {
    if (!(await moveStray(context, message))) context.telemetry.alert("checkUnknown");
    return { checked: 0, failed: 0, missed: 0 };
  }
  const checks = createChecks(context);
  const paused = context.pause("resourceId" in parsed ? parsed.resourceId : undefined);
  if (paused !== undefined) await putOff(context, parsed, paused);
  else await check(context, checks, parsed, messageId);
  const { outcome, askAgainInMs } = checks;
  const { checked, failed, missed } = outcome;
  if (askAgainInMs !== undefined) await putOff(context, parsed, askAgainInMs);
  if (missed > 0) {
    await noteMissed(context.store.documents, context.clock, missed);
    context.telemetry.warn("eventsMissed", { missed });
  }
  context.telemetry.info("statusesChecked", { checked, failed });
  return outcome;
}

async function check(context: BatchContext, checks: Checks, message: CheckMessage, messageId: string): Promise<void> {
  if ("correspondenceId" in message) return checkOne(context, checks, message.correspondenceId);
  if ("attachmentId" in message) {
    for (const id of await idsWith(context, message)) await checkOne(context, checks, id);
    return;
  }
  const letters = await findLetters(context, message);
  if (!letters) return;
  const { clock, store } = context;
  const work = () => checkDay(context, checks, message, letters);
  const held = await underDayLease({ documents: store.documents, clock }, message, messageId, work);
  if (held.kind === "ours") await putOff(context, message, held.forMs);
}

/** Has the message come again later. What would come after the next sweep is left to that. */
async function putOff({ queues }: BatchContext, message: CheckMessage, delayMs: number): Promise<void> {
  if (delayMs > CHECK_TIME_TO_LIVE * SECOND) return;
  const timeToLiveSeconds = CHECK_TIME_TO_LIVE + Math.ceil(delayMs / SECOND);
  await queues.put(QUEUES.statusChecks, queueText(message), { delayMs, timeToLiveSeconds });
}

/** One letter of ours, of which an event has told. */
async function checkOne(context: BatchContext, checks: Checks, id: string): Promise<void> {
  await checks.byRecord(id, {
    isDue: ({ link }) => link !== undefined,
    listsFor(record) {
      const publishTime = publishTimeOf(record);
      const resourceId = resourceOf(record) ?? "";
      return createStatusLists(context.altinn(resourceId), resourceId, { from: publishTime, to: publishTime });
    },
  });
}

/** Which letters an attachment belongs to. */
async function idsWith(
  { altinn, telemetry }: BatchContext,
  { attachmentId, resourceId = "" }: AttachmentCheck,
): Promise<readonly string[]> {
  const answer = await altinn(resourceId).attachment(attachmentId);
  if (answer.kind === "found") return answer.value.correspondenceIds;
  if (answer.kind === "failed") telemetry.warn("checkFailed", { attachmentId, cause: answer.cause });
  return [];
}
