// What is wished for of a letter that was received: marked as read, confirmed, or purged.
import type { RecipientAction } from "../altinn/recipientActions.ts";
import type { ActionOutcome } from "../altinn/recipientAnswers.ts";
import {
  type ActionRefusal,
  type ReceiptRecord,
  receiptState,
  withDone,
  withoutWish,
  withRefusal,
} from "../records/receiptRecord.ts";
import type { ReceivingContext } from "./context.ts";
import { tell } from "./tell.ts";
import { isOverdue, type StepDone, tryLater } from "./turn.ts";

/** Does what is wished for, and tells what came of it. Throws only when storage fails. */
export async function fulfil(
  context: ReceivingContext,
  record: ReceiptRecord,
  action: RecipientAction,
): Promise<StepDone> {
  const { clock, telemetry, rules } = context;
  const { correspondenceId } = record;
  if (receiptState(record) === "notReceived") return refuseUnreceived(context, record, action);
  const outcome = await act(context, action, correspondenceId);
  const now = clock.now();
  const askedAt = record.wishes[action] ?? now;
  const trace = record.traces?.[action];
  // What was purged before is purged.
  if (outcome.kind === "done" || (outcome.kind === "gone" && action === "purge")) {
    await tell(context, (make) => make.done(correspondenceId, action, trace, now));
    telemetry.info("receivedActedOn", { correspondenceId, action, outcome: "done" });
    return { change: (known) => withDone(known, action, now) };
  }
  const refuse = async (reason: ActionRefusal["reason"], errorCode?: number): Promise<StepDone> => {
    const code = errorCode === undefined ? {} : { errorCode };
    await tell(context, (make) => make.refused(correspondenceId, action, askedAt, { reason, ...code }, trace, now));
    telemetry.warn("receivedActedOn", { correspondenceId, action, outcome: "refused", reason, ...code });
    // One that was asked for anew meanwhile is another.
    return {
      change: (known) =>
        known.wishes[action] === record.wishes[action]
          ? withRefusal(known, action, { at: now, reason, ...code })
          : known,
    };
  };
  if (outcome.kind === "gone") return refuse("purged");
  if (outcome.kind === "refused") return refuse("refused", outcome.errorCode);
  if (isOverdue(record, askedAt, rules.giveUpAfter, now)) return refuse("altinnKeepsFailing");
  const failed =
    outcome.kind === "failed" ? outcome : ({ call: "GET /correspondence/{id}", cause: "status", status: 400 } as const);
  return tryLater(context, record, failed, outcome.kind === "failed" ? undefined : false);
}

/** It was wished for before it was known that the letter can't be received. */
async function refuseUnreceived(
  context: ReceivingContext,
  { correspondenceId, wishes, traces }: ReceiptRecord,
  action: RecipientAction,
): Promise<StepDone> {
  const now = context.clock.now();
  const { [action]: askedAt = now } = wishes;
  const why = { reason: "notReceived" } as const;
  await tell(context, (make) => make.refused(correspondenceId, action, askedAt, why, traces?.[action], now));
  context.telemetry.warn("receivedActedOn", { correspondenceId, action, outcome: "refused", ...why });
  return { change: (known) => (known.wishes[action] === wishes[action] ? withoutWish(known, action) : known) };
}

/** Altinn wants a letter to be fetched before anything is done with it, and may have forgotten that it was. */
async function act(
  { recipient }: ReceivingContext,
  action: RecipientAction,
  correspondenceId: string,
): Promise<ActionOutcome> {
  const outcome = await recipient.act(action, correspondenceId);
  if (outcome.kind !== "notFetched") return outcome;
  const seen = await recipient.overview(correspondenceId);
  return seen.kind === "found" ? recipient.act(action, correspondenceId) : seen;
}
