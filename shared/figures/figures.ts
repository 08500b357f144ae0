// Answers how many letters there were: from what is kept of closed days, and from the index for the others. Writes nothing.
import * as z from "zod";
import { DAY, dayOf, timestamp } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import { type DayFigures, figuresOf, firstOpenDay, type HourTally } from "../records/dayFigures.ts";
import { readKnown } from "../records/records.ts";
import { addTally, emptyTally, type Tally } from "../records/tally.ts";
import { DOCUMENTS } from "../storage/names.ts";
import { tagValue } from "../storage/tags.ts";
import { type FiguresAnswer, figuresFrom } from "./answer.ts";
import { type ClosedDays, closedDaysSchema } from "./closeDays.ts";
import type { FiguresContext } from "./context.ts";
import { countLetters } from "./count.ts";
import { type FiguresQuestion, PERIOD } from "./question.ts";

/** How many days are read at once. */
const AT_ONCE = 16;

/** The figures that are asked for. */
export async function findFigures(
  context: FiguresContext,
  question: FiguresQuestion,
  pageSize?: number,
): Promise<FiguresAnswer> {
  return figuresAnswer(await countFigures(context, question, pageSize), question);
}

/** Letters counted by hour and resource, so that they can be told of all resources or of some. */
export interface CountedFigures {
  /** Epoch milliseconds. */
  readonly asOf: number;
  readonly tallies: readonly HourTally[];
  /** The days that are closed. */
  readonly closed: ReadonlySet<string>;
  /** How many days could not be read. */
  readonly unreadable: number;
  readonly cost: number;
}

/** Counts the letters that a question is about. */
export async function countFigures(
  context: FiguresContext,
  question: FiguresQuestion,
  pageSize?: number,
): Promise<CountedFigures> {
  const now = context.clock.now();
  const { resources } = question;
  const days = daysOf(question);
  const { kept, unreadable } = await readDays(context, days);
  let cost = days.length;
  const tallies = [...kept.values()].flatMap((day) => (day.closedAt === undefined ? [] : figuresOf(day)));
  const isKept = (day: string) => unreadable.has(day) || kept.get(day)?.closedAt !== undefined;
  const open = days.filter((day) => !isKept(day));
  for (const { first, last } of runsOf(open)) {
    const until = dayOf(Date.parse(last) + DAY);
    const gone = [...kept].flatMap(([day, notes]) => (day >= first && day <= last ? [notes.gone] : []));
    const counting = { from: first, until, resources, gone: Object.assign({}, ...gone) };
    const counted = await countLetters(context, { ...counting, ...(pageSize === undefined ? {} : { pageSize }) });
    tallies.push(...counted.tallies);
    cost += counted.operations;
  }
  const isPast = open.some((day) => day < firstOpenDay(now));
  const looked = isPast ? await readClosedDays(context) : undefined;
  if (isPast) cost++;
  const counted = new Set(tallies.map(({ hour }) => dayOf(Date.parse(`${hour}:00Z`))));
  // A day without letters is closed, and nothing is kept of it.
  const isEmpty = (day: string) =>
    looked !== undefined && day < looked.until && !looked.open.includes(day) && !counted.has(day);
  const closed = new Set(days.filter((day) => kept.get(day)?.closedAt !== undefined || isEmpty(day)));
  return { asOf: now, tallies, closed, unreadable: unreadable.size, cost };
}

/** What is told of what was counted. */
export function figuresAnswer(counted: CountedFigures, question: FiguresQuestion): FiguresAnswer {
  const { asOf, tallies, closed, unreadable, cost } = counted;
  const { by, resource, sender } = question;
  const total = emptyTally();
  const periods = periodsOf(question);
  const wanted = question.resources && new Set(question.resources.map(tagValue));
  for (const { hour, resource: of, tally } of tallies) {
    const period = periods.get(Math.floor((Date.parse(`${hour}:00Z`) - question.from) / PERIOD[by]));
    if (!period || wanted?.has(of) === false) continue;
    addTally(period, tally);
    addTally(total, tally);
  }
  return {
    asOf: timestamp(asOf),
    from: timestamp(question.from),
    to: timestamp(question.until),
    by,
    ...(resource === undefined ? {} : { resource }),
    ...(sender === undefined ? {} : { sender }),
    total: figuresFrom(total),
    periods: [...periods].map(([index, tally]) => {
      const begin = question.from + index * PERIOD[by];
      const to = timestamp(begin + PERIOD[by]);
      return { from: timestamp(begin), to, closed: closed.has(dayOf(begin)), ...figuresFrom(tally) };
    }),
    ...(total.untimed === 0 ? {} : { untimed: total.untimed }),
    ...(unreadable === 0 ? {} : { unreadable }),
    cost,
  };
}

function daysOf({ from, until }: FiguresQuestion): string[] {
  const count = Math.ceil(until / DAY) - Math.floor(from / DAY);
  return Array.from({ length: count }, (_, index) => dayOf(from + index * DAY));
}

async function readDays({ store }: FiguresContext, days: readonly string[]) {
  const kept = new Map<string, DayFigures>();
  const unreadable = new Set<string>();
  await eachAtOnce(AT_ONCE, days, async (day) => {
    const known = await readKnown(store.figures, day);
    if (known === "unreadable") unreadable.add(day);
    else if (known) kept.set(day, known.value);
  });
  return { kept, unreadable };
}

/** How far the sweep has closed days; `undefined` before its first. */
async function readClosedDays({ store }: FiguresContext): Promise<ClosedDays | undefined> {
  const sweep = z.looseObject({ closedDays: closedDaysSchema.optional() });
  return sweep.safeParse((await store.documents.read(DOCUMENTS.sweep))?.value).data?.closedDays;
}

/** Days that follow each other are counted together. */
function runsOf(days: readonly string[]): { first: string; last: string }[] {
  const runs: { first: string; last: string }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && Date.parse(run.last) + DAY === Date.parse(day)) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs;
}

function periodsOf({ from, until, by }: FiguresQuestion): Map<number, Tally> {
  return new Map(Array.from({ length: (until - from) / PERIOD[by] }, (_, index) => [index, emptyTally()]));
}
