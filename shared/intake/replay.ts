// What a replay message on `dispatches` becomes: a dead letter goes on its way again, as a later epoch of the same dispatch
// or request. It is deleted only when what goes on without it has been written.

import { repeatRejection } from "../deadLetters/reject.ts";
import { acceptDispatch, putPreparation } from "../messages/dispatches.ts";
import type { ReplayMessage } from "../messages/dispatchMessage.ts";
import { type DeadLetter, dispatchOf, lettersOf, messageOf } from "../records/deadLetter.ts";
import type { DispatchRecord } from "../records/dispatchRecord.ts";
import { noteUndone } from "../records/figuresNotes.ts";
import { preparationOf, replayedPreparation } from "../records/preparation.ts";
import { changeRecord, readOrAlert, type Versioned } from "../records/records.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { requestDigest } from "../requests/digest.ts";
import type { Sender } from "../senders/senders.ts";
import type { IntakeContext } from "./context.ts";
import { keepAccepted } from "./keepAccepted.ts";
import { sendRequest } from "./sendRequest.ts";

/** What became of a replay message. */
export type ReplayOutcome =
  | "replayed"
  /** The dead letter is gone, has ended again, or its dispatch is under way or sent by now. */
  | "outOfDate"
  /** It cannot be replayed; the dead letter stays. */
  | "unknown";

/** Handles one message. Throws only when storage fails: then the host tries again. */
export async function replayDeadLetter(context: IntakeContext, message: ReplayMessage): Promise<ReplayOutcome> {
  const stored = await readOrAlert(context.store.deadLetters, message.deadLetter, context.telemetry);
  await context.traces.follow(stored?.value);
  const outcome = stored ? await takeUp(context, message, stored) : "outOfDate";
  const fields = { deadLetter: message.deadLetter, outcome };
  if (outcome === "unknown") context.telemetry.alert("deadLetterNotReplayed", fields);
  else context.telemetry.info("deadLetterReplayed", fields);
  return outcome;
}

async function takeUp(
  context: IntakeContext,
  message: ReplayMessage,
  stored: Versioned<DeadLetter>,
): Promise<ReplayOutcome> {
  // The id belongs to another letter, which is not to be touched.
  if (stored.value.reason === "requestIdReused") return "unknown";
  if (stored.value.dispatchId === undefined) return replayRequest(context, message, stored);
  return stored.value.epoch === message.epoch ? replayDispatch(context, message, stored) : "outOfDate";
}

/** One letter that ended: its dispatch waits again, and its key finds what may have been sent after all. */
async function replayDispatch(
  context: IntakeContext,
  { deadLetter: name, epoch }: ReplayMessage,
  { value: letter, etag }: Versioned<DeadLetter>,
): Promise<ReplayOutcome> {
  const { store, clock } = context;
  const first = dispatchOf(letter);
  if (!first) return "unknown";
  const known = (await store.dispatches.read(first.dispatchId))?.value;
  const request = await store.requests.read(first.requestId);
  const isRequest = request?.value.digest === first.digest;
  // Its producer has taken it back.
  if (known?.cancel || (isRequest && request.value.cancel)) return "unknown";
  if (known?.state === "sent") {
    await store.deadLetters.remove(name, etag);
    return "outOfDate";
  }
  // It is about to end, or goes on: whoever runs it decides, and removes the dead letter if it is none.
  if (known?.state === "waiting" && known.epoch === epoch) return "outOfDate";
  if (!(await keepWhole(context, letter, first))) return "unknown";
  await acceptDispatch(context, { ...first, epoch: epoch + 1, replayedAt: clock.now() }, 0);
  await noteUndone(store.figures, name, letter, 1);
  await store.deadLetters.remove(name, etag);
  return "replayed";
}

/** Sees to it that the request is kept whole. False if it is gone, and the dead letter has but one recipient's part. */
async function keepWhole(
  context: IntakeContext,
  { request }: DeadLetter,
  { requestId, digest }: DispatchRecord,
): Promise<boolean> {
  if (await context.store.accepted.read(digest)) return true;
  if (requestDigest(request) !== digest) return false;
  await keepAccepted(context, { requestId, digest }, request);
  return true;
}

/** A request of which no letter came: one that was accepted is prepared again, any other is taken up anew. */
async function replayRequest(
  context: IntakeContext,
  message: ReplayMessage,
  stored: Versioned<DeadLetter>,
): Promise<ReplayOutcome> {
  const { deadLetter: name, epoch } = message;
  const { requestId, digest = "", sender } = stored.value;
  // Under whose rules it was refused is not known any more: those of the queue that all share let more through.
  if (sender !== undefined && !context.senders.named(sender)) return "unknown";
  if (messageOf(stored.value) === undefined && !(await context.store.accepted.read(digest))) return "unknown";
  const request = requestId === undefined ? undefined : await context.store.requests.read(requestId);
  if (!request || request.value.digest !== digest || !wasAccepted(request.value, epoch)) {
    return takeUpAnew(context, message, stored);
  }
  if (stored.value.epoch !== epoch) return "outOfDate";
  if (request.value.cancel) return "unknown";
  await prepareAgain(context, request, preparationOf(request.value).uploads.length, epoch + 1);
  await noteUndone(context.store.figures, name, stored.value, lettersOf(stored.value));
  await context.store.deadLetters.remove(name, stored.etag);
  return "replayed";
}

function senderOf({ senders }: IntakeContext, { sender }: DeadLetter): Sender | undefined {
  return sender === undefined ? undefined : senders.named(sender);
}

/** True if the request ended when its letters were prepared, or is prepared again already for this replay. */
function wasAccepted(record: RequestRecord, epoch: number): boolean {
  const preparation = preparationOf(record);
  return !record.single && (preparation.ended !== undefined || (preparation.epoch ?? 0) > epoch);
}

async function prepareAgain(
  context: IntakeContext,
  stored: Versioned<RequestRecord>,
  files: number,
  epoch: number,
): Promise<void> {
  const changed = await changeRecord(
    context.store.requests,
    stored.value.requestId,
    (record) => {
      const before = preparationOf(record);
      if ((before.epoch ?? 0) >= epoch) return undefined;
      const preparation = replayedPreparation(before, files, epoch, context.clock.now());
      const { isFanningOut: _past, passedOver, ...again } = record;
      return { ...again, fannedOut: 0, poisonIds: [], preparation };
    },
    stored,
  );
  const { generation } = preparationOf(changed?.value ?? stored.value);
  await putPreparation(context, stored.value, generation, 0);
}

/**
 * Handles the message as if it had just been dropped. The dead letter stays meanwhile, marked, so that a second refusal is
 * told as one, and is deleted when the request has been taken.
 */
async function takeUpAnew(
  context: IntakeContext,
  { deadLetter: name, epoch }: ReplayMessage,
  stored: Versioned<DeadLetter>,
): Promise<ReplayOutcome> {
  const { deadLetters } = context.store;
  const next = epoch + 1;
  const marked = await changeRecord(
    deadLetters,
    name,
    (known) => (known.epoch === epoch ? { ...known, epoch: next, isReplaying: true } : undefined),
    stored,
  );
  if (marked?.value.epoch !== next) return "outOfDate";
  if (!marked.value.isReplaying) {
    await repeatRejection(context, name, marked.value);
    return "outOfDate";
  }
  await noteUndone(context.store.figures, name, stored.value, lettersOf(stored.value));
  const outcome = await sendRequest(context, messageOf(marked.value), {
    messageId: `replay ${next} of ${name}`,
    by: "replay",
    sender: senderOf(context, stored.value),
  });
  const stands = await deadLetters.read(name);
  // Refused again, it stands under its own name, or under another if a blob brings something else now.
  const isKept = stands === undefined || (outcome === "rejected" && !stands.value.isReplaying);
  if (!isKept) await deadLetters.remove(name, stands.etag);
  return "replayed";
}
