// One dispatch for each recipient of a request.
import { dispatchId } from "../requests/dispatchId.ts";
import { canonicalRecipient, formerCanonicalRecipient } from "../requests/recipients.ts";
import { changeRecord, type Versioned } from "../tracking/stateStore.ts";
import { acceptDispatch, newDispatch } from "./accept.ts";
import { wishToCancel } from "./cancelDispatch.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord } from "./dispatchRecord.ts";
import { cancelledUpTo, isCancelling, preparationOf } from "./preparation.ts";
import type { RequestRecord } from "./requestRecord.ts";

/** How many dispatches are put on the queue at once, and how many by one message. */
const AT_ONCE = 16;
const PER_MESSAGE = 512;

/** The recipients of a request in the canonical form that its record was made with, in its order, each once. */
function distinctRecipients({ recipientForm }: RequestRecord, recipientsAsWritten: readonly string[]): string[] {
  return [...new Set(recipientsAsWritten.map(recipientForm === 2 ? canonicalRecipient : formerCanonicalRecipient))];
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
 * Puts the next dispatches on the queue, until the request is cancelled. Begins where the request's record says.
 * @returns the request's record as it stands then
 */
export async function fanOut(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
): Promise<Versioned<RequestRecord>> {
  const known = await passOver(context, start, recipientsAsWritten, {
    cursorOf: (record) => (isCancelling(record) ? record.total : record.fannedOut),
    visit: async (dispatch) => {
      await acceptDispatch(context, dispatch, 0);
    },
    advance: (record, upTo) => ({ ...record, fannedOut: Math.max(record.fannedOut, upTo) }),
  });
  const { fannedOut, total } = known.value;
  if (fannedOut >= total) context.telemetry.info("requestFannedOut", { total });
  return known;
}

/** Gives the next dispatches the wish to cancel, whether or not they are on the queue. Otherwise as {@link fanOut}. */
export async function cancelNext(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
): Promise<Versioned<RequestRecord>> {
  const known = await passOver(context, start, recipientsAsWritten, {
    cursorOf: ({ cancel, total }) => cancel?.cursor ?? total,
    visit: (dispatch) => wishToCancel(context, dispatch),
    advance: cancelledUpTo,
  });
  const { total } = known.value;
  if (!isCancelling(known.value)) context.telemetry.info("requestCancelled", { total });
  return known;
}

interface Pass {
  /** How many recipients it has come to; the total when it is to stop. */
  readonly cursorOf: (record: RequestRecord) => number;
  /** Record, then message. `first` is the dispatch as it begins. */
  readonly visit: (first: DispatchRecord) => Promise<void>;
  readonly advance: (record: RequestRecord, upTo: number) => RequestRecord;
}

/** Visits the next dispatches, then moves the cursor, so that whoever goes on after a crash repeats harmlessly. */
async function passOver(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
  { cursorOf, visit, advance }: Pass,
): Promise<Versioned<RequestRecord>> {
  const { namespace } = await context.deployment();
  const recipients = distinctRecipients(start.value, recipientsAsWritten);
  const last = Math.min(cursorOf(start.value) + PER_MESSAGE, recipients.length);
  let known = start;
  while (cursorOf(known.value) < last) {
    const record = known.value;
    const cursor = cursorOf(record);
    const upTo = Math.min(cursor + AT_ONCE, last);
    const visited = await Promise.allSettled(
      recipients
        .slice(cursor, upTo)
        .map((recipient) => visit(dispatchTo(record, recipient, namespace, context.clock.now()))),
    );
    // Only when all have ended: nothing goes on behind a message that the host takes for failed.
    for (const result of visited) if (result.status === "rejected") throw result.reason;
    const changed = await changeRecord(
      context.store.requests,
      start.value.requestId,
      (value) => advance(value, upTo),
      known,
    );
    if (!changed) throw new Error("The record of a request is gone while its letters go out");
    known = changed;
  }
  return known;
}
