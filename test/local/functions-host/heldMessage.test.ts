// Holding a queue message when storage answers late or fails, which a real one does not do when asked to.
import { RestError } from "@azure/storage-queue";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdMessage, type LeasingQueue } from "../../../local/functions-host/heldMessage.ts";
import type { Log } from "../../../local/functions-host/log.ts";

const LEASE = 10;
const MESSAGE = {
  messageId: "m",
  popReceipt: "receipt 0",
  messageText: "text",
  dequeueCount: 1,
  insertedOn: new Date(0),
  expiresOn: new Date(0),
  nextVisibleOn: new Date(0),
};

let calls: string[];
let levels: string[];
const log: Log = (level) => levels.push(level);

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  levels = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function queueThat(update: () => Promise<{ popReceipt?: string }>): LeasingQueue {
  return {
    name: "letters",
    updateMessage: (_id, receipt, _text, seconds) => {
      calls.push(`update ${receipt} for ${seconds}`);
      return update();
    },
    deleteMessage: (_id, receipt) => {
      calls.push(`delete ${receipt}`);
      return Promise.resolve();
    },
  };
}

test("the lease is renewed half way, again and again, until the message ends", async () => {
  let renewals = 0;
  const held = holdMessage(
    queueThat(() => Promise.resolve({ popReceipt: `receipt ${++renewals}` })),
    MESSAGE,
    LEASE,
    log,
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls).toEqual(["update receipt 0 for 10", "update receipt 1 for 10"]);
  await held.delete();
  await held.release(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls.slice(2)).toEqual(["delete receipt 2"]);
});

test("a message that ends during a renewal is deleted with the receipt that this brings", async () => {
  let answer: (value: { popReceipt: string }) => void = () => {};
  const renewal = new Promise<{ popReceipt: string }>((resolve) => {
    answer = resolve;
  });
  const held = holdMessage(
    queueThat(() => renewal),
    MESSAGE,
    LEASE,
    log,
  );
  await vi.advanceTimersByTimeAsync(5_000);
  const deleted = held.delete();
  answer({ popReceipt: "receipt 1" });
  await deleted;
  expect(calls).toEqual(["update receipt 0 for 10", "delete receipt 1"]);
});

test("a renewal that storage fails is tried again while there is lease left", async () => {
  const held = holdMessage(
    queueThat(() => Promise.reject(new RestError("busy", { code: "ServerBusy", statusCode: 503 }))),
    MESSAGE,
    LEASE,
    log,
  );
  await vi.advanceTimersByTimeAsync(7_000);
  held.leave();
  expect(calls).toHaveLength(3);
  expect(levels).toEqual(["warning", "warning", "warning"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toHaveLength(3);
});

test("a message that somebody else has by now is not renewed again", async () => {
  holdMessage(
    queueThat(() => Promise.reject(new RestError("gone", { code: "PopReceiptMismatch", statusCode: 400 }))),
    MESSAGE,
    LEASE,
    log,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toHaveLength(1);
});
