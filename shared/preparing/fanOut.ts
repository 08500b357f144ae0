// One dispatch for each recipient of a request.

import { wishToCancel } from "../cancelling/wishToCancel.ts";
import { acceptDispatch, putFirst, recordFirst } from "../messages/dispatches.ts";
import { MOST_BY_ONE } from "../messages/dispatchMessage.ts";
import { type DispatchRecord, newDispatch } from "../records/dispatchRecord.ts";
import { cancelledUpTo, isCancelling, preparationOf } from "../records/preparation.ts";
import { UnreadableRecord } from "../records/records.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { attachmentIdsOf } from "../records/uploadSet.ts";
import { dispatchId } from "../requests/dispatchId.ts";
import { canonicalRecipient, formerCanonicalRecipient } from "../requests/recipients.ts";
import type { PreparingContext } from "./context.ts";
import { changeRequest, type KnownRequest } from "./preparationWork.ts";

/** How many dispatches are put on the queue at once, and how many by one message. */
const AT_ONCE = 16;
const PER_MESSAGE = 512;

/** A request becomes so many messages before any of them runs a second letter: several instances share it, and none waits for it. */
const SPREAD = 16;

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

/** Puts the next dispatches on the queue, until the request is cancelled. Begins where the request's record says. */
export async function fanOut(work: KnownRequest, recipientsAsWritten: readonly string[]): Promise<void> {
  const { context } = work;
  await changeRequest(work, (record) => ({ ...record, isFanningOut: true }));
  const first: string[] = [];
  const together = Math.min(Math.ceil(work.known.value.total / SPREAD), MOST_BY_ONE);
  await visitNext(work, recipientsAsWritten, {
    cursorOf: (record) => (isCancelling(record) ? record.total : record.fannedOut),
    visit: async (dispatch) => {
      if (await recordFirst(context, dispatch)) first.push(dispatch.dispatchId);
    },
    afterVisits: () => putFirst(context, work.known.value, first.splice(0), together),
    advance: (record, upTo) => ({ ...record, fannedOut: Math.max(record.fannedOut, upTo) }),
  });
  const { fannedOut, total } = work.known.value;
  if (fannedOut >= total) context.telemetry.info("requestFannedOut", { total });
}

/** Gives the next dispatches the wish to cancel, whether or not they are on the queue. Otherwise as {@link fanOut}. */
export async function cancelNext(work: KnownRequest, recipientsAsWritten: readonly string[]): Promise<void> {
  const { context } = work;
  await visitNext(work, recipientsAsWritten, {
    cursorOf: ({ cancel, total }) => cancel?.cursor ?? total,
    visit: (dispatch) => wishToCancel(context, dispatch),
    afterVisits: async () => {},
    advance: cancelledUpTo,
  });
  const record = work.known.value;
  if (!isCancelling(record)) context.telemetry.info("requestCancelled", { total: record.total });
}

/** Tries those again whose records could not be read before. What came of the request meanwhile holds for them too. */
export async function visitPassedOver(work: KnownRequest, recipientsAsWritten: readonly string[]): Promise<void> {
  const { context } = work;
  const record = work.known.value;
  const { cancel, passedOver = [] } = record;
  const visit = async (dispatch: DispatchRecord) => {
    await (cancel ? wishToCancel(context, dispatch) : acceptDispatch(context, dispatch, 0));
  };
  const recipients = distinctRecipients(record, recipientsAsWritten);
  const unread = await visitEach(context, record, recipients, passedOver, visit);
  await changeRequest(work, ({ passedOver: before = [], ...known }) =>
    withPassedOver(known, [...before.filter((place) => !passedOver.includes(place)), ...unread]),
  );
}

interface Pass {
  /** How many recipients it has come to; the total when it is to stop. */
  readonly cursorOf: (record: RequestRecord) => number;
  /** Record, then message. `first` is the dispatch as it begins. */
  readonly visit: (first: DispatchRecord) => Promise<void>;
  /** What is done once for all that have just been visited, before the cursor moves. */
  readonly afterVisits: () => Promise<void>;
  readonly advance: (record: RequestRecord, upTo: number) => RequestRecord;
}

/** Visits the next dispatches, then moves the cursor, so that whoever goes on after a crash repeats harmlessly. */
async function visitNext(
  work: KnownRequest,
  recipientsAsWritten: readonly string[],
  { cursorOf, visit, afterVisits, advance }: Pass,
): Promise<void> {
  const recipients = distinctRecipients(work.known.value, recipientsAsWritten);
  const cursor = () => cursorOf(work.known.value);
  const last = Math.min(cursor() + PER_MESSAGE, recipients.length);
  while (cursor() < last) {
    const from = cursor();
    const upTo = Math.min(from + AT_ONCE, last);
    const places = Array.from({ length: upTo - from }, (_, index) => from + index);
    const unread = await visitEach(work.context, work.known.value, recipients, places, visit);
    await afterVisits();
    await changeRequest(work, (record) => advance(withPassedOver(record, unread), upTo));
  }
}

/** Visits the dispatches of these recipients. Gives the places of those whose records cannot be read: others don't wait for them. */
async function visitEach(
  context: PreparingContext,
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
