// A hundred thousand letters of one sender, and a single one of another's: how many go out before it.
import { expect, test } from "vitest";
import { lettersBefore, MOST_BEFORE } from "../simulation/fairness.ts";

// The letter that is tried again is due a quarter of a minute after it was tried.
const requests = { count: 10, recipients: 10_000, preparedForMs: 10_000 };

test.each([
  ["100,000 letters on its own queue, and a single one", { hasOwnQueue: true, single: 100_000 }],
  [
    "ten requests for 10,000 on its own queue, and one that is tried again",
    { hasOwnQueue: true, requests, isAgain: true },
  ],
  ["ten requests for 10,000 on the queue of all, and a single one", { hasOwnQueue: false, requests }],
])("%s: a few batches", async (_what, flood) => {
  const before = await lettersBefore(flood);
  console.info(`${before} before it`);
  expect(before).toBeLessThanOrEqual(MOST_BEFORE);
});
