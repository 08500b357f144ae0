// What the queue `dispatches` carries: each dispatch has a record, and a message that refers to it; the preparation of a request likewise.

import { eachAtOnce } from "../eachAtOnce.ts";
import { type DispatchRecord, mergeAttempts, replayed } from "../records/dispatchRecord.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { dispatchQueueOf } from "../senders/senders.ts";
import { queueText } from "../storage/queues.ts";
import { sha256 } from "../storage/tags.ts";
import type { MessagesContext } from "./context.ts";
import { dispatchMessage, firstDispatchesMessage, preparationMessage } from "./dispatchMessage.ts";

/**
 * Gives a dispatch its record, or adds what `record` knows to the one it has, and puts its message. A `record` of a later
 * epoch begins the dispatch again.
 * @returns the record as it stands
 */
export async function acceptDispatch(
  context: MessagesContext,
  record: DispatchRecord,
  delayMs: number,
): Promise<DispatchRecord> {
  const waiting: DispatchRecord = { ...record, nextAttemptAt: context.clock.now() + delayMs };
  const created = await context.store.dispatches.create(record.dispatchId, waiting);
  if (created === undefined) return acceptAgain(context, waiting, delayMs);
  await putDispatch(context, waiting, waiting.generation, delayMs);
  return waiting;
}

/**
 * Gives a dispatch that is to run at once its record, and leaves the message to {@link putFirst}: others go by the same.
 * @returns false if it had a record: then it has its message, as by {@link acceptDispatch}
 */
export async function recordFirst(context: MessagesContext, record: DispatchRecord): Promise<boolean> {
  const waiting: DispatchRecord = { ...record, nextAttemptAt: context.clock.now() };
  const created = await context.store.dispatches.create(record.dispatchId, waiting);
  if (created === undefined) await acceptAgain(context, waiting, 0);
  return created !== undefined;
}

async function acceptAgain(context: MessagesContext, record: DispatchRecord, delayMs: number): Promise<DispatchRecord> {
  const stands = await addToDispatch(context, record);
  if (stands.state === "waiting") {
    const due = Math.max(delayMs, stands.nextAttemptAt - context.clock.now());
    await putDispatch(context, stands, stands.generation, due);
  }
  return stands;
}

async function addToDispatch(context: MessagesContext, record: DispatchRecord): Promise<DispatchRecord> {
  const changed = await changeRecord(context.store.dispatches, record.dispatchId, (known) => {
    if (record.epoch > known.epoch) return replayed(known, record, context.clock.now());
    const attempts = mergeAttempts(known.attempts, record.attempts);
    // What an earlier epoch came to does not end this one.
    if (record.epoch < known.epoch) return { ...known, attempts };
    const isWaiting = known.state === "waiting";
    return {
      ...known,
      attempts,
      ...(isWaiting && record.attachmentIds ? { attachmentIds: record.attachmentIds } : {}),
      ...(record.existsSince === undefined ? {} : { existsSince: known.existsSince ?? record.existsSince }),
      ...(isWaiting && record.closing ? { closing: known.closing ?? record.closing } : {}),
      poisonIds: [...new Set([...known.poisonIds, ...record.poisonIds])].sort(),
    };
  });
  return changed?.value ?? record;
}

/** Puts the messages that run dispatches of one request which have just been recorded, `together` by one. */
export async function putFirst(
  context: MessagesContext,
  { resourceId }: Pick<RequestRecord, "resourceId">,
  ids: readonly string[],
  together: number,
): Promise<void> {
  const queue = dispatchQueueOf(context.senders.of(resourceId));
  const groups = Array.from({ length: Math.ceil(ids.length / together) }, (_, index) =>
    ids.slice(index * together, (index + 1) * together),
  );
  await eachAtOnce(groups.length, groups, (group) => putTogether(context, queue, group, 0));
}

/** Puts one message that runs dispatches which have just been recorded. */
export async function putTogether(
  { queues }: MessagesContext,
  queue: string,
  ids: readonly string[],
  delayMs: number,
): Promise<void> {
  await queues.put(queue, queueText(firstDispatchesMessage(ids)), { delayMs });
}

/** Puts the message that runs a dispatch. */
export async function putDispatch(
  { queues, senders }: MessagesContext,
  { dispatchId, resourceId }: Pick<DispatchRecord, "dispatchId" | "resourceId">,
  generation: number,
  delayMs: number,
): Promise<void> {
  const queue = dispatchQueueOf(senders.of(resourceId));
  await queues.put(queue, queueText(dispatchMessage(dispatchId, generation)), { delayMs });
}

/**
 * Puts the next message of a dispatch, and then writes what `change` makes of its record, with that generation: should the
 * process die between them, the chain goes on. `change` gives `undefined` where nothing is to be changed.
 *
 * @param generation that of the message, or record, which is followed
 */
export async function putNext(
  context: MessagesContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
  delayMs: number,
  change: (known: DispatchRecord) => DispatchRecord | undefined,
): Promise<Versioned<DispatchRecord> | undefined> {
  const { dispatchId } = stored.value;
  const next = generation + 1;
  await putDispatch(context, stored.value, next, delayMs);
  const planned = { generation: next, nextAttemptAt: context.clock.now() + delayMs };
  return changeRecord(
    context.store.dispatches,
    dispatchId,
    (known) => {
      const changed = change(known);
      if (!changed) return undefined;
      const { generation: latest, nextAttemptAt } = known;
      return { ...changed, ...(latest >= next ? { generation: latest, nextAttemptAt } : planned) };
    },
    stored,
  );
}

/** Puts the message that takes the preparation of a request further. */
export async function putPreparation(
  { queues, senders }: MessagesContext,
  { requestId, resourceId }: Pick<RequestRecord, "requestId" | "resourceId">,
  generation: number,
  delayMs: number,
): Promise<void> {
  const message = preparationMessage(sha256(requestId), generation);
  await queues.put(dispatchQueueOf(senders.of(resourceId)), queueText(message), { delayMs });
}
