// NCRONTAB expressions, as timer functions use them: when is the next occurrence?

/** A parsed expression: per field, the values that match. */
export interface NcrontabExpression {
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
}

interface Field {
  readonly what: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const MONTHS = "january february march april may june july august september october november december".split(" ");
const WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");
const SECOND: Field = { what: "second", minimum: 0, maximum: 59 };
const MINUTE: Field = { what: "minute", minimum: 0, maximum: 59 };
const HOUR: Field = { what: "hour", minimum: 0, maximum: 23 };
const DAY: Field = { what: "day", minimum: 1, maximum: 31 };
const MONTH: Field = { what: "month", minimum: 1, maximum: 12, names: MONTHS };
const WEEKDAY: Field = { what: "day of week", minimum: 0, maximum: 6, names: WEEKDAYS };

/** A leap day falls on a given weekday at least once in 40 years (28, or 40 across a year like 2100). */
const SEARCHED_DAYS = 366 * 41;
const DAY_LENGTH = 86_400_000;

/**
 * Parses `{second} {minute} {hour} {day} {month} {day of week}`; with five fields the second is 0. A field is a list of
 * values, ranges and `*`, each with an optional step (`10-20/2`; `10/5` goes up to the field's end); months and weekdays
 * may be named by any beginning of their English names, Sunday is 0. Throws an Error that names the field.
 */
export function parseNcrontab(expression: string): NcrontabExpression {
  const fields = expression.trim().split(/\s+/);
  const [first = "", second = "", third = "", fourth = "", fifth = "", sixth = ""] =
    fields.length === 5 ? ["0", ...fields] : fields;
  if (fields.length !== 5 && fields.length !== 6) {
    throw new Error(`"${expression}" has ${fields.length} fields; an NCRONTAB expression has five or six.`);
  }
  return {
    seconds: parseField(first, SECOND),
    minutes: parseField(second, MINUTE),
    hours: parseField(third, HOUR),
    days: parseField(fourth, DAY),
    months: parseField(fifth, MONTH),
    daysOfWeek: parseField(sixth, WEEKDAY),
  };
}

function parseField(text: string, field: Field): ReadonlySet<number> {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const [range = "", step, ...more] = item.split("/");
    const by = step === undefined ? 1 : Number(step);
    if (more.length > 0 || !Number.isInteger(by) || by < 1 || step === "") throw fieldError(item, field);
    const [from, to] = parseRange(range, step !== undefined && by > 1, field);
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

/** `stepped`: a single value with a step means from there to the field's end. */
function parseRange(text: string, stepped: boolean, field: Field): readonly [number, number] {
  if (text === "*") return [field.minimum, field.maximum];
  const [first = "", second, ...more] = text.split("-");
  if (more.length > 0) throw fieldError(text, field);
  const from = parseValue(first, field);
  if (second === undefined) return [from, stepped ? field.maximum : from];
  const to = parseValue(second, field);
  // A range that is written backwards is taken the right way round, as NCrontab does.
  return from <= to ? [from, to] : [to, from];
}

function parseValue(text: string, field: Field): number {
  if (/^\d{1,2}$/.test(text)) {
    const value = Number(text);
    if (value >= field.minimum && value <= field.maximum) return value;
  } else if (/^[a-z]+$/i.test(text)) {
    const index = field.names?.findIndex((name) => name.startsWith(text.toLowerCase())) ?? -1;
    if (index >= 0) return index + field.minimum;
  }
  throw fieldError(text, field);
}

function fieldError(text: string, field: Field): Error {
  return new Error(
    `"${text}" is not a ${field.what} of an NCRONTAB expression (${field.minimum} to ${field.maximum}).`,
  );
}

/**
 * The first occurrence after `after` (milliseconds since 1970), in UTC, or undefined when there is none (30 February).
 * Day and day of week must both match, unlike in Unix cron.
 */
export function nextOccurrence(expression: NcrontabExpression, after: number): number | undefined {
  const start = Math.floor(after / 1000) * 1000 + 1000;
  const midnight = Math.floor(start / DAY_LENGTH) * DAY_LENGTH;
  for (let day = 0; day <= SEARCHED_DAYS; day++) {
    const date = midnight + day * DAY_LENGTH;
    if (!isOnDay(expression, new Date(date))) continue;
    const time = firstTimeOfDay(expression, day === 0 ? (start - midnight) / 1000 : 0);
    if (time !== undefined) return date + time * 1000;
  }
  return undefined;
}

function isOnDay(expression: NcrontabExpression, date: Date): boolean {
  return (
    expression.months.has(date.getUTCMonth() + 1) &&
    expression.days.has(date.getUTCDate()) &&
    expression.daysOfWeek.has(date.getUTCDay())
  );
}

/** The first matching second of a day that is not before `from` (both counted from midnight). */
function firstTimeOfDay(expression: NcrontabExpression, from: number): number | undefined {
  for (let hour = Math.floor(from / 3600); hour < 24; hour++) {
    if (!expression.hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      const minuteStart = hour * 3600 + minute * 60;
      if (!expression.minutes.has(minute) || minuteStart + 59 < from) continue;
      for (let second = 0; second < 60; second++) {
        if (expression.seconds.has(second) && minuteStart + second >= from) return minuteStart + second;
      }
    }
  }
  return undefined;
}
