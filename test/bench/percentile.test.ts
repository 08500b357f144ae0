import { expect, test } from "vitest";
import { percentile } from "../../bench/percentile.ts";

test.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0, 1],
])("of 1 to 100, %d do not exceed %d", (share, value) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, share)).toBe(value);
});

test("of one value, all percentiles are that; of none, nothing", () => {
  expect([percentile([7], 0.5), percentile([7], 0.99)]).toEqual([7, 7]);
  expect(percentile([], 0.5)).toBeNaN();
});
