// Once a day: requests that were recorded and of which nothing came, no letter, no dispatch and no dead letter (their
// message was lost, with its copies); and ends that may not have been told.

import { cancelSingle } from "../cancelling/cancel.ts";
import { DAY, dayOf, HOUR, timestamp } from "../clock.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { acceptDispatch } from "../messages/dispatches.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { type DispatchRecord, newDispatch } from "../records/dispatchRecord.ts";
import { eachRecord, passingOver } from "../records/eachRecord.ts";
import { type RequestRecord, type SingleDispatch, unrecordedAttempt } from "../records/requestRecord.ts";
import { dispatchQueueOf, requestQueueOf } from "../senders/senders.ts";
import { poisonQueueOf } from "../storage/names.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** So long after midnight the letters of the day before are sent, or have a dispatch that waits. */
const SETTLING_TIME = 2 * HOUR;

/**
 * How far back what was lost can be told from what was refused: dead letters are kept for 100 days at least, and what
 * versions before 2026-11-29 refused at once has nothing else to show for it.
 */
const SPAN = 90 * DAY;

/** So long the host keeps a message on a poison queue. */
const POISON_LIFE = 7 * DAY;

/**
 * Reconciles the days that have not been reconciled yet, all of them if that is not known.
 * @param last the last day that was, as `2030-01-31`
 * @returns the last day that is now
 */
export async function reconcile(context: UpkeepContext, last: string | undefined): Promise<string> {
  const now = context.clock.now();
  const yesterday = dayOf(now - SETTLING_TIME - DAY);
  const beforeAll = dayOf(now - SPAN - DAY);
  // A day that is still to come was reconciled by a clock that went wrong.
  const known = last === undefined || last > dayOf(now) || last < beforeAll ? beforeAll : last;
  if (known >= yesterday) return known;
  for (const day of await daysOfRequests(context, known, yesterday)) await reconcileDay(context, day);
  if (await isAnyGivenUp(context)) await tellEnds(context, known, yesterday);
  return yesterday;
}

/** True if there are messages that the host may have given up: they lie on a poison queue, and are not handled any more. */
async function isAnyGivenUp({ queues, senders }: UpkeepContext): Promise<boolean> {
  const all = [undefined, ...senders.all];
  const queuesOfAll = new Set([...all.map(requestQueueOf), ...all.map(dispatchQueueOf)]);
  // The host makes such a queue when it first has something to put there.
  for (const queue of queuesOfAll) if (((await queues.length(poisonQueueOf(queue))) ?? 0) > 0) return true;
  return false;
}

/**
 * Tells once more what ended without a letter on the days after the first, up to the second: an end is recorded before it is
 * told, and the message that would have told it may be one of those. Whoever was told it discards it, by its id.
 */
async function tellEnds(context: UpkeepContext, after: string, upTo: string): Promise<void> {
  const oldest = dayOf(context.clock.now() - POISON_LIFE);
  const from = Date.parse(after > oldest ? after : oldest) + DAY;
  // What ended only now has its message still.
  const to = Date.parse(upTo) + DAY;
  const where = `${whereTag("unsent", ">=", timestamp(from))} AND ${whereTag("unsent", "<", timestamp(to))}`;
  await eachRecord(context, context.store.dispatches, where, "dispatchId", async ({ value }) => {
    if (!value.isDropped && value.state !== "sent") await tellEnd(context, value);
  });
}

/** The days after the first, up to the second, on which there were requests. */
async function daysOfRequests({ store }: UpkeepContext, after: string, upTo: string): Promise<string[]> {
  const days = new Set<string>();
  const where = `${whereTag("day", ">", after)} AND ${whereTag("day", "<=", upTo)}`;
  for await (const { tags } of store.requestsByHash.find(where)) days.add(tags.day ?? upTo);
  return [...days].sort();
}

async function reconcileDay(context: UpkeepContext, day: string): Promise<void> {
  const { store } = context;
  const pending = new Set<string>();
  for await (const { id } of store.requestsByHash.find(whereTag("day", "=", day))) pending.add(id);
  // Most letters are posted on the day of their request, or the next: those need no look of their own.
  const posted = [
    whereTag("posted", ">=", day),
    whereTag("posted", "<", dayOf(Date.parse(day) + 2 * DAY)),
    whereTag("request", ">", " "),
  ].join(" AND ");
  for await (const { tags } of store.correspondences.find(posted)) pending.delete(tags.request ?? "");
  const passOver = passingOver(context.telemetry);
  for (const requestHash of pending) {
    await passOver({ requestHash }, async () => {
      const record = (await store.requestsByHash.read(requestHash))?.value;
      await context.traces.follow(record);
      if (record?.single && !record.preparation) await reconcileSingle(context, record, record.single);
    });
  }
}

const LEAVES_DEAD_LETTER: ReadonlySet<DispatchRecord["state"]> = new Set(["rejected", "gaveUp", "outcomeUnknown"]);

/** One letter that nothing was to be prepared for; what is prepared has messages of its own, which the sweep puts back. */
async function reconcileSingle(context: UpkeepContext, record: RequestRecord, single: SingleDispatch): Promise<void> {
  const { store } = context;
  for (const name of [deadLetterName(single.dispatchId), deadLetterName(record.digest)]) {
    if (await store.deadLetters.read(name)) return;
  }
  const dispatch = (await store.dispatches.read(single.dispatchId))?.value;
  // Whoever ended it may have died before telling that, and its message be lost.
  if (dispatch && !dispatch.isDropped && LEAVES_DEAD_LETTER.has(dispatch.state)) await tellEnd(context, dispatch);
  if (dispatch) return;
  for await (const _letter of store.correspondences.find(whereTag("request", "=", sha256(record.requestId)))) return;
  await takeUpLost(context, record, single);
}

/**
 * The letter may exist: it is looked up by its key. If it does not, it is sent, as soon as its content is there: the message
 * may only be late.
 */
async function takeUpLost(context: UpkeepContext, record: RequestRecord, single: SingleDispatch): Promise<void> {
  if (record.cancel) return cancelSingle(context, record, single);
  const now = context.clock.now();
  context.telemetry.alert("requestLost", { requestHash: sha256(record.requestId), dispatchId: single.dispatchId });
  await acceptDispatch(context, { ...newDispatch(record, single, now), attempts: [unrecordedAttempt(record)] }, 0);
}
