// Messages that the host gave up on: nothing is decided here, everything goes on its way again.

import { SECOND } from "../clock.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { changeRecord } from "../tracking/stateStore.ts";
import { changeDispatch, keepAccepted, putDispatch, putPreparation } from "./accept.ts";
import { type CancelledOutcome, cancelIfAsked } from "./cancel.ts";
import type { SendingContext } from "./context.ts";
import {
  isOurs,
  type PreparationMessage,
  parseCancelMessage,
  parseDispatchMessage,
  parsePreparationMessage,
  parseReplayMessage,
} from "./dispatchMessage.ts";
import { type DispatchRecord, isOpen } from "./dispatchRecord.ts";
import { findFiles, hasLargeFile } from "./files.ts";
import { unlessMarkerMissing } from "./missingMarker.ts";
import { notePath, openMessage } from "./openMessage.ts";
import { endedPreparation } from "./preparation.ts";
import { createRequestRecord, requestRecordOf } from "./recordRequest.ts";
import { rejectReused, rejectWrong } from "./reject.ts";
import { isCancelOnly } from "./requestRecord.ts";
import { resume } from "./resume.ts";
import { moveStray } from "./stray.ts";

/** More poison messages than this, and the dispatch is closed. */
const MAX_POISON_MESSAGES = 3;

/** Time for what made it fail to pass, in milliseconds. */
const REST = 30 * SECOND;

/** What became of a poison message. */
export type PoisonOutcome =
  | "braked"
  | "putBack"
  | "closing"
  | "rejected"
  | "requestIdReused"
  /** It was on the wrong queue. */
  | "moved"
  | "unknown"
  | CancelledOutcome;

/**
 * Puts a request back on its way: healthy messages land in the poison queue during scale-in, and copies may be in both
 * queues. Only what cannot be read, or breaks the rules and was never tried, is refused.
 */
export async function putBackRequest(
  context: SendingContext,
  message: unknown,
  messageId: string,
): Promise<PoisonOutcome> {
  return unlessMarkerMissing(context, QUEUES.requests, message, () => acceptAgain(context, message, messageId));
}

async function acceptAgain(context: SendingContext, message: unknown, messageId: string): Promise<PoisonOutcome> {
  const opened = await openMessage(context, message);
  if (opened.kind === "rejected") return "rejected";
  const { written, claim } = opened;
  const cancelled = await cancelIfAsked(context, written);
  if (cancelled) return cancelled;
  let known = await context.store.requests.read(written.requestId);
  const parsed = parseRequest(written.value, { ...context.rules, now: new Date(context.clock.now()) });
  const request = parsed.ok ? parsed.request : undefined;
  if (!known || isCancelOnly(known.value)) {
    if (!parsed.ok) return rejectWrong(context, written, parsed.problems);
    const files = await findFiles(context.attachments, parsed.request);
    const arrival = { messageId, hasLargeFile: hasLargeFile(files), claim };
    const record = await requestRecordOf(context, written, parsed.request, arrival);
    if (claim) {
      await keepAccepted(context, record, written.value);
      await notePath(context, claim.path, record.digest);
    }
    const created = await createRequestRecord(context, record);
    known = created.known ?? { value: record, etag: created.etag };
  }
  if (known.value.digest !== written.digest) {
    if (!parsed.ok) return rejectWrong(context, written, parsed.problems);
    return rejectReused(context, known.value, written, parsed.request);
  }
  const changed = await changeRecord(
    context.store.requests,
    written.requestId,
    (record) => ({
      ...record,
      poisonIds: withId(record.poisonIds, messageId),
    }),
    known,
  );
  const record = changed ?? known;
  // A copy that the host made, and not another drop.
  await resume(context, record, written, { messageId: record.value.messageId }, request);
  const { single, poisonIds } = record.value;
  if (!single || poisonIds.length <= MAX_POISON_MESSAGES) return "putBack";
  await changeDispatch(context, single.dispatchId, (dispatch) => closed(dispatch, context.clock.now()));
  return "closing";
}

/** Puts a dispatch back with a new generation; after too many times it is closed, by the rule on ends. */
export async function putBackDispatch(
  context: SendingContext,
  message: unknown,
  messageId: string,
): Promise<PoisonOutcome> {
  if (!isOurs(message) && (await moveStray(context, message))) return "moved";
  return unlessMarkerMissing(context, QUEUES.dispatches, message, () => runAgain(context, message, messageId));
}

async function runAgain(context: SendingContext, message: unknown, messageId: string): Promise<PoisonOutcome> {
  const preparation = parsePreparationMessage(message);
  if (preparation) return prepareAgain(context, preparation, messageId);
  const asItCame = parseReplayMessage(message) ?? parseCancelMessage(message);
  if (asItCame) {
    // What it has begun must be finished; a dead letter stays until then.
    await context.queues.put(QUEUES.dispatches, queueText(asItCame), { delayMs: REST });
    return "putBack";
  }
  const parsed = parseDispatchMessage(message);
  const stored = parsed && (await context.store.dispatches.read(parsed.dispatchId));
  if (!stored) {
    context.telemetry.alert("dispatchUnknown", parsed ? { dispatchId: parsed.dispatchId } : {});
    return "unknown";
  }
  const { value } = stored;
  if (!isOpen(value) || parsed.generation < value.generation) return "putBack";
  const generation = parsed.generation + 1;
  await putDispatch(context, value.dispatchId, generation, REST);
  const changed = await changeDispatch(
    context,
    value.dispatchId,
    (dispatch) => {
      const poisonIds = withId(dispatch.poisonIds, messageId);
      const next = { ...dispatch, poisonIds, generation: Math.max(dispatch.generation, generation) };
      const put = { ...next, nextAttemptAt: context.clock.now() + REST };
      return poisonIds.length > MAX_POISON_MESSAGES ? (closed(put, context.clock.now()) ?? put) : put;
    },
    stored,
  );
  return changed?.value.closing ? "closing" : "putBack";
}

/** The same for a request that is prepared: it ends when it was poison too often, unless letters of it are under way. */
async function prepareAgain(
  context: SendingContext,
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
