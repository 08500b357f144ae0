// What figures cost in operations of storage, counted over storage in memory: a page of the index has 5,000 letters.
import { expect, test } from "vitest";
import { DAY, dayOf, timestamp } from "../../shared/clock.ts";
import { closeDays } from "../../shared/figures/closeDays.ts";
import { findFigures } from "../../shared/figures/figures.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import { FOLDERS } from "../../shared/storage/names.ts";
import { memoryBlobs } from "../harness/memoryBlobs.ts";
import { TestClock } from "../harness/testClock.ts";
import { NOON } from "../records/additions.ts";

test("a month of closed days costs a read for each, however many letters there were; an open day a page for each 5,000", async () => {
  const [state, deadLetters] = [memoryBlobs(), memoryBlobs()];
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters });
  const context = { clock: new TestClock(NOON), store };
  const from = Date.parse(dayOf(NOON));
  for (let index = 0; index < 12_000; index++) {
    const posted = `${timestamp(from + index)} p5${index % 2 === 0 ? " r1k" : ""}`;
    const tags = { posted, status: "Read", resource: "test-letters" };
    await state.create(`${FOLDERS.correspondences}/${index}.json`, {}, tags);
  }
  const ask = async (until: number) => {
    const before = state.calls + deadLetters.calls;
    const answer = await findFigures(context, { from, until, by: "day" });
    expect(state.calls + deadLetters.calls - before).toBe(answer.cost);
    return answer;
  };
  const open = await ask(from + DAY);
  // What is kept, three pages of letters, and one each of what ended: dispatches, and dead letters twice.
  expect(open).toMatchObject({ total: { sent: 12_000, read: 6_000 }, cost: 1 + 3 + 3 });
  context.clock.advance(2 * DAY);
  await closeDays(context, undefined);
  const first = (await store.figures.read(dayOf(from)))?.value;
  for (let day = 1; first && day < 30; day++) {
    const date = dayOf(from + day * DAY);
    const counted = first.counted.map((row) => ({ ...row, hour: date + row.hour.slice(date.length) }));
    await store.figures.create(date, { ...first, counted });
  }
  const month = await ask(from + 30 * DAY);
  expect(month).toMatchObject({ total: { ...open.total, sent: 360_000, published: 360_000, read: 180_000 }, cost: 30 });
  expect(month.total.sentToRead).toEqual(open.total.sentToRead);
});

test("after an update days of long ago are closed as well, with the letters of which the status alone is known", async () => {
  const [state, deadLetters] = [memoryBlobs(), memoryBlobs()];
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters });
  const clock = new TestClock(NOON);
  const long = dayOf(NOON - 300 * DAY);
  const old = { posted: long, status: "Read", resource: "test-letters" };
  await state.create(`${FOLDERS.correspondences}/1.json`, {}, old);
  await deadLetters.create("1.json", {}, { ended: `${long}T10:00:00.000Z`, end: "gaveUp", reason: "expired" });
  const { open } = await closeDays({ clock, store }, undefined);
  expect(open).toEqual([]);
  const from = Date.parse(long);
  const answer = await findFigures({ clock, store }, { from, until: from + DAY, by: "day" });
  expect(answer).toMatchObject({
    total: { sent: 1, published: 1, read: 1, failed: { expired: 1 }, sentToRead: null },
    periods: [{ closed: true }],
    untimed: 1,
    cost: 1,
  });
});
