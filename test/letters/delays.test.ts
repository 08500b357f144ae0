// When to try again: the schedule, its jitter, and what Altinn asks for.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { delayBeforeNext, isCut } from "../../shared/letters/delays.ts";

const SCHEDULE = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  6 * HOUR,
  6 * HOUR,
];
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the delay before the next attempt", () => {
  it.each(SCHEDULE.map((delay, index) => [index + 1, delay]))("after attempt %i is about %i ms", (attempts, delay) => {
    expect(delayBeforeNext({ attempts, random: 0.5 })).toBe(delay);
    expect(delayBeforeNext({ attempts, random: 0 })).toBe(delay * 0.8);
    expect(delayBeforeNext({ attempts, random: 0.9999999 })).toBeCloseTo(delay * 1.2, -2);
  });

  it("stays within 20 % of the schedule, is never earlier than asked for, and at most 7 days", () => {
    const retryAfter = fc.option(fc.integer({ min: 0, max: 400 * DAY }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), retryAfter, fc.boolean(), random, (attempts, asked, setUp, r) => {
        const delay = delayBeforeNext({ attempts, retryAfterMs: asked, isOurSetUp: setUp, random: r });
        const scheduled = SCHEDULE[Math.min(attempts, SCHEDULE.length) - 1] ?? 0;
        const base = setUp ? Math.max(scheduled, 5 * MINUTE) : scheduled;
        expect(delay).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 7 * DAY));
        expect(delay).toBeGreaterThanOrEqual(Math.floor(base * 0.8));
        if (setUp) expect(delay).toBeGreaterThanOrEqual(5 * MINUTE);
        expect(delay).toBeLessThanOrEqual(Math.min(Math.max(Math.ceil(base * 1.2), asked ?? 0), 7 * DAY));
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  it("is from 5 minutes up when our own set-up is refused", () => {
    expect(delayBeforeNext({ attempts: 1, isOurSetUp: true, random: 0 })).toBe(5 * MINUTE);
    expect(delayBeforeNext({ attempts: 1, isOurSetUp: true, random: 0.5 })).toBe(5 * MINUTE);
    expect(delayBeforeNext({ attempts: 9, isOurSetUp: true, random: 0.5 })).toBe(4 * HOUR);
  });

  it("is 7 days when Altinn asks for a year, and that is said", () => {
    expect(delayBeforeNext({ attempts: 1, retryAfterMs: 365 * DAY, random: 0.5 })).toBe(7 * DAY);
    expect(isCut(365 * DAY)).toBe(true);
    expect(isCut(7 * DAY)).toBe(false);
    expect(isCut(undefined)).toBe(false);
  });
});
