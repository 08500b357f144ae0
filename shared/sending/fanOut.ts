// One dispatch for each recipient of a request.
import { dispatchId } from "../requests/dispatchId.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import { changeRecord, type Versioned } from "../tracking/stateStore.ts";
import { acceptDispatch, newDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord } from "./dispatchRecord.ts";
import { preparationOf } from "./preparation.ts";
import type { RequestRecord } from "./requestRecord.ts";

/** How many dispatches are put on the queue at once, and how many by one message. */
const AT_ONCE = 16;
const PER_MESSAGE = 512;

/** The recipients of a request in canonical form, in its order, each once. */
export function distinctRecipients(recipientsAsWritten: readonly string[]): string[] {
  return [...new Set(recipientsAsWritten.map(canonicalRecipient))];
}

/** The first record of the dispatch to one recipient (in canonical form) of a request. */
export function dispatchTo(record: RequestRecord, recipient: string, namespace: string, now: number): DispatchRecord {
  const id = dispatchId(namespace, record.requestId, recipient);
  const one = record.single ?? { dispatchId: id, recipient, idempotentKey: id, isKeyGiven: false };
  const { uploads, epoch = 0 } = preparationOf(record);
  const attachmentIds = uploads.flatMap((upload) => (upload.attachmentId === undefined ? [] : [upload.attachmentId]));
  return { ...newDispatch(record, one, now), epoch, ...(attachmentIds.length > 0 ? { attachmentIds } : {}) };
}

/**
 * Puts the next dispatches on the queue: record, then message, then cursor, so that whoever goes on after a crash repeats
 * harmlessly. Begins where the request's record says.
 * @returns the request's record as it stands then
 */
export async function fanOut(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
): Promise<Versioned<RequestRecord>> {
  const { namespace } = await context.deployment();
  const recipients = distinctRecipients(recipientsAsWritten);
  const last = Math.min(start.value.fannedOut + PER_MESSAGE, recipients.length);
  let known = start;
  while (known.value.fannedOut < last) {
    const record = known.value;
    const upTo = Math.min(record.fannedOut + AT_ONCE, last);
    const put = await Promise.allSettled(
      recipients.slice(record.fannedOut, upTo).map(async (recipient) => {
        await acceptDispatch(context, dispatchTo(record, recipient, namespace, context.clock.now()), 0);
      }),
    );
    // Only when all have ended: nothing goes on behind a message that the host takes for failed.
    for (const result of put) if (result.status === "rejected") throw result.reason;
    const advance = (value: RequestRecord) => ({ ...value, fannedOut: Math.max(value.fannedOut, upTo) });
    const changed = await changeRecord(context.store.requests, start.value.requestId, advance, known);
    if (!changed) throw new Error("The record of a request is gone while its letters go out");
    known = changed;
  }
  if (known.value.fannedOut >= known.value.total)
    context.telemetry.info("requestFannedOut", { total: recipients.length });
  return known;
}
