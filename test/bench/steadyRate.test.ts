import { expect, it } from "vitest";
import { steadyRate } from "../../bench/steadyRate.ts";

it("leaves the beginning and the end out", () => {
  const samples = [
    { at: 0, sent: 0 },
    { at: 5_000, sent: 10 },
    { at: 6_000, sent: 50 },
    { at: 7_000, sent: 90 },
    { at: 20_000, sent: 100 },
  ];
  expect(steadyRate(samples)).toBe(40);
});

it.each([[[]], [[{ at: 0, sent: 10 }]]])("is 0 where nothing was seen to grow: %j", (samples) => {
  expect(steadyRate(samples)).toBe(0);
});
