// TimeSpan texts, as .NET reads them.
import { expect, test } from "vitest";
import { parseTimeSpan } from "../../../local/functions-host/timeSpan.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ["00:00:05", 5 * SECOND],
  ["00:00:00.1", 100],
  ["00:00:00.1234567", 123.4567],
  ["00:10", 10 * MINUTE],
  ["23:59:59", 23 * HOUR + 59 * MINUTE + 59 * SECOND],
  ["1.02:03:04", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND],
  ["1.00:00", DAY],
  ["2", 2 * DAY],
  ["24:00:00", 24 * DAY],
  ["25:01:02", 25 * DAY + HOUR + 2 * MINUTE],
  [" 00:00:01 ", SECOND],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseTimeSpan(text)).toBeCloseTo(milliseconds, 6);
});

test.each(["", "soon", "00:60:00", "00:00:60", "24:00", "1.24:00:00", "-00:00:01", "00:00:00:00", "24:24:00", "1.5"])(
  "%s is no TimeSpan",
  (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  },
);
