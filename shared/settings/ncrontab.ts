// NCRONTAB, in which Azure Functions writes the schedules of timers, as the .NET library NCrontab reads it.
import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";

/** A schedule that was read, or what is wrong with it. */
export type Ncrontab =
  | {
      readonly ok: true;
      /** The values that match: seconds, minutes, hours, days, months and days of the week, where Sunday is 0. */
      readonly fields: readonly (readonly number[])[];
    }
  | {
      readonly ok: false;
      /** The end of a sentence; shows nothing of the expression. */
      readonly problem: string;
    };

/**
 * Reads `{second} {minute} {hour} {day} {month} {day of week}`, of which all must match. A field is a list of values,
 * ranges and `*`, each with an optional step (`10-20/2`; `10/5` goes up to the field's end); months and weekdays may be
 * named by any beginning of their English names.
 */
export function readNcrontab(expression: string): Ncrontab {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return { ok: false, problem: `it has ${texts.length} fields` };
  const fields: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const values = valuesOf(texts[index] ?? "", field);
    if (values === undefined)
      return { ok: false, problem: `its ${field.what} must be ${field.least} to ${field.most}` };
    fields.push(values);
  }
  return { ok: true, fields };
}

/**
 * How long a timer may rest between two runs of one day, in milliseconds; a day, where it does not run at every hour of
 * every day, or its schedule cannot be read.
 */
export function longestPause(expression: string): number {
  const read = readNcrontab(expression);
  if (!read.ok) return DAY;
  const [seconds = [], minutes = [], ...days] = read.fields;
  if (days.some((values, index) => values.length < (SPANS[index] ?? 0))) return DAY;
  const runs = minutes.flatMap((minute) => seconds.map((second) => minute * MINUTE + second * SECOND));
  return Math.max(...runs.map((run, index) => (runs[index + 1] ?? HOUR + (runs[0] ?? 0)) - run));
}

/** How many hours, days, months and days of the week there are. */
const SPANS = [24, 31, 12, 7];

interface Field {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = "january february march april may june july august september october november december".split(" ");
const WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");
const FIELDS: readonly Field[] = [
  { what: "second", least: 0, most: 59 },
  { what: "minute", least: 0, most: 59 },
  { what: "hour", least: 0, most: 23 },
  { what: "day", least: 1, most: 31 },
  { what: "month", least: 1, most: 12, names: MONTHS },
  { what: "day of week", least: 0, most: 6, names: WEEKDAYS },
];

function valuesOf(text: string, field: Field): number[] | undefined {
  const values: number[] = [];
  for (const item of text.split(",")) {
    const [, range = "", step = "1"] = /^([^/]*)(?:\/(\d+))?$/.exec(item) ?? [];
    const by = Number(step);
    const ends = endsOf(range, by > 1, field);
    if (ends === undefined || by === 0) return undefined;
    // A range that is written backwards is taken the right way round.
    for (let value = Math.min(...ends); value <= Math.max(...ends); value += by) values.push(value);
  }
  return values;
}

/** Between which values; a single one with a step means from there to the field's end. */
function endsOf(range: string, isStepped: boolean, field: Field): readonly number[] | undefined {
  if (range === "*") return [field.least, field.most];
  const ends = range.split("-").map((text) => valueIn(text, field));
  if (ends.length > 2 || !ends.every((end) => end !== undefined)) return undefined;
  return ends.length === 1 && isStepped ? [...ends, field.most] : ends;
}

function valueIn(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = /^[a-z]+$/i.test(text) ? names.findIndex((name) => name.startsWith(text.toLowerCase())) : -1;
  const value = named < 0 ? Number(/^\d+$/.test(text) ? text : Number.NaN) : named + least;
  return value >= least && value <= most ? value : undefined;
}
