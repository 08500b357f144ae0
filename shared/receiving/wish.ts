// A reader of the organisation's letters asks for something to be done with one: noted in its record, and then done.
import type { RecipientAction } from "../altinn/recipientActions.ts";
import { receiptState, withWish } from "../records/receiptRecord.ts";
import { changeRecord } from "../records/records.ts";
import type { ReceivingContext, WishOrigin, WishOutcome } from "./context.ts";
import { putReceipt } from "./hear.ts";
import { tell } from "./tell.ts";

/** Notes a wish. What names no letter that is received, or to be, is told as refused. */
export async function wish(
  context: ReceivingContext,
  correspondenceId: string,
  action: RecipientAction,
  { messageId, trace }: WishOrigin,
): Promise<WishOutcome> {
  const { store, clock, telemetry, traces } = context;
  await traces.follow({ requestId: correspondenceId, ...trace });
  const now = clock.now();
  const changed = await changeRecord(store.receipts, correspondenceId, (record) =>
    receiptState(record) === "notReceived" || record.done[action] !== undefined
      ? undefined
      : withWish(record, action, now, trace),
  );
  // A message that comes again when all is done, and perhaps more since: it was told what came of it.
  if (changed?.value.done[action] !== undefined) return "wished";
  if (changed && receiptState(changed.value) !== "notReceived") {
    await putReceipt(context, changed.value);
    return "wished";
  }
  const reason = changed ? "notReceived" : "unknown";
  await tell(context, (make) => make.refused(correspondenceId, action, messageId, { reason }, trace, now));
  telemetry.warn("receivedActedOn", { correspondenceId, action, outcome: "refused", reason });
  return "unknownLetter";
}
