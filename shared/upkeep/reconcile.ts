// Once a day: requests that were recorded and of which nothing came, no letter, no dispatch and no dead letter (their
// message was lost, with its copies).

import { cancelSingle } from "../cancelling/cancel.ts";
import { DAY, dayOf, HOUR } from "../clock.ts";
import { acceptDispatch } from "../messages/dispatches.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { newDispatch } from "../records/dispatchRecord.ts";
import { passingOver } from "../records/eachRecord.ts";
import { type RequestRecord, type SingleDispatch, unrecordedAttempt } from "../records/requestRecord.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** So long after midnight the letters of the day before are sent, or have a dispatch that waits. */
const SETTLING_TIME = 2 * HOUR;

/**
 * How far back what was lost can be told from what was refused: dead letters are kept for 100 days at least, and what
 * versions before 2026-11-29 refused at once has nothing else to show for it.
 */
const SPAN = 90 * DAY;

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
  return yesterday;
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

/** One letter that nothing was to be prepared for; what is prepared has messages of its own, which the sweep puts back. */
async function reconcileSingle(context: UpkeepContext, record: RequestRecord, single: SingleDispatch): Promise<void> {
  const { store } = context;
  for (const name of [deadLetterName(single.dispatchId), deadLetterName(record.digest)]) {
    if (await store.deadLetters.read(name)) return;
  }
  if (await store.dispatches.read(single.dispatchId)) return;
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
