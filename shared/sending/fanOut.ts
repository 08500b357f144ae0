// One dispatch for each recipient of a request.
import { dispatchId } from "../requests/dispatchId.ts";
import { canonicalRecipient, formerCanonicalRecipient } from "../requests/recipients.ts";
import { changeRecord, UnreadableRecord, type Versioned } from "../tracking/stateStore.ts";
import { acceptDispatch, newDispatch } from "./accept.ts";
import { wishToCancel } from "./cancelDispatch.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord } from "./dispatchRecord.ts";
import { cancelledUpTo, isCancelling, preparationOf } from "./preparation.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { attachmentIdsOf } from "./uploadSet.ts";

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
  const preparation = preparationOf(record);
  const { epoch = 0 } = preparation;
  const attachmentIds = attachmentIdsOf(preparation);
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
  const begun = await changeRecord(
    context.store.requests,
    start.value.requestId,
    (record) => ({ ...record, isFanningOut: true }),
    start,
  );
  if (!begun) throw new Error("The record of a request is gone while its letters go out");
  const known = await visitNext(context, begun, recipientsAsWritten, {
    cursorOf: (record) => (isCancelling(record) ? record.total : record.fannedOut),
    visit: (dispatch) => takeUp(context, dispatch),
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
  const known = await visitNext(context, start, recipientsAsWritten, {
    cursorOf: ({ cancel, total }) => cancel?.cursor ?? total,
    visit: (dispatch) => wishToCancel(context, dispatch),
    advance: cancelledUpTo,
  });
  const { total } = known.value;
  if (!isCancelling(known.value)) context.telemetry.info("requestCancelled", { total });
  return known;
}

/** Tries those again whose records could not be read before. What came of the request meanwhile holds for them too. */
export async function visitPassedOver(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
): Promise<Versioned<RequestRecord>> {
  const { cancel, passedOver = [] } = start.value;
  const visit = (dispatch: DispatchRecord) => (cancel ? wishToCancel(context, dispatch) : takeUp(context, dispatch));
  const recipients = distinctRecipients(start.value, recipientsAsWritten);
  const unread = await visitEach(context, start.value, recipients, passedOver, visit);
  const changed = await changeRecord(
    context.store.requests,
    start.value.requestId,
    ({ passedOver: before = [], ...record }) =>
      withPassedOver(record, [...before.filter((place) => !passedOver.includes(place)), ...unread]),
    start,
  );
  if (!changed) throw new Error("The record of a request is gone while its letters go out");
  return changed;
}

async function takeUp(context: SendingContext, dispatch: DispatchRecord): Promise<void> {
  await acceptDispatch(context, dispatch, 0);
}

interface Pass {
  /** How many recipients it has come to; the total when it is to stop. */
  readonly cursorOf: (record: RequestRecord) => number;
  /** Record, then message. `first` is the dispatch as it begins. */
  readonly visit: (first: DispatchRecord) => Promise<void>;
  readonly advance: (record: RequestRecord, upTo: number) => RequestRecord;
}

/** Visits the next dispatches, then moves the cursor, so that whoever goes on after a crash repeats harmlessly. */
async function visitNext(
  context: SendingContext,
  start: Versioned<RequestRecord>,
  recipientsAsWritten: readonly string[],
  { cursorOf, visit, advance }: Pass,
): Promise<Versioned<RequestRecord>> {
  const recipients = distinctRecipients(start.value, recipientsAsWritten);
  const last = Math.min(cursorOf(start.value) + PER_MESSAGE, recipients.length);
  let known = start;
  while (cursorOf(known.value) < last) {
    const cursor = cursorOf(known.value);
    const upTo = Math.min(cursor + AT_ONCE, last);
    const places = Array.from({ length: upTo - cursor }, (_, index) => cursor + index);
    const unread = await visitEach(context, known.value, recipients, places, visit);
    const changed = await changeRecord(
      context.store.requests,
      start.value.requestId,
      (value) => advance(withPassedOver(value, unread), upTo),
      known,
    );
    if (!changed) throw new Error("The record of a request is gone while its letters go out");
    known = changed;
  }
  return known;
}

/** Visits the dispatches of these recipients. Gives the places of those whose records cannot be read: others don't wait for them. */
async function visitEach(
  context: SendingContext,
  record: RequestRecord,
  recipients: readonly string[],
  places: readonly number[],
  visit: Pass["visit"],
): Promise<number[]> {
  const { namespace } = await context.deployment();
  const now = context.clock.now();
  const visited = await Promise.allSettled(
    places.map(async (place) => {
      const recipient = recipients[place];
      if (recipient !== undefined) await visit(dispatchTo(record, recipient, namespace, now));
    }),
  );
  const unread: number[] = [];
  for (const [index, result] of visited.entries()) {
    if (result.status === "fulfilled") continue;
    // Only when all have ended: nothing goes on behind a message that the host takes for failed.
    if (!(result.reason instanceof UnreadableRecord)) throw result.reason;
    context.telemetry.alert("recordUnreadable");
    unread.push(places[index] ?? 0);
  }
  return unread;
}

function withPassedOver(record: RequestRecord, places: readonly number[]): RequestRecord {
  const all = [...new Set([...(record.passedOver ?? []), ...places])];
  return all.length === 0 ? record : { ...record, passedOver: all };
}
