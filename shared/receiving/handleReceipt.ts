// What a message on `receipts` becomes: the next steps of a letter to the organisation, or a search for such letters.
import { MINUTE, SECOND } from "../clock.ts";
import { parseReceiptMessage, type ReceiptMessage } from "../messages/receiptMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { unlessMarkerMissing } from "../pausing/missingMarker.ts";
import { nextStep, settled } from "../records/receiptRecord.ts";
import { changeRecord } from "../records/records.ts";
import { whileRenewed } from "../storage/lease.ts";
import { QUEUES } from "../storage/names.ts";
import type { ReceiptOutcome, ReceivingContext } from "./context.ts";
import { fulfil } from "./fulfil.ts";
import { putReceipt } from "./hear.ts";
import { receive } from "./receive.ts";
import { search } from "./search.ts";

/** A letter under way is put back by a sweep after a quarter of an hour: it is said again and again that it is. */
const RENEWED_EVERY = 5 * MINUTE;

/** Handles one message. Throws only when storage fails: then the host tries again. */
export async function handleReceipt(context: ReceivingContext, message: unknown): Promise<ReceiptOutcome> {
  const parsed = parseReceiptMessage(message);
  if (!parsed) {
    if (await moveStray(context, message)) return "moved";
    context.telemetry.alert("receiptUnknown");
    return "unknown";
  }
  return unlessMarkerMissing(context, QUEUES.receipts, message, () =>
    "correspondenceId" in parsed ? takeTurn(context, parsed) : search(context, parsed),
  );
}

async function takeTurn(
  context: ReceivingContext,
  { correspondenceId, generation }: ReceiptMessage,
): Promise<ReceiptOutcome> {
  const { store, clock, telemetry } = context;
  await context.traces.follow({ requestId: correspondenceId });
  const known = await store.receipts.read(correspondenceId);
  if (!known) {
    telemetry.alert("receiptUnknown", { correspondenceId });
    return "unknown";
  }
  if (known.value.dueAt === undefined || generation < known.value.generation) return "outOfDate";
  const renew = () =>
    changeRecord(store.receipts, correspondenceId, (record) =>
      record.generation === generation ? { ...record, dueAt: clock.now() } : undefined,
    );
  return whileRenewed(Math.max(RENEWED_EVERY / clock.scale, 30 * SECOND), renew, () => takeSteps(context, known));
}

/** Step by step until nothing is to be done, or what is has to wait. */
async function takeSteps(
  context: ReceivingContext,
  start: NonNullable<Awaited<ReturnType<ReceivingContext["store"]["receipts"]["read"]>>>,
): Promise<ReceiptOutcome> {
  const { receipts } = context.store;
  const { correspondenceId } = start.value;
  let known = start;
  for (let step = nextStep(known.value); step !== undefined; step = nextStep(known.value)) {
    const done = step === "receive" ? await receive(context, known.value) : await fulfil(context, known.value, step);
    const changed = await changeRecord(receipts, correspondenceId, (record) => settled(done.change(record)), known);
    // Erased meanwhile.
    if (!changed) return "outOfDate";
    known = changed;
    if (done.isWaiting) {
      await putReceipt(context, known.value);
      return "waiting";
    }
  }
  return "received";
}
