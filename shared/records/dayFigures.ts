// The figures of one day, as they are kept once it is closed, and what is noted of a day beside the index. Pure.
import * as z from "zod";
import { DAY, dayOf, timestamp } from "../clock.ts";
import { optionalText, optionalTime, text, time } from "./fields.ts";
import { readPosted } from "./reached.ts";
import { addFailed, addLetter, addTally, emptyTally, type Tally, tallySchema } from "./tally.ts";

/** Letters that ended together without being sent: one, or all of a request that was refused as a whole. */
export interface UnsentLetters {
  /** Epoch milliseconds. */
  readonly endedAt: number;
  /** The reason of the end, or `outcomeUnknown`. */
  readonly reason: string;
  /** As the index has it, without prefix; empty where it is not known. */
  readonly resource: string;
  readonly letters: number;
}

/** What was counted of one resource in one hour. */
export interface HourTally {
  /** As the index has it, without prefix; empty where it is not known. */
  readonly resource: string;
  /** In UTC, as `2026-11-28T10`. */
  readonly hour: string;
  readonly tally: Tally;
}

/** A letter of a closed day of which something was heard since: its tags `posted`, as it was counted, and now. */
export interface LateLetter {
  readonly resource: string;
  /** Absent where it had not been known to be sent. */
  readonly was?: string;
  readonly is: string;
}

/** What is kept of a day, by its date (UTC). */
export interface DayFigures {
  readonly version: 1;
  /** When it was closed, in epoch milliseconds: from then on it is not counted any more. */
  readonly closedAt?: number;
  /** As it was counted then. */
  readonly counted: readonly HourTally[];
  /** While it is open: ends whose dead letter was dropped or erased, and of which nothing else tells. By name and time. */
  readonly gone: Readonly<Record<string, UnsentLetters>>;
  /** Once it is closed: ends that were replayed since, and are counted where that came to an end. By name and time. */
  readonly undone: Readonly<Record<string, UnsentLetters>>;
  /** Once it is closed: letters of which something was heard since. By correspondence id. */
  readonly late: Readonly<Record<string, LateLetter>>;
}

/** A day of which nothing has been kept. */
export function emptyDay(): DayFigures {
  return { version: 1, counted: [], gone: {}, undone: {}, late: {} };
}

/** Tallies by hour and resource, to be counted up. */
export class HourTallies {
  readonly #rows = new Map<string, HourTally>();

  /** The tally of the hour of a time (epoch milliseconds). */
  at(time: number, resource: string): Tally {
    return this.ofHour(timestamp(time).slice(0, "2030-01-31T12".length), resource);
  }

  /** The tally of an hour. */
  ofHour(hour: string, resource: string): Tally {
    const key = `${hour} ${resource}`;
    const known = this.#rows.get(key) ?? { hour, resource, tally: emptyTally() };
    this.#rows.set(key, known);
    return known.tally;
  }

  rows(): HourTally[] {
    return [...this.#rows.values()];
  }
}

/** The figures of a closed day, with what was noted since. */
export function figuresOf({ counted, undone, late }: DayFigures): HourTally[] {
  const tallies = new HourTallies();
  for (const { hour, resource, tally } of counted) addTally(tallies.ofHour(hour, resource), tally);
  for (const { endedAt, reason, resource, letters } of Object.values(undone)) {
    const tally = emptyTally();
    addFailed(tally, reason, letters);
    addTally(tallies.at(endedAt, resource), tally, -1);
  }
  for (const { resource, was, is } of Object.values(late)) {
    const [before, after] = [was, is].map((posted) => posted && readPosted(posted, ""));
    if (before) {
      const tally = emptyTally();
      addLetter(tally, before);
      addTally(tallies.at(before.postedAt, resource), tally, -1);
    }
    if (after) addLetter(tallies.at(after.postedAt, resource), after);
  }
  return tallies.rows();
}

/** By what an end is told from others in `gone` and `undone`: the same request may be refused twice. */
export function endKey(name: string, endedAt: number): string {
  return `${name} ${timestamp(endedAt)}`;
}

/** The day with an end whose dead letter goes; `undefined` where that changes nothing, as the day has been counted. */
export function withGone(day: DayFigures, key: string, unsent: UnsentLetters): DayFigures | undefined {
  return day.closedAt === undefined ? { ...day, gone: { ...day.gone, [key]: unsent } } : undefined;
}

/** The day with an end that is replayed; `undefined` where that changes nothing, as the day has not been counted. */
export function withUndone(day: DayFigures, key: string, unsent: UnsentLetters): DayFigures | undefined {
  return day.closedAt === undefined ? undefined : { ...day, undone: { ...day.undone, [key]: unsent } };
}

/** The day with what is heard of a letter; `undefined` where that changes nothing, as the day has not been counted. */
export function withLate(day: DayFigures, correspondenceId: string, heard: LateLetter): DayFigures | undefined {
  if (day.closedAt === undefined) return undefined;
  const known = day.late[correspondenceId];
  // As it was counted is what was told first.
  const { was: _was, ...now } = heard;
  const late = known ? { ...now, ...(known.was === undefined ? {} : { was: known.was }) } : heard;
  return { ...day, late: { ...day.late, [correspondenceId]: late } };
}

/** The day from when it is closed: what was noted until then is counted with the rest. */
export function closedDay(counted: readonly HourTally[], closedAt: number): DayFigures {
  return { ...emptyDay(), closedAt, counted };
}

/** The first day that is too young to be closed: a day after it letters that were lost are found, and the index has caught up. */
export function firstOpenDay(now: number): string {
  return dayOf(now - DAY);
}

const unsent: z.ZodType<UnsentLetters> = z.looseObject({
  endedAt: time,
  reason: text,
  resource: text,
  letters: z.number(),
});

/** As the figures of a day are stored. */
export const dayFiguresSchema: z.ZodType<DayFigures> = z.looseObject({
  version: z.literal(1),
  closedAt: optionalTime,
  counted: z.array(z.looseObject({ resource: text, hour: text, tally: tallySchema })),
  gone: z.record(text, unsent),
  undone: z.record(text, unsent),
  late: z.record(text, z.looseObject({ resource: text, was: optionalText, is: text })),
});
