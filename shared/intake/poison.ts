// Messages that the host gave up on: nothing is decided here, everything goes on its way again.

import { NotAnnounced } from "../announcements/announcer.ts";
import { SECOND } from "../clock.ts";
import { putDispatch, putNext, putPreparation } from "../messages/dispatches.ts";
import {
  dispatchMessage,
  isOurs,
  type PreparationMessage,
  parseCancelMessage,
  parseDispatchMessage,
  parseFirstDispatchesMessage,
  parsePreparationMessage,
  parseReplayMessage,
} from "../messages/dispatchMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { unlessMarkerMissing } from "../pausing/missingMarker.ts";
import { type DispatchRecord, isOpen } from "../records/dispatchRecord.ts";
import { endedPreparation } from "../records/preparation.ts";
import { changeRecord } from "../records/records.ts";
import { requestQueueOf, type Sender } from "../senders/senders.ts";
import { QUEUES } from "../storage/names.ts";
import { asItCame, queueText } from "../storage/queues.ts";
import { asPiece } from "../telemetry/traces.ts";
import type { IntakeContext } from "./context.ts";
import { openMessage } from "./openMessage.ts";
import { onQueueOf } from "./ownQueue.ts";
import { type RequestOutcome, takeUpOpened } from "./sendRequest.ts";

/** More poison messages than this, and the dispatch is closed. */
const MAX_POISON_MESSAGES = 3;

/** Time for what made it fail to pass, in milliseconds. */
const REST = 30 * SECOND;

/** What became of a poison message. */
export type PoisonOutcome =
  | RequestOutcome
  | "putBack"
  /** It was poison too often: it ends, as soon as it is certain that no letter exists. */
  | "closing"
  /** It was on the wrong queue. */
  | "moved"
  | "unknown";

/**
 * Puts a request back on its way: healthy messages land in the poison queue during scale-in, and copies may be in both
 * queues. Only what cannot be read, or breaks the rules and was never tried, is refused.
 *
 * @param sender whose own queue it was on before
 */
export async function putBackRequest(
  context: IntakeContext,
  message: unknown,
  messageId: string,
  sender?: Sender,
): Promise<PoisonOutcome> {
  const queue = requestQueueOf(sender);
  return unlessMarkerMissing(context, queue, message, async () => {
    try {
      return await acceptAgain(onQueueOf(context, sender), message, messageId);
    } catch (error) {
      if (!(error instanceof NotAnnounced)) throw error;
      // It has ended, and that must be told: from here the host would put it where nobody looks.
      await context.queues.put(queue, asItCame(message), { delayMs: REST });
      return "putBack";
    }
  });
}

async function acceptAgain(context: IntakeContext, message: unknown, messageId: string): Promise<PoisonOutcome> {
  const opened = await openMessage(context, message);
  if (opened.kind === "rejected") return "rejected";
  const outcome = await takeUpOpened(context, opened, { messageId, by: "poisonQueue" });
  if (outcome !== "accepted" && outcome !== "resumed") return outcome;
  const { requestId } = opened.written;
  const changed = await changeRecord(context.store.requests, requestId, (record) => ({
    ...record,
    poisonIds: withId(record.poisonIds, messageId),
  }));
  const { single, poisonIds = [] } = changed?.value ?? {};
  if (!single || poisonIds.length <= MAX_POISON_MESSAGES) return "putBack";
  await changeRecord(context.store.dispatches, single.dispatchId, (dispatch) => closed(dispatch, context.clock.now()));
  return "closing";
}

/**
 * Puts a dispatch back with a new generation; after too many times it is closed, by the rule on ends.
 *
 * @param queue on which it was before
 */
export async function putBackDispatch(
  context: IntakeContext,
  message: unknown,
  messageId: string,
  queue: string = QUEUES.dispatches,
): Promise<PoisonOutcome> {
  if (!isOurs(message) && (await moveStray(context, message))) return "moved";
  return unlessMarkerMissing(context, queue, message, () => runAgain(context, message, messageId, queue));
}

async function runAgain(
  context: IntakeContext,
  message: unknown,
  messageId: string,
  queue: string,
): Promise<PoisonOutcome> {
  const preparation = parsePreparationMessage(message);
  if (preparation) return prepareAgain(context, preparation, messageId);
  const asItCame = parseReplayMessage(message) ?? parseCancelMessage(message);
  if (asItCame) {
    // What it has begun must be finished; a dead letter stays until then.
    await context.queues.put(queue, queueText(asItCame), { delayMs: REST });
    return "putBack";
  }
  const several = parseFirstDispatchesMessage(message);
  if (several) {
    for (const dispatchId of several.dispatchIds) {
      await asPiece(() => runAgain(context, dispatchMessage(dispatchId, 1), messageId, queue));
    }
    return "putBack";
  }
  const parsed = parseDispatchMessage(message);
  const stored = parsed && (await context.store.dispatches.read(parsed.dispatchId));
  if (!stored) {
    context.telemetry.alert("dispatchUnknown", parsed ? { dispatchId: parsed.dispatchId } : {});
    return "unknown";
  }
  const { value } = stored;
  await context.traces.follow(value);
  if (parsed.generation < value.generation) return "putBack";
  if (!isOpen(value)) {
    // What became of it may not have been told yet.
    await putDispatch(context, value, value.generation, REST);
    return "putBack";
  }
  const changed = await putNext(context, stored, parsed.generation, REST, (dispatch) => {
    const poisonIds = withId(dispatch.poisonIds, messageId);
    const next = { ...dispatch, poisonIds };
    return poisonIds.length > MAX_POISON_MESSAGES ? (closed(next, context.clock.now()) ?? next) : next;
  });
  return changed?.value.closing ? "closing" : "putBack";
}

/** The same for a request that is prepared: it ends when it was poison too often, unless letters of it are under way. */
async function prepareAgain(
  context: IntakeContext,
  { requestHash, generation }: PreparationMessage,
  messageId: string,
): Promise<PoisonOutcome> {
  const changed = await changeRecord(context.store.requestsByHash, requestHash, (record) => {
    const poisonIds = withId(record.poisonIds, messageId);
    if (poisonIds.length <= MAX_POISON_MESSAGES) return { ...record, poisonIds };
    const problem = { reason: "altinnKeepsFailing" } as const;
    return endedPreparation({ ...record, poisonIds }, "gaveUp", problem, context.clock.now());
  });
  if (!changed) {
    context.telemetry.alert("requestUnknown", { requestHash });
    return "unknown";
  }
  await context.traces.follow(changed.value);
  await putPreparation(context, changed.value, generation, REST);
  return changed.value.preparation?.ended ? "closing" : "putBack";
}

function closed(dispatch: DispatchRecord, now: number): DispatchRecord | undefined {
  if (dispatch.state !== "waiting" || dispatch.closing || dispatch.existsSince !== undefined) return undefined;
  return { ...dispatch, closing: { end: "gaveUp", reason: "altinnKeepsFailing", since: now } };
}

/** A set that stops growing once it says "too often". */
function withId(ids: readonly string[], id: string): string[] {
  return [...new Set([...ids, id])].slice(0, MAX_POISON_MESSAGES + 1);
}
