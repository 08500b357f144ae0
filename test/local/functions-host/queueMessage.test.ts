// What the host decides about queue messages.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHostJson } from "../../../local/functions-host/hostJson.ts";
import {
  decodeMessageText,
  fateAfterRun,
  fateBeforeRun,
  poisonQueueName,
  pollDelay,
  queueTriggerMetadata,
} from "../../../local/functions-host/queueMessage.ts";

test("a message is run up to maxDequeueCount times, then moves to the poison queue", () => {
  expect(fateBeforeRun(3, 3, true)).toBe("run");
  expect(fateBeforeRun(4, 3, true)).toBe("poison");
  expect(fateAfterRun(true, 3, 3, true)).toBe("delete");
  expect(fateAfterRun(false, 2, 3, true)).toBe("release");
  expect(fateAfterRun(false, 3, 3, true)).toBe("poison");
});

test("without a poison queue a failed message stays invisible", () => {
  expect(fateBeforeRun(4, 3, false)).toBe("leave");
  expect(fateAfterRun(false, 1, 3, false)).toBe("leave");
  expect(fateAfterRun(true, 9, 3, false)).toBe("delete");
  expect(poisonQueueName("letters")).toBe("letters-poison");
  expect(poisonQueueName("letters-poison")).toBeUndefined();
});

test("texts are decoded by messageEncoding", () => {
  expect(decodeMessageText("{}", "none")).toBe("{}");
  expect(decodeMessageText("w6bDuMOl", "base64")).toBe("æøå");
  expect(decodeMessageText("", "base64")).toBe("");
  for (const text of ['{"a":1}', "abc", "ab=c", "a-_b"]) expect(decodeMessageText(text, "base64")).toBeUndefined();
});

test("every text survives base64 (property)", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const bytes = Buffer.from(text);
      expect(decodeMessageText(bytes.toString("base64"), "base64")).toBe(bytes.toString());
    }),
  );
});

test("polls back off from 100 ms up to the maximum (property)", () => {
  expect(pollDelay(1, 60_000, 0.5)).toBe(100);
  expect(pollDelay(1, 50, 0.5)).toBe(50);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 100, max: 60_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (polls, maximum, random) => {
        const delay = pollDelay(polls, maximum, random);
        expect(delay).toBeGreaterThanOrEqual(100);
        expect(delay).toBeLessThanOrEqual(maximum);
        expect(pollDelay(polls + 1, maximum, random)).toBeGreaterThanOrEqual(delay);
        expect(pollDelay(2000, maximum, random)).toBe(maximum);
      },
    ),
  );
});

test("trigger metadata is by the app's clock, and never past the year 9999", () => {
  const metadata = queueTriggerMetadata(
    {
      messageId: "m",
      popReceipt: "p",
      messageText: "secret",
      dequeueCount: 2,
      insertedOn: new Date("2026-01-01T00:00:00Z"),
      expiresOn: new Date("9999-12-31T23:59:59Z"),
      nextVisibleOn: new Date("2026-01-01T00:10:00Z"),
    },
    (real) => real + 60_000,
  );
  expect(metadata).toEqual({
    Id: { json: '"m"' },
    PopReceipt: { json: '"p"' },
    DequeueCount: { int: 2 },
    InsertionTime: { json: '"2026-01-01T00:01:00.000+00:00"' },
    ExpirationTime: { json: '"9999-12-31T23:59:59.000+00:00"' },
    NextVisibleTime: { json: '"2026-01-01T00:11:00.000+00:00"' },
  });
});

test("host.json has Azure's defaults", () => {
  expect(parseHostJson('{ "version": "2.0" }')).toEqual({
    routePrefix: "api",
    queues: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
      maxPollingInterval: 60_000,
      visibilityTimeout: 0,
      messageEncoding: "base64",
    },
  });
});

test("host.json is checked", () => {
  const withQueues = (queues: object) => JSON.stringify({ version: "2.0", extensions: { queues } });
  expect(parseHostJson(withQueues({ batchSize: 5, visibilityTimeout: "00:00:30" })).queues).toMatchObject({
    batchSize: 5,
    newBatchThreshold: 2,
    visibilityTimeout: 30_000,
  });
  expect(() => parseHostJson('{ "version": "1.0" }')).toThrow("version");
  expect(() => parseHostJson(withQueues({ batchSize: 33 }))).toThrow("batchSize");
  expect(() => parseHostJson(withQueues({ visibilityTimeout: "soon" }))).toThrow("soon");
  expect(() => parseHostJson(withQueues({ messageEncoding: "utf16" }))).toThrow("messageEncoding");
});
