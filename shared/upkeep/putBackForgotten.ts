// Dispatches and preparations that have waited well past their time, for an attempt or only to be told what they came to: their
// message was lost, and is put again.
import { DAY, MINUTE, timestamp } from "../clock.ts";
import { putNext, putPreparation } from "../messages/dispatches.ts";
import { pauseOf } from "../pausing/pause.ts";
import { type DispatchRecord, needsMessage } from "../records/dispatchRecord.ts";
import { eachRecord } from "../records/eachRecord.ts";
import { isInProgress, preparationOf } from "../records/preparation.ts";
import { changeRecord } from "../records/records.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { dispatchQueueOf } from "../senders/senders.ts";
import { QUEUES } from "../storage/names.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** A dispatch is put back this long after its time; twice as long after each time, since the queue may just be deep. */
const GRACE = 30 * MINUTE;
const LONGEST_GRACE = DAY;

/** Puts back dispatches and preparations; each record is read before the index is believed. Returns how many. */
export async function putBackForgotten(context: UpkeepContext, now: number): Promise<number> {
  // What was put off for the brake or a breaker waits past the time in its record.
  const { pausedAt = 0, pausedSenders = {} } = await context.contact.read();
  if ((await pauseOf(context)) || pausedAt + GRACE >= now) return 0;
  const behind = new Map<string, Promise<boolean>>();
  // In a backlog nothing is forgotten: what waits past its time would only be there twice.
  const isBehind = (queue: string) => {
    const asked = behind.get(queue) ?? context.queues.isBehind(queue);
    behind.set(queue, asked);
    return asked;
  };
  if (context.senders.all.length === 0 && (await isBehind(QUEUES.dispatches))) return 0;
  const isPaused = async (resourceId: string) => {
    const sender = context.senders.of(resourceId);
    const isBraked = sender !== undefined && (await context.brake.reason(sender.name)) !== undefined;
    const isPausedLately = (pausedSenders[sender?.name ?? ""] ?? 0) + GRACE >= now;
    return isBraked || isPausedLately || isBehind(dispatchQueueOf(sender));
  };
  return (await putBackDispatches(context, now, isPaused)) + (await putBackPreparations(context, now, isPaused));
}

/** Whether letters on a resource may just wait for their turn: behind others, or since a sender's own brake or breaker held them back. */
type IsPaused = (resourceId: string) => Promise<boolean>;

async function putBackDispatches(context: UpkeepContext, now: number, isPaused: IsPaused): Promise<number> {
  let putBacks = 0;
  const where = `${whereTag("state", "=", "waiting")} AND ${whereTag("due", "<", timestamp(now - GRACE))}`;
  await eachRecord(context, context.store.dispatches, where, "dispatchId", async (stored, id) => {
    if (!isForgotten(stored.value, now) || (await isPaused(stored.value.resourceId))) return;
    const { generation } = stored.value;
    await putNext(context, stored, generation, 0, (known) =>
      isForgotten(known, now) ? { ...known, putBacks: known.putBacks + 1 } : undefined,
    );
    context.telemetry.warn("dispatchPutBack", { dispatchId: id, generation: generation + 1 });
    putBacks++;
  });
  return putBacks;
}

async function putBackPreparations(context: UpkeepContext, now: number, isPaused: IsPaused): Promise<number> {
  const requests = context.store.requestsByHash;
  let putBacks = 0;
  const where = whereTag("preparing", "<", timestamp(now - GRACE));
  await eachRecord(context, requests, where, "requestHash", async (stored, id) => {
    if (!isPreparationForgotten(stored.value, now) || (await isPaused(stored.value.resourceId))) return;
    const generation = preparationOf(stored.value).generation + 1;
    await putPreparation(context, stored.value, generation, 0);
    const putBack = (known: RequestRecord) => {
      const preparation = preparationOf(known);
      return preparation.generation >= generation
        ? undefined
        : { ...known, preparation: { ...preparation, generation, nextStepAt: now } };
    };
    await changeRecord(requests, id, putBack, stored);
    context.telemetry.warn("preparationPutBack", { requestHash: id, generation });
    putBacks++;
  });
  return putBacks;
}

function isForgotten(dispatch: DispatchRecord, now: number): boolean {
  const grace = Math.min(GRACE * 2 ** Math.min(dispatch.putBacks, 10), LONGEST_GRACE);
  return needsMessage(dispatch) && dispatch.nextAttemptAt + grace < now;
}

function isPreparationForgotten(record: RequestRecord, now: number): boolean {
  return isInProgress(record) && preparationOf(record).nextStepAt + GRACE < now;
}
