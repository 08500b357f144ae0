// What a message that cancels becomes: a wish in the records of a request and its dispatches, carried out when those are run.
import { SECOND } from "../clock.ts";
import { rejectWrong } from "../deadLetters/reject.ts";
import { putPreparation } from "../messages/dispatches.ts";
import {
  type CancelMessage,
  cancelMessage,
  parseCancelMessage,
  parseDispatchMessage,
  parsePreparationMessage,
} from "../messages/dispatchMessage.ts";
import type { Link } from "../records/correspondenceRecord.ts";
import { newDispatch } from "../records/dispatchRecord.ts";
import { isCancelling, isInProgress, preparationOf } from "../records/preparation.ts";
import { changeRecord, readKnown, readOrAlert, type Versioned } from "../records/records.ts";
import {
  type CancelOrigin,
  cancelKeptUntil,
  cancelledBeforehand,
  isCancelOnly,
  type RequestRecord,
  type SingleDispatch,
  unrecordedAttempt,
} from "../records/requestRecord.ts";
import { findDispatch, findSent } from "../records/singleDispatch.ts";
import { parseCancel } from "../requests/parseCancel.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { readTraceContext, type TraceContext, traceOf } from "../telemetry/traceContext.ts";
import type { CancellingContext } from "./context.ts";
import {
  announceLetterPending,
  announceLetterUnknown,
  announcePending,
  type UnknownLetter,
} from "./unmatchedCancel.ts";
import { wishToCancel } from "./wishToCancel.ts";

/** What became of a cancel; every one of them is done with. */
export type CancelledOutcome =
  | "rejected"
  /** The request has not come yet: it is cancelled when it does. */
  | "cancelRemembered"
  /** Its letters are being stopped or purged, or what came of them is told again. */
  | "cancelling"
  /** It names a letter that is none of ours. */
  | "cancelUnknown";

/** Takes up a message that says `cancel`; `undefined` if it does not. Throws only when storage fails. */
export async function cancelIfAsked(
  context: CancellingContext,
  written: WrittenRequest,
): Promise<CancelledOutcome | undefined> {
  const parsed = parseCancel(written.value);
  if (!parsed) return undefined;
  if (parsed.kind === "problems") return rejectWrong(context, written, parsed.problems);
  const { target } = parsed;
  const { sender } = context.rules;
  const trace = traceOf(written);
  if ("correspondenceId" in target) {
    return cancelLetter(
      context,
      cancelMessage(target.correspondenceId, 1, { ...trace, ...(sender ? { sender } : {}) }),
    );
  }
  const statusQueue = sender === undefined ? undefined : context.rules.statusQueueOf("");
  const known = await findOrRemember(context, target.requestId, { ...trace, sender, statusQueue });
  return isOthers(context, known.value, sender)
    ? rejectWrong(context, written, [OF_ANOTHER])
    : cancelRequest(context, known, trace);
}

const OF_ANOTHER: RuleProblem = {
  path: "cancel.requestId",
  rule: "requestOfAnother",
  message: "Is the id of a request of another sender, which can't be cancelled by this queue.",
};

/** Whether a request is none of the sender's on whose own queue its cancel came. */
function isOthers({ senders }: CancellingContext, record: RequestRecord, sender: string | undefined): boolean {
  if (sender === undefined || isCancelOnly(record)) return false;
  return senders.of(record.resourceId)?.name !== sender;
}

async function cancelRequest(
  context: CancellingContext,
  known: Versioned<RequestRecord>,
  given: TraceContext,
): Promise<CancelledOutcome> {
  await context.traces.follow(given.traceparent === undefined ? known.value : given);
  if (isCancelOnly(known.value)) {
    await announcePending(context, known.value);
    return "cancelRemembered";
  }
  const { single, preparation, fannedOut } = known.value;
  if (single && (!preparation || fannedOut > 0)) await cancelSingle(context, known.value, single);
  else await cancelPrepared(context, known);
  return "cancelling";
}

/**
 * The request's record. If there is none, or but a cancel whose time has passed, there is one from now on that says that it
 * is cancelled.
 */
async function findOrRemember(
  { store, clock, newId }: CancellingContext,
  requestId: string,
  given: CancelOrigin,
): Promise<Versioned<RequestRecord>> {
  for (let race = 0; race < 5; race++) {
    const known = await store.requests.read(requestId);
    const now = clock.now();
    if (known && !(isCancelOnly(known.value) && (cancelKeptUntil(known.value.cancel) ?? now) <= now)) return known;
    const value = cancelledBeforehand(requestId, newId(), now, given);
    const etag = known
      ? await store.requests.replace(requestId, value, known.etag)
      : await store.requests.create(requestId, value);
    if (etag !== undefined) return { value, etag };
  }
  throw new Error("The record of a request comes and goes");
}

/** Cancels the one letter of a request. It may be on its way to Altinn in another invocation, without a dispatch record. */
export async function cancelSingle(
  context: CancellingContext,
  record: RequestRecord,
  single: SingleDispatch,
): Promise<void> {
  const first = newDispatch(record, single, context.clock.now());
  if (await findDispatch(context, single.dispatchId, record.digest)) return wishToCancel(context, first);
  const correspondenceId = await findSent(context, record.requestId, single.dispatchId);
  if (correspondenceId !== undefined) return wishToCancel(context, { ...first, state: "sent", correspondenceId });
  // If the cancel came first, nothing was tried.
  await wishToCancel(context, { ...first, attempts: record.cancel ? [] : [unrecordedAttempt(record)] });
}

/**
 * Cancels a request whose letters are prepared: the preparation passes the wish on, a second one too, so that what came of
 * the first is told again. One that has ended before any letter went out is told again as a whole.
 */
async function cancelPrepared(context: CancellingContext, known: Versioned<RequestRecord>): Promise<void> {
  const now = context.clock.now();
  const changed = await changeRecord(
    context.store.requests,
    known.value.requestId,
    (record) => {
      const before = preparationOf(record);
      const { ended } = before;
      if (isCancelling(record)) return undefined;
      const preparation = { ...before, generation: before.generation + 1, nextStepAt: now };
      return ended && !record.isFanningOut && record.fannedOut === 0
        ? { ...record, preparation: { ...preparation, ended: { ...ended, isTold: false } } }
        : { ...record, preparation, cancel: { since: now, cursor: 0 } };
    },
    known,
  );
  const record = changed?.value ?? known.value;
  if (isInProgress(record)) await putPreparation(context, record, preparationOf(record).generation, 0);
}

/**
 * Cancels the letters of a request that have gone out, as the index knows them: its content, and with it the list of whom
 * it was for, is gone, as it is months after a letter that is published far ahead was sent.
 */
export async function cancelGoneOut(context: CancellingContext, { requestId }: RequestRecord): Promise<void> {
  const { store, clock, telemetry } = context;
  const ofRequest = whereTag("request", "=", sha256(requestId));
  const told = new Set<string>();
  for await (const { id } of store.dispatches.find(ofRequest)) {
    const known = await readKnown(store.dispatches, id);
    // Expired a moment ago, and still in the index: the letter's own record says what there is to know.
    if (known === undefined) continue;
    if (known === "unreadable") telemetry.alert("recordUnreadable");
    else await wishToCancel(context, known.value);
    told.add(id);
  }
  for await (const { id } of store.correspondences.find(ofRequest)) {
    const letter = (await readOrAlert(store.correspondences, id, telemetry))?.value;
    if (!letter?.link || told.has(letter.link.dispatchId)) continue;
    const first = dispatchOf(letter.link, letter.resourceId ?? "", clock.now());
    await wishToCancel(context, { ...first, state: "sent", correspondenceId: id });
  }
}

/** `sent` is announced before the letter's record is written: a fast producer's cancel is tried so often, for ten minutes. */
const TRIES = 7;
const FIRST_PAUSE = 10 * SECOND;
const ALL_PAUSES = FIRST_PAUSE * (2 ** (TRIES - 1) - 1);

/** Cancels one letter by Altinn's id, as soon as its record says which dispatch it came from. */
export async function cancelLetter(
  context: CancellingContext,
  { cancel: correspondenceId, generation, sender, ...given }: CancelMessage,
): Promise<CancelledOutcome> {
  const { store, queues, senders } = context;
  const record = (await store.correspondences.read(correspondenceId))?.value;
  const statusQueue = sender === undefined ? undefined : senders.named(sender)?.statusQueue;
  const letter: UnknownLetter = { correspondenceId, ...readTraceContext(given), statusQueue };
  await context.traces.follow(
    letter.traceparent === undefined ? (record?.link ?? { requestId: correspondenceId }) : letter,
  );
  const isOfAnother = sender !== undefined && record?.link && senders.of(record.resourceId ?? "")?.name !== sender;
  if (record?.link && !isOfAnother) {
    const first = dispatchOf(record.link, record.resourceId ?? "", context.clock.now());
    await wishToCancel(context, { ...first, state: "sent", correspondenceId });
    return "cancelling";
  }
  if (generation === 1) await announceLetterPending(context, letter, context.clock.now() + ALL_PAUSES);
  // Under the brake whoever would record the letter waits too: no last word before it is lifted.
  const next = generation < TRIES ? generation + 1 : (await context.brake.reason()) ? TRIES : undefined;
  if (next !== undefined) {
    const delayMs = FIRST_PAUSE * 2 ** (Math.min(generation, TRIES - 1) - 1);
    const message = cancelMessage(correspondenceId, next, { ...traceOf(letter), ...(sender ? { sender } : {}) });
    await queues.put(QUEUES.dispatches, queueText(message), { delayMs });
    return "cancelling";
  }
  await announceLetterUnknown(context, letter);
  return "cancelUnknown";
}

/** True if a message on `dispatches` stops or purges letters, and sends none: it need not wait for the brake. */
export async function onlyCancels({ brake, store }: CancellingContext, message: unknown): Promise<boolean> {
  if ((await brake.reason()) === "markerMissing") return false;
  const preparation = parsePreparationMessage(message);
  if (preparation) {
    const record = (await store.requestsByHash.read(preparation.requestHash))?.value;
    return record !== undefined && isCancelling(record);
  }
  const parsed = parseDispatchMessage(message);
  const record = parsed && (await store.dispatches.read(parsed.dispatchId))?.value;
  const isStopped = record?.cancel !== undefined && (record.state === "sent" || record.closing !== undefined);
  return isStopped || parseCancelMessage(message) !== undefined;
}

/** The dispatch of a letter that needed no record of its own until now. */
function dispatchOf(link: Link, resourceId: string, now: number): ReturnType<typeof newDispatch> {
  const { dispatchId, recipient, postedAt: createdAt } = link;
  // The key does not matter any more: the letter's id is known.
  const one = { dispatchId, recipient, idempotentKey: dispatchId, isKeyGiven: false };
  return newDispatch({ ...link, resourceId, createdAt }, one, now);
}
