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
  withFieldsOfMessage,
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
  expect(decodeMessageText("{}", "none")?.toString()).toBe("{}");
  expect(decodeMessageText("w6bDuMOl", "base64")?.toString()).toBe("æøå");
  expect(decodeMessageText("", "base64")).toHaveLength(0);
  for (const text of ['{"a":1}', "abc", "ab=c", "a-_b"]) expect(decodeMessageText(text, "base64")).toBeUndefined();
});

test("all bytes survive base64 (property)", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const base64 = Buffer.from(bytes).toString("base64");
      expect(decodeMessageText(base64, "base64")).toEqual(Buffer.from(bytes));
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

const MESSAGE = {
  messageId: "m",
  popReceipt: "p",
  messageText: "not what is handed over",
  dequeueCount: 2,
  insertedOn: new Date("2026-01-01T00:00:00Z"),
  expiresOn: new Date("9999-12-31T23:59:59Z"),
  nextVisibleOn: new Date("2026-01-01T00:10:00Z"),
};

test("trigger metadata is by the app's clock, and never past the year 9999", () => {
  const later = (real: number) => real + 60_000;
  const metadata = {
    DequeueCount: { json: "2" },
    ExpirationTime: { json: '"9999-12-31T23:59:59.000+00:00"' },
    Id: { string: "m" },
    InsertionTime: { json: '"2026-01-01T00:01:00.000+00:00"' },
    NextVisibleTime: { json: '"2026-01-01T00:11:00.000+00:00"' },
    PopReceipt: { string: "p" },
  };
  expect(queueTriggerMetadata(MESSAGE, "a text", later)).toEqual({ QueueTrigger: { string: "a text" }, ...metadata });
  expect(queueTriggerMetadata(MESSAGE, undefined, later)).toEqual(metadata);
});

test.each([
  ["in whatever case", { ID: "theirs", popreceipt: "forged" }, { Id: "theirs", PopReceipt: "forged" }],
  ["as text", { id: 7, dequeueCount: 1, extra: true }, { Id: "7", DequeueCount: "1", extra: "True" }],
  ["the last of several", { id: "first", Id: "last" }, { Id: "last" }],
  ["but not null and lists", { id: null, dequeueCount: [1] }, {}],
])("the fields of a JSON object are laid over it: %s", (_how, body, laidOver) => {
  const text = JSON.stringify(body);
  const metadata = queueTriggerMetadata(MESSAGE, text, (real) => real);
  const strings = Object.fromEntries(Object.entries(laidOver).map(([name, string]) => [name, { string }]));
  expect(withFieldsOfMessage(metadata, text)).toEqual({ ...metadata, ...strings });
});

test("an object is laid over it as JSON; what is no JSON object changes nothing", () => {
  const metadata = queueTriggerMetadata(MESSAGE, "", (real) => real);
  expect(withFieldsOfMessage(metadata, '{"queueTrigger":{"a":1}}').QueueTrigger).toEqual({ json: '{"a":1}' });
  for (const text of ["", "{", "[]", "null", '"id"']) expect(withFieldsOfMessage(metadata, text)).toEqual(metadata);
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

test("app settings replace values of host.json, as in Azure", () => {
  const text = JSON.stringify({ version: "2.0", extensions: { queues: { batchSize: 5 } } });
  const queues = "AzureFunctionsJobHost__extensions__queues__";
  const settings = { [`${queues}batchSize`]: "4", [`${queues}newBatchThreshold`]: "20" };
  expect(parseHostJson(text, settings).queues).toMatchObject({ batchSize: 4, newBatchThreshold: 20 });
  const others = {
    [`${queues}visibilityTimeout`]: "00:00:30",
    AzureFunctionsJobHost__extensions__http__routePrefix: "v1",
  };
  expect(parseHostJson(text, others)).toMatchObject({ routePrefix: "v1", queues: { visibilityTimeout: 30_000 } });
  expect(() => parseHostJson(text, { [`${queues}batchSize`]: "many" })).toThrow("batchSize");
});
