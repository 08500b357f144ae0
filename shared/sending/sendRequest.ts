// What a message on `correspondence-requests` becomes: a letter sent at once, an accepted request, or a dead letter.
import { type CorrespondenceRequest, parseRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { QUEUES } from "../storage/names.ts";
import { deadLetterName, deadLetterOf } from "../tracking/deadLetter.ts";
import { acceptDispatch, keepAccepted, newDispatch, putPreparation } from "./accept.ts";
import { type CancelledOutcome, cancelIfAsked } from "./cancel.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord, Problem, UnsentEnd } from "./dispatchRecord.ts";
import { type FoundFiles, findFiles, hasLargeFile } from "./files.ts";
import { expectations, letterTo } from "./letter.ts";
import { unlessMarkerMissing } from "./missingMarker.ts";
import { notePath, openMessage } from "./openMessage.ts";
import { announceEnd, keepDeadLetter, logWaiting, recordSent } from "./outcomes.ts";
import { pauseOf } from "./pause.ts";
import { createRequestRecord, requestRecordOf, type WrittenRequest } from "./recordRequest.ts";
import { rejectReused, rejectWrong } from "./reject.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { resume } from "./resume.ts";
import { run } from "./run.ts";

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
  | CancelledOutcome;

export interface Delivery {
  /** The queue's id of the message: another id is another drop by the producer, or by the producer's SDK. */
  readonly messageId: string;
  /** Its producer did not put it, and does not know its id. */
  readonly isReplay?: true;
}

/**
 * Handles one message. Throws only when storage fails: then the host tries again.
 *
 * @param message as the host hands it over: parsed JSON, or text
 */
export async function sendRequest(
  context: SendingContext,
  message: unknown,
  delivery: Delivery,
): Promise<RequestOutcome> {
  return unlessMarkerMissing(context, QUEUES.requests, message, () => takeUp(context, message, delivery));
}

async function takeUp(context: SendingContext, message: unknown, delivery: Delivery): Promise<RequestOutcome> {
  const opened = await openMessage(context, message, delivery.isReplay ? {} : { messageId: delivery.messageId });
  if (opened.kind === "rejected") return "rejected";
  const { written, claim } = opened;
  const cancelled = await cancelIfAsked(context, written);
  if (cancelled) return cancelled;
  const parsed = parseRequest(written.value, { ...context.rules, now: new Date(context.clock.now()) });
  if (!parsed.ok) {
    // An earlier delivery may have got further: since then a date may have passed, or the rules have become stricter.
    const known = await context.store.requests.read(written.requestId);
    if (known?.value.digest === written.digest) return resume(context, known, written, delivery);
    return rejectWrong(context, written, parsed.problems);
  }
  const { request } = parsed;
  const files = await findFiles(context.attachments, request);
  if (files.kind === "problem") {
    const known = await context.store.requests.read(written.requestId);
    if (known?.value.digest === written.digest) return resume(context, known, written, delivery, request);
    return rejectWrong(context, written, [], files.problem);
  }
  const arrival = { messageId: delivery.messageId, hasLargeFile: hasLargeFile(files), claim };
  const record = await requestRecordOf(context, written, request, arrival);
  if (claim) {
    // Before anything is sent: a later delivery must find the content even if the blob is gone.
    await keepAccepted(context, record, written.value);
    await notePath(context, claim.path, record.digest);
  }
  const { known } = await createRequestRecord(context, record);
  if (known) {
    return known.value.digest === written.digest
      ? resume(context, known, written, delivery, request)
      : rejectReused(context, known.value, written, request);
  }
  if (record.preparation || !record.single) {
    await keepAccepted(context, record, written.value);
    await putPreparation(context, record, 1, 0);
    // It may have been dropped before its files were there, and refused for that.
    if (request.attachments.length > 0) await context.store.deadLetters.remove(deadLetterName(record.digest));
    return "accepted";
  }
  const taken = { request, files, warnings: parsed.warnings };
  return sendFirst(context, record, newDispatch(record, record.single, record.createdAt), written, taken);
}

/** A request that passed every check. */
interface Taken {
  readonly request: CorrespondenceRequest;
  readonly files: FoundFiles;
  readonly warnings: readonly RuleProblem[];
}

/** The hot path: one recipient, one call, and nothing written that the outcome does not need. */
async function sendFirst(
  context: SendingContext,
  record: RequestRecord,
  dispatch: DispatchRecord,
  written: WrittenRequest,
  { request, files, warnings }: Taken,
): Promise<RequestOutcome> {
  const pause = await pauseOf(context);
  if (pause) return acceptFirst(context, record, dispatch, written, pause.delayMs);
  const letter = { ...letterTo(request, dispatch.recipient), files };
  const progress = await run(context, dispatch, letter, letter, async (noted) => noted);
  await context.contact.share();
  if (progress.kind === "sent") {
    await recordSent(context, { ...progress, ...expectations(written.value), warnings }, { isNew: true });
    // It may have been dropped before its files were there, and refused for that.
    if (letter.hasFiles) await context.store.deadLetters.remove(deadLetterName(record.digest));
    return "sent";
  }
  if (progress.kind === "ended") {
    return endFirst(context, record, progress.record, written, progress.end, progress.problem);
  }
  return progress.kind === "waiting"
    ? acceptFirst(context, record, progress.record, written, progress.delayMs)
    : acceptFirst(context, record, dispatch, written, 0);
}

/** What the first attempt did not finish goes on by a message of our own. */
async function acceptFirst(
  context: SendingContext,
  record: RequestRecord,
  dispatch: DispatchRecord,
  written: WrittenRequest,
  delayMs: number,
): Promise<RequestOutcome> {
  await keepAccepted(context, record, written.value);
  const accepted = await acceptDispatch(context, dispatch, delayMs);
  logWaiting(context, accepted, delayMs);
  return "accepted";
}

async function endFirst(
  context: SendingContext,
  record: RequestRecord,
  dispatch: DispatchRecord,
  written: WrittenRequest,
  end: UnsentEnd,
  problem: Problem,
): Promise<RequestOutcome> {
  await keepDeadLetter(context, dispatch, end, problem, written.value);
  // A copy of the message may have been accepted meanwhile; then its dispatch decides, with what this attempt tells.
  // Whoever runs that looks for the dead letter first, so one of the two sees the other.
  if (await context.store.dispatches.read(dispatch.dispatchId)) {
    await keepAccepted(context, record, written.value);
    const closing = { ...problem, end, since: context.clock.now() };
    const stands = await acceptDispatch(context, { ...dispatch, closing }, 0);
    if (stands.state === "waiting" || stands.state === "sent") {
      await context.store.deadLetters.remove(deadLetterOf(dispatch, problem.reason));
      return "accepted";
    }
  }
  await announceEnd(context, dispatch, end, problem, context.clock.now());
  return "rejected";
}
