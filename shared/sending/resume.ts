// A message whose request is known already: finish what was begun, or tell the producer that it is a duplicate.
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import { sha256 } from "../storage/tags.ts";
import { deadLetterName } from "../tracking/deadLetter.ts";
import type { Versioned } from "../tracking/stateStore.ts";
import { acceptDispatch, keepAccepted, newDispatch, putDispatch, putPreparation, unrecordedAttempt } from "./accept.ts";
import { cancelSingle } from "./cancel.ts";
import type { SendingContext } from "./context.ts";
import { askForReplay } from "./deadLetters.ts";
import { isOpen } from "./dispatchRecord.ts";
import { findRefusal, findSent, repeatRefusal } from "./firstAttempt.ts";
import { repeatEnd, subjectOf } from "./outcomes.ts";
import { isInProgress, preparationOf } from "./preparation.ts";
import type { WrittenRequest } from "./recordRequest.ts";
import { rejectWrong } from "./reject.ts";
import type { RequestRecord, SingleDispatch } from "./requestRecord.ts";

/** A twin that arrives at the same time gets this long to finish, in milliseconds, before its work is looked at. */
const GRACE_FOR_A_TWIN = 30_000;

/**
 * Goes on with a request whose record exists, with the same digest. Calls nobody: what still has to be found out or done is
 * for the dispatch.
 *
 * @param request absent when the request does not pass the rules (any more)
 */
export async function resume(
  context: SendingContext,
  known: Versioned<RequestRecord>,
  written: WrittenRequest,
  delivery: { readonly messageId: string },
  request?: CorrespondenceRequest,
): Promise<"resumed" | "duplicate" | "rejected"> {
  const record = known.value;
  // Before its functions took bytes, the app could take a request's own id for its message's: such a record can't tell.
  const isFresh = record.messageId !== record.requestId && delivery.messageId !== record.messageId;
  if (await beginAgain(context, record, written)) return "resumed";
  let correspondenceId: string | undefined;
  if (record.single && (!record.preparation || record.fannedOut > 0)) {
    correspondenceId = await resumeSingle(context, record, record.single, written, isFresh);
  } else if ((await resumePreparation(context, record, written, request)) === "rejected") return "rejected";
  if (!isFresh) return "resumed";
  await announceDuplicate(context, record, correspondenceId);
  return "duplicate";
}

/** A request whose content was lost, and that was given up for that: the producer was told to drop it again, and here it is. */
async function beginAgain(context: SendingContext, record: RequestRecord, written: WrittenRequest): Promise<boolean> {
  if (record.cancel) return false;
  const { store, queues } = context;
  const name = deadLetterName(record.single?.dispatchId ?? record.digest);
  const dead = (await store.deadLetters.read(name))?.value;
  if (dead?.reason !== "requestLost" || dead.digest !== record.digest) return false;
  await keepAccepted(context, record, written.value);
  await askForReplay(queues, name, dead);
  return true;
}

/** @returns the letter's id, as far as it is known */
async function resumeSingle(
  context: SendingContext,
  record: RequestRecord,
  single: SingleDispatch,
  written: WrittenRequest,
  isFresh: boolean,
): Promise<string | undefined> {
  if (record.cancel) {
    await cancelSingle(context, record, single);
    return undefined;
  }
  const stored = await context.store.dispatches.read(single.dispatchId);
  if (stored) {
    const dispatch = stored.value;
    // Whoever made it may have died before its message was put; two messages of one generation run once.
    if (isOpen(dispatch) && !isFresh) {
      // A cancel that came while the first attempt was made had no content to keep.
      if (dispatch.cancel) await keepAccepted(context, record, written.value);
      const delayMs = Math.max(dispatch.nextAttemptAt - context.clock.now(), 0);
      await putDispatch(context, dispatch.dispatchId, dispatch.generation, delayMs);
    } else if (!isFresh || dispatch.state === "cancelled") {
      await repeatEnd(context, dispatch);
    }
    return dispatch.correspondenceId;
  }
  const sent = await findSent(context, record.requestId, single.dispatchId);
  if (sent) return sent;
  const refusal = await findRefusal(context, { ...single, digest: record.digest });
  if (refusal) {
    if (!isFresh) await repeatRefusal(context, record, single, refusal);
    return undefined;
  }
  await keepAccepted(context, record, written.value);
  const dispatch = { ...newDispatch(record, single, context.clock.now()), attempts: [unrecordedAttempt(record)] };
  await acceptDispatch(context, dispatch, isFresh ? GRACE_FOR_A_TWIN : 0);
  return undefined;
}

async function resumePreparation(
  context: SendingContext,
  record: RequestRecord,
  written: WrittenRequest,
  request: CorrespondenceRequest | undefined,
): Promise<undefined | "rejected"> {
  if (!isInProgress(record)) return undefined;
  const accepted = await context.store.accepted.read(record.digest);
  if (!accepted && !request) {
    // Nothing was ever tried for it, so it can still be refused.
    const parsed = parseRequest(written.value, { ...context.rules, now: new Date(context.clock.now()) });
    if (!parsed.ok) return rejectWrong(context, written, parsed.problems);
  }
  if (!accepted) await keepAccepted(context, record, written.value);
  // Whoever made the record may have died before its message was put; two messages of one generation run once.
  const { generation, nextStepAt } = preparationOf(record);
  await putPreparation(context, record, generation, Math.max(nextStepAt - context.clock.now(), 0));
  return undefined;
}

async function announceDuplicate(
  context: SendingContext,
  record: RequestRecord,
  correspondenceId: string | undefined,
): Promise<void> {
  const { announcements } = await context.deployment();
  const subject = {
    ...subjectOf({ ...record, recipient: record.single?.recipient }),
    dispatchId: record.single?.dispatchId,
    correspondenceId,
  };
  const id = [record.single?.dispatchId ?? record.requestId];
  await context.announcer.announce([announcements.ended(id, "duplicate", subject, context.clock.now())]);
  context.telemetry.info("requestDuplicate", {
    requestHash: sha256(record.requestId),
    ...(record.single ? { dispatchId: record.single.dispatchId } : {}),
    ...(correspondenceId === undefined ? {} : { correspondenceId }),
  });
}
