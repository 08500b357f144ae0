// What a message on `dispatches` becomes: an attempt at one letter, the next steps of a request that is prepared, the replay of
// a dead letter, or a cancel. It knows every kind of our own messages, and leaves the work to those whose it is.
import { type CancelledOutcome, cancelLetter, onlyCancels } from "../cancelling/cancel.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { attemptLetter } from "../letters/attemptLetter.ts";
import type { LetterOutcome } from "../letters/concludeAttempt.ts";
import { purgeLetter } from "../letters/purgeLetter.ts";
import { putTogether } from "../messages/dispatches.ts";
import {
  type DispatchMessage,
  dispatchMessage,
  isForged,
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
import { pauseOf } from "../pausing/pause.ts";
import { prepareRequest } from "../preparing/prepareRequest.ts";
import { isOpen } from "../records/dispatchRecord.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { asPiece } from "../telemetry/traces.ts";
import type { IntakeContext } from "./context.ts";
import { replayDeadLetter } from "./replay.ts";

/** What became of a message on `dispatches`. */
export type DispatchOutcome =
  | LetterOutcome
  /** Several letters, of which each has come to something: their own log lines tell. */
  | "several"
  /** A request's letters are on their way. */
  | "prepared"
  /** A dead letter is on its way again. */
  | "replayed"
  | CancelledOutcome
  /** It had ended already; its announcement was repeated. */
  | "repeated"
  /** Put back: the app's marker is missing. */
  | "braked"
  /** Put back: the brake is on, or the breaker is open. */
  | "paused"
  /** None of ours: it is on the queue of requests now. */
  | "moved"
  /** There is no such dispatch, or the message is not one that this version knows. */
  | "unknown";

/**
 * Handles one message. Throws only when storage fails: then the host tries again.
 *
 * @param queue on which it came: `dispatches`, or that of a sender with queues of its own
 */
export async function sendDispatch(
  context: IntakeContext,
  message: unknown,
  queue: string = QUEUES.dispatches,
): Promise<DispatchOutcome> {
  // On fresh storage, a message on this queue that stayed there would count as state without a marker.
  if (!isOurs(message)) return passOver(context, message);
  return unlessMarkerMissing(context, queue, message, () => takeUp(context, message, queue));
}

async function takeUp(context: IntakeContext, message: unknown, queue: string): Promise<DispatchOutcome> {
  if (await putOff(context, queue, message)) return "paused";
  const preparation = parsePreparationMessage(message);
  if (preparation) {
    const isPaused = await putOff(context, queue, message, await resourceOf(context, preparation));
    return isPaused ? "paused" : prepareRequest(context, preparation);
  }
  const replay = parseReplayMessage(message);
  if (replay) return replayDeadLetter(context, replay);
  const cancel = parseCancelMessage(message);
  if (cancel) return cancelLetter(context, cancel);
  const several = parseFirstDispatchesMessage(message);
  if (several) return takeUpSeveral(context, several.dispatchIds, queue);
  const dispatch = parseDispatchMessage(message);
  if (dispatch) return takeUpDispatch(context, dispatch, queue);
  context.telemetry.alert("dispatchUnknown");
  return "unknown";
}

/**
 * One after the other, so that no more letters are under way than the host takes messages. One that fails does not keep the
 * others; the message comes again for it, and finds the others done.
 */
async function takeUpSeveral(
  context: IntakeContext,
  dispatchIds: readonly string[],
  queue: string,
): Promise<DispatchOutcome> {
  const errors: unknown[] = [];
  for (const [index, dispatchId] of dispatchIds.entries()) {
    const paused = await pauseOf(context);
    if (paused) {
      await putTogether(context, queue, dispatchIds.slice(index), paused.delayMs);
      break;
    }
    await asPiece(() => takeUpDispatch(context, { dispatchId, generation: 1 }, queue)).catch((error) =>
      errors.push(error),
    );
  }
  if (errors.length > 0) throw errors[0];
  return "several";
}

/**
 * Puts a message off as it came, while no letters may go, or none of the sender of a resource: no attempt is lost, and nothing
 * written.
 */
async function putOff(context: IntakeContext, queue: string, message: unknown, resourceId?: string): Promise<boolean> {
  const pause = await pauseOf(context, resourceId);
  if (!pause || (pause.cause === "brake" && (await onlyCancels(context, message)))) return false;
  await context.queues.put(queue, queueText(message), { delayMs: pause.delayMs });
  return true;
}

/** What a request that is prepared is for; nobody asks where there are no senders. */
async function resourceOf(
  { senders, store }: IntakeContext,
  { requestHash }: PreparationMessage,
): Promise<string | undefined> {
  if (senders.all.length === 0) return undefined;
  return (await store.requestsByHash.read(requestHash))?.value.resourceId;
}

async function takeUpDispatch(
  context: IntakeContext,
  { dispatchId, generation }: Pick<DispatchMessage, "dispatchId" | "generation">,
  queue: string,
): Promise<DispatchOutcome> {
  const stored = await context.store.dispatches.read(dispatchId);
  if (!stored) {
    context.telemetry.alert("dispatchUnknown", { dispatchId });
    return "unknown";
  }
  const record = stored.value;
  await context.traces.follow(record);
  if (generation < record.generation) return "outOfDate";
  if (isForged(generation, record.generation)) {
    context.telemetry.alert("dispatchUnknown", { dispatchId, generation });
    return "unknown";
  }
  if (!isOpen(record)) {
    await tellEnd(context, record);
    return "repeated";
  }
  const again = dispatchMessage(dispatchId, generation);
  if (context.senders.all.length > 0 && (await putOff(context, queue, again, record.resourceId))) return "paused";
  return record.state === "sent"
    ? purgeLetter(context, stored, generation)
    : attemptLetter(context, stored, generation);
}

/** What is none of ours is on the wrong queue, or of a newer version. */
async function passOver(context: IntakeContext, message: unknown): Promise<DispatchOutcome> {
  if (await moveStray(context, message)) return "moved";
  context.telemetry.alert("dispatchUnknown");
  return "unknown";
}
