// What a message on `correspondence-requests` becomes: a letter sent at once, an accepted request, or a dead letter.

import { type FoundFiles, findFiles, hasLargeFile } from "../attachments/files.ts";
import { type CancelledOutcome, cancelIfAsked } from "../cancelling/cancel.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { rejectReused, rejectWrong } from "../deadLetters/reject.ts";
import { expectations, letterTo } from "../letters/letter.ts";
import { logWaiting, recordSent } from "../letters/recordSent.ts";
import { type Progress, run } from "../letters/run.ts";
import { acceptDispatch, putPreparation } from "../messages/dispatches.ts";
import { unlessMarkerMissing } from "../pausing/missingMarker.ts";
import { pauseOf } from "../pausing/pause.ts";
import type { WishOutcome } from "../receiving/context.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { type DispatchRecord, newDispatch, type Problem } from "../records/dispatchRecord.ts";
import { type RequestRecord, unrecordedAttempt } from "../records/requestRecord.ts";
import { type CorrespondenceRequest, parseRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { requestQueueOf, type Sender } from "../senders/senders.ts";
import type { IntakeContext } from "./context.ts";
import { keepAccepted } from "./keepAccepted.ts";
import { notePath, type OpenedMessage, openMessage } from "./openMessage.ts";
import { mayTouch, onQueueOf } from "./ownQueue.ts";
import { createRequestRecord, requestRecordOf } from "./recordRequest.ts";
import { resume } from "./resume.ts";
import { wishIfAsked } from "./wishIfAsked.ts";

/** What became of a message; every one of them is done with. */
export type RequestOutcome =
  | "sent"
  | "accepted"
  | "rejected"
  | "requestIdReused"
  /** Put back: the app's marker is missing. */
  | "braked"
  /** The request was known already; what was begun has been finished, or goes on. */
  | "resumed"
  | "duplicate"
  | CancelledOutcome
  | WishOutcome;

/** How a message came. */
export interface Delivery {
  /** The queue's id of the message: another id is another drop by the producer, or by the producer's SDK. */
  readonly messageId: string;
  /** Who put it, if not its producer, who then does not know its id. From the poison queue it is no other drop. */
  readonly by?: "replay" | "poisonQueue";
  /** The sender whose own queue it came on. */
  readonly sender?: Sender | undefined;
}

/**
 * Handles one message. Throws only when storage fails: then the host tries again.
 *
 * @param message as the host hands it over: parsed JSON, or text
 */
export async function sendRequest(
  context: IntakeContext,
  message: unknown,
  delivery: Delivery,
): Promise<RequestOutcome> {
  const onQueue = onQueueOf(context, delivery.sender);
  return unlessMarkerMissing(context, requestQueueOf(delivery.sender), message, () =>
    takeUp(onQueue, message, delivery),
  );
}

async function takeUp(context: IntakeContext, message: unknown, delivery: Delivery): Promise<RequestOutcome> {
  const opened = await openMessage(context, message, delivery.by ? {} : { messageId: delivery.messageId });
  return opened.kind === "rejected" ? "rejected" : takeUpOpened(context, opened, delivery);
}

/**
 * Handles a message that has been opened, under the rules of its queue. What comes from the poison queue is put on its way,
 * and not sent here.
 */
export async function takeUpOpened(
  context: IntakeContext,
  { written, claim }: Extract<OpenedMessage, { kind: "request" }>,
  delivery: Delivery,
): Promise<RequestOutcome> {
  const other = (await cancelIfAsked(context, written)) ?? (await wishIfAsked(context, written, delivery.messageId));
  if (other) return other;
  const parsed = await parseRequest(written.value, { ...context.rules, now: new Date(context.clock.now()) });
  // An earlier delivery may have got further: since then a date may have passed, or the rules have become stricter.
  const refuse = async (problems: readonly RuleProblem[], problem?: Problem): Promise<RequestOutcome> => {
    const known = await context.store.requests.read(written.requestId);
    return known?.value.digest === written.digest && mayTouch(context, known.value.resourceId)
      ? resume(context, known, written, delivery)
      : rejectWrong(context, written, problems, problem);
  };
  if (!parsed.ok) return refuse(parsed.problems);
  const { request } = parsed;
  const files = await findFiles(context.attachments, request);
  if (files.kind === "problem") return refuse([], files.problem);
  const arrival = { messageId: delivery.messageId, hasLargeFile: hasLargeFile(files), claim };
  const record = await requestRecordOf(context, written, request, arrival);
  if (await isAnothersKey(context, record)) return refuse([], KEY_OF_ANOTHER);
  let kept: Promise<void> | undefined;
  const keep = () => {
    kept ??= keepAccepted(context, record, written.value, files.files);
    return kept;
  };
  if (claim) {
    // Before anything is sent: a later delivery must find the content even if the blob is gone.
    await keep();
    await notePath(context, claim.path, record);
  }
  const { known } = await createRequestRecord(context, record);
  if (known) {
    return known.value.digest === written.digest
      ? resume(context, known, written, delivery)
      : rejectReused(context, known.value, written);
  }
  if (record.preparation || !record.single) {
    await keep();
    await putPreparation(context, record, 1, 0);
    // It may have been dropped before its files were there, and refused for that.
    if (request.attachments.length > 0) await context.store.deadLetters.remove(deadLetterName(record.digest));
    return "accepted";
  }
  const dispatch = newDispatch(record, record.single, record.createdAt);
  const taken = { written, request, files, warnings: parsed.warnings, keep };
  if (delivery.by === "poisonQueue") {
    return acceptFirst(context, { ...dispatch, attempts: [unrecordedAttempt(record)] }, taken, 0);
  }
  return sendFirst(context, record, dispatch, taken);
}

const KEY_OF_ANOTHER: Problem = {
  reason: "idempotentKeyTaken",
  detail: "The idempotentKey is the id of another letter of this app: give a key of your own, or none",
};

/**
 * Whether the producer's key is the id of another letter that this app has a record of, and so that letter's own key: ids
 * are announced, and a letter that waits or is replayed would find its key used.
 */
async function isAnothersKey({ store }: IntakeContext, { single }: RequestRecord): Promise<boolean> {
  if (!single?.isKeyGiven || single.idempotentKey === single.dispatchId) return false;
  return (await store.dispatches.read(single.idempotentKey)) !== undefined;
}

/** A request that passed every check. */
interface Taken {
  readonly written: WrittenRequest;
  readonly request: CorrespondenceRequest;
  readonly files: Extract<FoundFiles, { kind: "files" }>;
  readonly warnings: readonly RuleProblem[];
  /** Keeps the request whole, unless that has been done. */
  readonly keep: () => Promise<void>;
}

/** The hot path: one recipient, one call, and nothing written that the outcome does not need. */
async function sendFirst(
  context: IntakeContext,
  record: RequestRecord,
  dispatch: DispatchRecord,
  taken: Taken,
): Promise<RequestOutcome> {
  const pause = await pauseOf(context, dispatch.resourceId);
  if (pause) return acceptFirst(context, dispatch, taken, pause.delayMs);
  const { written, request, files, warnings } = taken;
  const letter = { ...letterTo(request, dispatch.recipient), files };
  const progress = await run(context, dispatch, letter, letter, async (noted) => noted);
  await context.contact.share(context.senders.of(dispatch.resourceId)?.name);
  if (progress.kind === "sent") {
    await recordSent(context, { ...progress, ...expectations(written.value), warnings });
    // It may have been dropped before its files were there, and refused for that.
    if (letter.hasFiles) await context.store.deadLetters.remove(deadLetterName(record.digest));
    return "sent";
  }
  if (progress.kind === "ended") {
    return endFirst(context, progress, taken);
  }
  return progress.kind === "waiting"
    ? acceptFirst(context, progress.record, taken, progress.delayMs)
    : acceptFirst(context, dispatch, taken, 0);
}

/** What the first attempt did not finish goes on by a message of our own. */
async function acceptFirst(
  context: IntakeContext,
  dispatch: DispatchRecord,
  { keep }: Taken,
  delayMs: number,
): Promise<RequestOutcome> {
  await keep();
  const accepted = await acceptDispatch(context, dispatch, delayMs);
  logWaiting(context, accepted, delayMs);
  return "accepted";
}

/** Whoever writes the dispatch first decides: this attempt that it has ended, or a copy of the message that it goes on. */
async function endFirst(
  context: IntakeContext,
  { record: dispatch, end, problem }: Extract<Progress, { kind: "ended" }>,
  { written, keep }: Taken,
): Promise<RequestOutcome> {
  const now = context.clock.now();
  const ended: DispatchRecord = { ...dispatch, state: end, problem, endedAt: now, isUntold: true };
  if ((await context.store.dispatches.create(dispatch.dispatchId, ended)) !== undefined) {
    await tellEnd(context, ended, written.value);
    return "rejected";
  }
  await keep();
  const stands = await acceptDispatch(context, { ...dispatch, closing: { ...problem, end, since: now } }, 0);
  await tellEnd(context, stands, written.value);
  return stands.state === "waiting" || stands.state === "sent" ? "accepted" : "rejected";
}
