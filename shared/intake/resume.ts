// A message whose request is known already: finish what was begun, or tell the producer that it is a duplicate.

import { cancelSingle } from "../cancelling/cancel.ts";
import { askForReplay } from "../deadLetters/deadLetters.ts";
import { subjectOf } from "../deadLetters/ends.ts";
import { acceptDispatch, putDispatch, putPreparation } from "../messages/dispatches.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { type DispatchRecord, isOpen, newDispatch, type Problem } from "../records/dispatchRecord.ts";
import { isInProgress, preparationOf } from "../records/preparation.ts";
import { readKnown, type Versioned } from "../records/records.ts";
import { type RequestRecord, type SingleDispatch, unrecordedAttempt } from "../records/requestRecord.ts";
import { findDispatch, findSent } from "../records/singleDispatch.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { sha256 } from "../storage/tags.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";
import type { IntakeContext } from "./context.ts";
import { keepAccepted } from "./keepAccepted.ts";

/** A twin that arrives at the same time gets this long to finish, in milliseconds, before its work is looked at. */
const GRACE_FOR_A_TWIN = 30_000;

/**
 * Goes on with a request whose record exists, with the same digest. Calls nobody: what still has to be found out or done is
 * for the dispatch, or the preparation; what does not pass the rules any more is refused there.
 */
export async function resume(
  context: IntakeContext,
  known: Versioned<RequestRecord>,
  written: WrittenRequest,
  delivery: { readonly messageId: string; readonly by?: string },
): Promise<"resumed" | "duplicate"> {
  const record = known.value;
  // Whoever drops it again may do so in another trace, and is answered in that.
  const asked = written.traceparent === undefined ? record : written;
  await context.traces.follow(asked);
  // Before its functions took bytes, the app could take a request's own id for its message's: such a record can't tell.
  const canTell = record.messageId !== record.requestId && delivery.by !== "poisonQueue";
  const isFresh = canTell && delivery.messageId !== record.messageId;
  const { single } = record;
  const dispatch = single && (await findDispatch(context, single.dispatchId, record.digest));
  const lost = lostEpoch(record, dispatch);
  const dead = deadLetterName(single?.dispatchId ?? record.digest);
  // What somebody has deleted for good is not replayed.
  if (lost !== undefined && (await readKnown(context.store.deadLetters, dead))) {
    await keepMissing(context, record, written);
    await askForReplay(context.queues, dead, { epoch: lost });
    return "resumed";
  }
  let correspondenceId: string | undefined;
  if (single && (!record.preparation || record.fannedOut > 0)) {
    correspondenceId = await resumeSingle(context, record, single, dispatch, written, isFresh);
  } else await resumePreparation(context, record, written);
  if (!isFresh) return "resumed";
  await announceDuplicate(context, record, asked, correspondenceId);
  return "duplicate";
}

/** The epoch of what was given up because its content was lost: its producer was told to drop it again, and here it is. */
function lostEpoch(record: RequestRecord, dispatch: DispatchRecord | undefined): number | undefined {
  if (record.cancel || dispatch?.cancel) return undefined;
  if (dispatch) return isLost(dispatch.problem) && dispatch.state !== "sent" ? dispatch.epoch : undefined;
  const { ended, epoch = 0 } = preparationOf(record);
  return isLost(ended) ? epoch : undefined;
}

function isLost(problem: Problem | undefined): boolean {
  return problem?.reason === "requestLost";
}

/** What is open needs its content: whoever holds it keeps it, where it is gone. */
async function keepMissing(context: IntakeContext, record: RequestRecord, written: WrittenRequest): Promise<void> {
  if (!(await context.store.accepted.read(record.digest))) await keepAccepted(context, record, written.value);
}

/** @returns the letter's id, as far as it is known */
async function resumeSingle(
  context: IntakeContext,
  record: RequestRecord,
  single: SingleDispatch,
  dispatch: DispatchRecord | undefined,
  written: WrittenRequest,
  isFresh: boolean,
): Promise<string | undefined> {
  if (record.cancel) {
    await cancelSingle(context, record, single);
    return undefined;
  }
  if (dispatch) {
    if (isOpen(dispatch) || !isFresh) await keepMissing(context, record, written);
    // Whoever made it may have died before its message was put, and whoever ended it before telling that. Two messages of one
    // generation run once.
    if (!isFresh || dispatch.state === "cancelled") {
      const delayMs = isOpen(dispatch) ? Math.max(dispatch.nextAttemptAt - context.clock.now(), 0) : 0;
      await putDispatch(context, dispatch, dispatch.generation, delayMs);
    }
    return dispatch.correspondenceId;
  }
  const sent = await findSent(context, record.requestId, single.dispatchId);
  if (sent) return sent;
  await keepAccepted(context, record, written.value);
  const first = { ...newDispatch(record, single, context.clock.now()), attempts: [unrecordedAttempt(record)] };
  await acceptDispatch(context, first, isFresh ? GRACE_FOR_A_TWIN : 0);
  return undefined;
}

async function resumePreparation(
  context: IntakeContext,
  record: RequestRecord,
  written: WrittenRequest,
): Promise<void> {
  const { ended, generation, nextStepAt } = preparationOf(record);
  if (!ended) await keepMissing(context, record, written);
  if (!isInProgress(record)) return;
  // Whoever made the record may have died before its message was put; two messages of one generation run once.
  await putPreparation(context, record, generation, Math.max(nextStepAt - context.clock.now(), 0));
}

async function announceDuplicate(
  context: IntakeContext,
  record: RequestRecord,
  { traceparent, tracestate }: TraceContext,
  correspondenceId: string | undefined,
): Promise<void> {
  const announcements = await context.announcements();
  const subject = {
    ...subjectOf({ ...record, recipient: record.single?.recipient }),
    dispatchId: record.single?.dispatchId,
    correspondenceId,
    traceparent,
    tracestate,
  };
  const id = [record.single?.dispatchId ?? record.requestId];
  await context.announcer.announce([announcements.ended(id, "duplicate", subject, context.clock.now())]);
  context.telemetry.info("requestDuplicate", {
    requestHash: sha256(record.requestId),
    ...(record.single ? { dispatchId: record.single.dispatchId } : {}),
    ...(correspondenceId === undefined ? {} : { correspondenceId }),
  });
}
