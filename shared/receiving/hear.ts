// A letter to the organisation is heard of: from then on it has a record, and a message that says its turn has come.
import type { ReceiptMessage } from "../messages/receiptMessage.ts";
import { newReceipt, type ReceiptRecord } from "../records/receiptRecord.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import type { ReceivingContext } from "./context.ts";

/** Notes a letter that is to be received. False if it is known: what is lost of it, a sweep puts back. */
export async function hear(context: ReceivingContext, correspondenceId: string, resourceId: string): Promise<boolean> {
  const receipt = newReceipt(correspondenceId, resourceId, context.clock.now());
  if ((await context.store.receipts.create(correspondenceId, receipt)) === undefined) return false;
  await putReceipt(context, receipt);
  return true;
}

/** Puts the message of a letter's next turn, to be seen when that is due. */
export async function putReceipt(
  { queues, clock }: Pick<ReceivingContext, "queues" | "clock">,
  { correspondenceId, generation, dueAt = 0 }: ReceiptRecord,
): Promise<void> {
  const message: ReceiptMessage = { version: 1, correspondenceId, generation };
  await queues.put(QUEUES.receipts, queueText(message), { delayMs: Math.max(dueAt - clock.now(), 0) });
}
