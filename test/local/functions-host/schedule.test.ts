// Schedules of timers: when do they run next?
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSchedule } from "../../../local/functions-host/schedule.ts";

function next(expression: string, after: string): string | undefined {
  const time = parseSchedule(expression).next(Date.parse(after));
  return time === undefined ? undefined : new Date(time).toISOString();
}

test.each([
  ["every five minutes", "0 */5 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:05:00.000Z"],
  ["five fields start at second 0", "*/5 * * * *", "2026-01-01T00:04:59Z", "2026-01-01T00:05:00.000Z"],
  ["never the same second", "* * * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01.000Z"],
  ["fractions of a second", "* * * * * *", "2026-01-01T00:00:00.999Z", "2026-01-01T00:00:01.000Z"],
  ["into the next day", "0 30 9 * * *", "2026-01-01T09:30:00Z", "2026-01-02T09:30:00.000Z"],
  ["into the next year", "0 0 0 1 1 *", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00.000Z"],
  ["weekdays by name", "0 30 9 * * Mon-Fri", "2026-01-02T12:00:00Z", "2026-01-05T09:30:00.000Z"],
  ["months by name", "0 0 0 1 Mar,dec *", "2026-04-01T00:00:00Z", "2026-12-01T00:00:00.000Z"],
  ["whole names", "0 0 0 * January sunday", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00.000Z"],
  ["a step from a value goes to the end", "0 50/5 * * * *", "2026-01-01T00:51:00Z", "2026-01-01T00:55:00.000Z"],
  ["a step of one from a value is the value", "0 50/1 * * * *", "2026-01-01T00:51:00Z", "2026-01-01T01:50:00.000Z"],
  ["a step in a range", "0 10-20/4 * * * *", "2026-01-01T00:14:00Z", "2026-01-01T00:18:00.000Z"],
  ["a range written backwards", "0 0 20-18 * * *", "2026-01-01T00:00:00Z", "2026-01-01T18:00:00.000Z"],
  ["leap day", "0 0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ["leap day on a Monday", "0 0 0 29 2 1", "2026-01-01T00:00:00Z", "2044-02-29T00:00:00.000Z"],
  ["across 2100, which is no leap year", "0 0 0 29 2 3", "2080-02-29T00:00:00Z", "2096-02-29T00:00:00.000Z"],
  ["day and weekday must both match", "0 0 0 13 * Fri", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00.000Z"],
  ["a time that is past today", "15 10 3 * * *", "2026-01-01T03:10:15Z", "2026-01-02T03:10:15.000Z"],
  ["a second later in the same minute", "15,45 10 3 * * *", "2026-01-01T03:10:15Z", "2026-01-01T03:10:45.000Z"],
])("%s: %s", (_what, expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test("a day that no month has never occurs", () => {
  expect(next("0 0 0 30 2 *", "2026-01-01T00:00:00Z")).toBeUndefined();
});

test.each([
  ["* * * *", "4 fields"],
  ["* * * * * * *", "7 fields"],
  ["60 * * * * *", "second"],
  ["0 60 * * * *", "minute"],
  ["0 0 24 * * *", "hour"],
  ["0 0 0 0 * *", "day"],
  ["0 0 0 1 13 *", "month"],
  ["0 0 0 1 * 7", "day of week"],
  ["0 0 0 1 * Funday", "day of week"],
  ["0 */0 * * * *", "minute"],
  ["0 */ * * * *", "minute"],
  ["0 1-2-3 * * * *", "minute"],
  ["0 1, * * * *", "minute"],
  ["0 ? * * * *", "minute"],
  ["0 0 mon * * *", "hour"],
])("%s is refused, with what is wrong", (expression, what) => {
  expect(() => parseSchedule(expression)).toThrow(what);
});

/** An item of a field, as text and as the values that it stands for. */
function item(minimum: number, maximum: number) {
  const value = fc.integer({ min: minimum, max: maximum });
  const step = fc.integer({ min: 2, max: maximum });
  const count = (from: number, to: number, by: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((n) => (n - from) % by === 0);
  return fc.oneof(
    value.map((n) => ({ text: String(n), values: [n] })),
    fc.tuple(value, value).map(([a, b]) => {
      return { text: `${a}-${b}`, values: count(Math.min(a, b), Math.max(a, b), 1) };
    }),
    fc.tuple(value, step).map(([n, by]) => ({ text: `${n}/${by}`, values: count(n, maximum, by) })),
    step.map((by) => ({ text: `*/${by}`, values: count(minimum, maximum, by) })),
  );
}

function field(minimum: number, maximum: number) {
  return fc.array(item(minimum, maximum), { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(","),
    values: new Set(items.flatMap(({ values }) => values)),
  }));
}

const anyTime = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2060, 0, 1) });

test("the time of day is the first that matches (property)", () => {
  fc.assert(
    fc.property(field(0, 59), field(0, 59), field(0, 23), anyTime, (seconds, minutes, hours, after) => {
      const expression = parseSchedule(`${seconds.text} ${minutes.text} ${hours.text} * * *`);
      let second = Math.floor(after / 1000) + 1;
      while (
        !seconds.values.has(second % 60) ||
        !minutes.values.has(Math.floor(second / 60) % 60) ||
        !hours.values.has(Math.floor(second / 3600) % 24)
      ) {
        second += 1;
      }
      expect(expression.next(after)).toBe(second * 1000);
    }),
  );
});

test("the day is the first that matches (property)", () => {
  const days = field(1, 31).filter(({ values }) => [...values].some((day) => day <= 28));
  fc.assert(
    fc.property(days, field(1, 12), field(0, 6), anyTime, (days, months, weekdays, after) => {
      const expression = parseSchedule(`0 0 0 ${days.text} ${months.text} ${weekdays.text}`);
      const date = new Date(Math.floor(after / 86_400_000) * 86_400_000);
      do date.setUTCDate(date.getUTCDate() + 1);
      while (
        !days.values.has(date.getUTCDate()) ||
        !months.values.has(date.getUTCMonth() + 1) ||
        !weekdays.values.has(date.getUTCDay())
      );
      expect(expression.next(after)).toBe(date.getTime());
    }),
  );
});

test("a schedule may be a TimeSpan, counted from the last run", () => {
  expect(parseSchedule("00:00:30").next(1000)).toBe(31_000);
  expect(parseSchedule("*/15 * * * *").next(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 0, 1, 0, 15));
  expect(() => parseSchedule("00:00:00")).toThrow("above zero");
  expect(() => parseSchedule("often")).toThrow("often");
});
