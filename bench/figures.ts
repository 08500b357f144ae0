// What figures, and what waits, cost at 100,000 letters a day: operations of storage, time, and the size of what is kept of a
// day. Counted over storage in memory, page by page as Azure has them; so the time is the app's own.

import { DAY, dayOf, HOUR, SECOND, timestamp } from "../shared/clock.ts";
import { figuresAnswerSchema } from "../shared/figures/answer.ts";
import { closeDays } from "../shared/figures/closeDays.ts";
import { findFigures } from "../shared/figures/figures.ts";
import { findWaiting } from "../shared/finding/waiting.ts";
import { createStateStore } from "../shared/records/stateStore.ts";
import { indexSenders } from "../shared/senders/owners.ts";
import { FOLDERS, recordName } from "../shared/storage/names.ts";
import { memoryBlobs } from "../test/harness/memoryBlobs.ts";
import { TestClock } from "../test/harness/testClock.ts";

const LETTERS = 100_000;
const DAYS = 30;
/** The first day of the month. */
export const FIRST = Date.parse("2030-03-01");

/** One line of the result. */
interface Line {
  readonly what: string;
  readonly operations: number;
  readonly seconds: number;
  readonly keptKB?: number;
}

/** Prints a line for a closed month, for that with an open day, for an open day, for closing one, and for what waits (as many letters, which wait for Altinn). */
export async function figuresCost({ json }: { json: boolean }): Promise<void> {
  const state = memoryBlobs();
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters: memoryBlobs() });
  const clock = new TestClock(FIRST + 20 * HOUR);
  const context = { clock, store };
  const contact = { read: async () => ({}) };
  const measured = async (what: string, work: () => Promise<unknown>) => {
    const [calls, startedAt] = [state.calls, performance.now()];
    const found = await work();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const cost = figuresAnswerSchema.safeParse(found).data?.cost;
    return { what, operations: cost ?? state.calls - calls, seconds };
  };
  const ask = (from: number, until: number) => findFigures(context, { from, until, by: "day" });

  for (let index = 0; index < LETTERS; index++) await state.create(nameOf(index), {}, tagsOf(index));
  print(await measured("an open day", () => ask(FIRST, FIRST + DAY)), json);
  clock.advance(2 * DAY);
  const closing = await measured("closing a day", () => closeDays(context, { until: dayOf(FIRST), open: [] }));
  const first = (await store.figures.read(dayOf(FIRST)))?.value;
  print({ ...closing, keptKB: Math.round(JSON.stringify(first).length / 1000) }, json);
  // The other days are as the first.
  for (let day = 1; first && day < DAYS; day++) {
    const at = dayOf(FIRST + day * DAY);
    const counted = first.counted.map((row) => ({ ...row, hour: at + row.hour.slice(at.length) }));
    await store.figures.create(at, { ...first, counted });
  }
  clock.advance(DAYS * DAY);
  print(await measured("a closed month", () => ask(FIRST, FIRST + DAYS * DAY)), json);
  await state.remove(recordName(FOLDERS.figures, dayOf(FIRST)));
  print(await measured("a month with one open day", () => ask(FIRST, FIRST + DAYS * DAY)), json);

  for (let index = 0; index < LETTERS; index++) {
    const [created = "", due = ""] = [FIRST + index * SECOND, FIRST + DAY].map(timestamp);
    await state.create(`${FOLDERS.dispatches}/${index}.json`, {}, { ...WAITING, created, due });
  }
  print(
    await measured("what waits", () =>
      findWaiting({ ...context, contact, isBrakeSet: false, senders: indexSenders([]) }),
    ),
    json,
  );
}

/** The tags of a letter that waits for Altinn, without its times. */
export const WAITING = { state: "waiting", cause: "altinn", resource: "my-resource" };

/** The name of a letter's record. */
export const nameOf = (index: number) => `${FOLDERS.correspondences}/${index}.json`;

/** Tags of one of so many letters that are spread over a day: published within a minute, four in five read within days. */
export function tagsOf(index: number, letters = LETTERS) {
  const posted = timestamp(FIRST + Math.floor((index * DAY) / letters));
  const published = (1 + ((index * 7919) % 60)).toString(36);
  const read = (60 + ((index * 104_729) % (4 * 86_400))).toString(36);
  const marks = index % 5 === 0 ? `p${published}` : `p${published} r${read}`;
  return { posted: `${posted} ${marks}`, status: index % 5 === 0 ? "Published" : "Read", resource: "my-resource" };
}

function print(line: Line, json: boolean): void {
  const { what, operations, seconds, keptKB } = line;
  const kept = keptKB === undefined ? "" : `, ${keptKB} kB kept`;
  console.log(json ? JSON.stringify(line) : `${what.padEnd(50)} ${operations} operations, ${seconds} s${kept}`);
}
