// The clock that may run faster than real time.
import { expect, test } from "vitest";
import { parseTimeOrigin, parseTimeScale, scaledClock } from "../../../local/functions-host/clock.ts";

test("runs so many times faster from its origin", () => {
  let real = 5_000;
  const clock = scaledClock({ scale: 60, origin: 1_000, realNow: () => real });
  expect(clock.now()).toBe(1_000 + 4_000 * 60);
  real = 1_000;
  expect(clock.now()).toBe(1_000);
  expect(clock.at(500)).toBe(1_000 - 500 * 60);
});

test("a time far away stays a valid date", () => {
  const clock = scaledClock({ scale: 1_000_000, origin: 0 });
  expect(new Date(clock.at(Date.UTC(9999, 0, 1))).getTime()).toBe(8.64e15);
});

test("the scale is a number above 0, and 1 without one", () => {
  expect(parseTimeScale(undefined)).toBe(1);
  expect(parseTimeScale("")).toBe(1);
  expect(parseTimeScale("0.5")).toBe(0.5);
  for (const text of ["0", "-1", "fast", "Infinity"]) expect(() => parseTimeScale(text)).toThrow("TIME_SCALE");
});

test("the origin is milliseconds or an ISO time", () => {
  expect(parseTimeOrigin(undefined, 7)).toBe(7);
  expect(parseTimeOrigin("1767225600000", 7)).toBe(Date.UTC(2026, 0, 1));
  expect(parseTimeOrigin("2026-01-01T00:00:00Z", 7)).toBe(Date.UTC(2026, 0, 1));
  expect(() => parseTimeOrigin("yesterday", 7)).toThrow("TIME_ORIGIN");
});
