// What the queue `dispatches` carries: each dispatch has a record, and a message that refers to it; the preparation of a request likewise.

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
  if (!(await isCreated(context, waiting))) return acceptAgain(context, waiting, delayMs);
  await putDispatch(context, waiting, waiting.generation, delayMs);
  return waiting;
}

/**
 * The same for one that is to run at once, with others that begin: the message is left to {@link putFirst}.
 * @returns false if it had a record: then it has had its message
 */
export async function isFirstOf(context: MessagesContext, record: DispatchRecord): Promise<boolean> {
  const waiting: DispatchRecord = { ...record, nextAttemptAt: context.clock.now() };
  if (await isCreated(context, waiting)) return true;
  await acceptAgain(context, waiting, 0);
  return false;
}

async function isCreated({ store }: MessagesContext, record: DispatchRecord): Promise<boolean> {
  return (await store.dispatches.create(record.dispatchId, record)) !== undefined;
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
  const puts: Promise<void>[] = [];
  for (let from = 0; from < ids.length; from += together) {
    puts.push(putTogether(context, queue, ids.slice(from, from + together), 0));
  }
  const ended = await Promise.allSettled(puts);
  for (const result of ended) if (result.status === "rejected") throw result.reason;
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
