// Fairness, counted: however much one sender drops on its own queue, another's letter waits behind none of it.
import { expect, test } from "vitest";
import { lettersBefore, MOST_BEFORE } from "./fairness.ts";

test("on its own queue a sender's letters delay another's by a few batches", async () => {
  expect(await lettersBefore({ hasOwnQueue: true, single: 150 })).toBeLessThanOrEqual(MOST_BEFORE);
});

test("so do a request's for many: not another's letter that has to be tried again, nor on the shared queue a single one", async () => {
  const requests = { count: 1, recipients: 200, preparedForMs: 4_000 };
  expect(await lettersBefore({ hasOwnQueue: true, requests, isAgain: true })).toBeLessThanOrEqual(MOST_BEFORE);
  expect(await lettersBefore({ hasOwnQueue: false, requests })).toBeLessThanOrEqual(MOST_BEFORE);
});

test("on the queue that both share all of them go before: what is promised there is the order alone", async () => {
  expect(await lettersBefore({ hasOwnQueue: false, single: 150 })).toBeGreaterThan(MOST_BEFORE);
});
