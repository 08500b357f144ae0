// What the queue `dispatches` carries: each dispatch has a record, and a message that refers to it; the preparation of a request likewise.

import { type DispatchRecord, mergeAttempts, replayed } from "../records/dispatchRecord.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { sha256 } from "../storage/tags.ts";
import type { MessagesContext } from "./context.ts";
import { dispatchMessage, preparationMessage } from "./dispatchMessage.ts";

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
  const stands = created === undefined ? await addToDispatch(context, waiting) : waiting;
  if (stands.state === "waiting") {
    const sooner = Math.max(delayMs, created === undefined ? stands.nextAttemptAt - context.clock.now() : 0);
    await putDispatch(context, stands.dispatchId, stands.generation, sooner);
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

/** Puts the message that runs a dispatch. */
export async function putDispatch(
  context: MessagesContext,
  id: string,
  generation: number,
  delayMs: number,
): Promise<void> {
  await context.queues.put(QUEUES.dispatches, queueText(dispatchMessage(id, generation)), { delayMs });
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
  await putDispatch(context, dispatchId, next, delayMs);
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
  context: MessagesContext,
  { requestId }: Pick<RequestRecord, "requestId">,
  generation: number,
  delayMs: number,
): Promise<void> {
  const message = preparationMessage(sha256(requestId), generation);
  await context.queues.put(QUEUES.dispatches, queueText(message), { delayMs });
}
