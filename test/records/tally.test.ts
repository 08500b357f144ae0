// What is counted adds up, in whatever parts, and percentiles are off by 2 % at most.
import fc from "fast-check";
import { expect, it } from "vitest";
import { addDuration, addTally, emptyTally, type Histogram, percentile } from "../../shared/records/tally.ts";

const seconds = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 400 * 86_400 }));

it("a percentile is off by 2 % or half a second, also of parts that were added up", () => {
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 60 }), fc.constantFrom(0.5, 0.95), (all, share) => {
      const [sum, part] = [emptyTally(), emptyTally()];
      for (const [index, one] of all.entries()) addDuration((index % 2 === 0 ? sum : part).sentToRead, one);
      addTally(sum, part);
      const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * all.length)) - 1] ?? 0;
      const found = percentile(sum.sentToRead, share) ?? Number.NaN;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.02 * exact + 0.5);
    }),
  );
});

it("what is added and taken away again leaves nothing behind", () => {
  const tally = emptyTally();
  const other = { ...emptyTally(), sent: 2, failed: { expired: 1 }, sentToRead: { 7: 2 } };
  addTally(tally, other);
  expect(tally).toEqual(other);
  addTally(tally, other, -1);
  expect(tally).toEqual(emptyTally());
});

it("knows no percentile of nothing", () => {
  const none: Histogram = {};
  expect(percentile(none, 0.5)).toBeUndefined();
});
