// The model of queues against Azurite, whose time is set: the same calls, whatever they are, have the same answers.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Azurite, startAzurite } from "../../local/azurite/start.ts";
import { DAY, SECOND } from "../../shared/clock.ts";
import { createQueues, type PutOptions, type Queues } from "../../shared/storage/queues.ts";
import { type ModelMessage, ModelQueues } from "../../simulation/queues.ts";
import { queuesOf } from "../../simulation/storageClient.ts";

let azurite: Azurite;
let service: QueueServiceClient;
beforeAll(async () => {
  azurite = await startAzurite({ preload: [join(import.meta.dirname, "../harness/heldTime.cjs")] });
  service = QueueServiceClient.fromConnectionString(azurite.connectionString, { retryOptions: { maxTries: 1 } });
});
afterAll(() => azurite.stop());

/** One call, or time that passes. A message is given by its place among those that were put, a receipt by its own for that one. */
type Step =
  | { readonly kind: "put"; readonly options: PutOptions }
  /** Takes all that can be seen, and hides it for so many seconds. */
  | { readonly kind: "take"; readonly seconds: number }
  | { readonly kind: "hide"; readonly message: number; readonly receipt: number | "last"; readonly seconds: number }
  | { readonly kind: "remove"; readonly message: number; readonly receipt: number | "last" }
  | { readonly kind: "peek"; readonly most: number }
  | { readonly kind: "count" }
  | { readonly kind: "wait"; readonly milliseconds: number };

const message = fc.nat(3);
const receipt = fc.oneof(fc.constant("last" as const), fc.nat(2));
const seconds = fc.integer({ min: 1, max: 4 });
const delayMs = fc.oneof(
  fc.integer({ min: 0, max: 3_500 }),
  fc.constantFrom(-1, 0, 1, SECOND, 7 * DAY, 7 * DAY + 1, 30 * DAY),
);
const timeToLiveSeconds = fc.constantFrom(-1, 1, 2, 4, 900);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("put"),
    options: fc.record({ delayMs, timeToLiveSeconds }, { requiredKeys: [] }),
  }),
  fc.record({ kind: fc.constant("put"), options: fc.constant({}) }),
  fc.record({ kind: fc.constant("take"), seconds }),
  fc.record({ kind: fc.constant("hide"), message, receipt, seconds: fc.constantFrom(0, 1, 2, 3) }),
  fc.record({ kind: fc.constant("remove"), message, receipt }),
  fc.record({ kind: fc.constant("peek"), most: fc.integer({ min: 1, max: 32 }) }),
  fc.record({ kind: fc.constant("count") }),
  fc.record({
    kind: fc.constant("wait"),
    milliseconds: fc.oneof(fc.integer({ min: 0, max: 2_500 }), fc.constantFrom(SECOND, 7 * DAY - 10 * SECOND, 7 * DAY)),
  }),
);

/** A queue, as both have it. What is refused or not there (any more) is `undefined`. */
interface Queue {
  readonly client: Queues;
  /** By text, with how often each was taken; the receipts are kept. */
  take(seconds: number): Promise<Record<string, number>>;
  /** With the receipt of this place for the message of this text; the new one is kept. */
  hide(text: string, receipt: number | "last", seconds: number): Promise<boolean>;
  remove(text: string, receipt: number | "last"): Promise<boolean>;
  peek(most: number): Promise<number>;
}

const QUEUE = "status-checks";

/** Keeps the receipts of messages. */
class Receipts<T> {
  readonly #of = new Map<string, T[]>();
  add(text: string, receipt: T): void {
    this.#of.set(text, [...(this.#of.get(text) ?? []), receipt]);
  }
  /** Undefined where there is none such: nobody can ask by it. */
  get(text: string, place: number | "last"): T | undefined {
    return this.#of.get(text)?.at(place === "last" ? -1 : place);
  }
}

function ofAzurite(queue: QueueClient): Queue {
  const receipts = new Receipts<{ readonly id: string; readonly receipt: string }>();
  const isTaken = async (call: Promise<unknown>) => {
    try {
      await call;
      return true;
    } catch (error) {
      if (error instanceof Error && "statusCode" in error && [400, 404].includes(Number(error.statusCode)))
        return false;
      throw error;
    }
  };
  // The one queue stands for that of the model.
  const client = createQueues(service, { now: Date.now, elapsed: Date.now, scale: 1 });
  return {
    client: {
      put: (_queue, text, options) => client.put(queue.name, text, options),
      isBehind: () => client.isBehind(queue.name),
      isEmpty: () => client.isEmpty(queue.name),
      length: () => client.length(queue.name),
    },
    async take(visibilityTimeout) {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout });
      return Object.fromEntries(
        receivedMessageItems.map(({ messageText, messageId: id, popReceipt, dequeueCount }) => {
          receipts.add(messageText, { id, receipt: popReceipt });
          return [messageText, dequeueCount];
        }),
      );
    },
    async hide(text, place, visibilityTimeout) {
      const held = receipts.get(text, place);
      if (held === undefined) return false;
      return isTaken(
        queue.updateMessage(held.id, held.receipt, text, visibilityTimeout).then(({ popReceipt = "" }) => {
          receipts.add(text, { id: held.id, receipt: popReceipt });
        }),
      );
    },
    async remove(text, place) {
      const held = receipts.get(text, place);
      return held !== undefined && isTaken(queue.deleteMessage(held.id, held.receipt));
    },
    peek: async (numberOfMessages) => (await queue.peekMessages({ numberOfMessages })).peekedMessageItems.length,
  };
}

function ofModel(now: () => number): Queue {
  let ids = 0;
  const queues = new ModelQueues({ now, newId: () => `id ${++ids}`, onHidden: () => {} });
  const client = queuesOf(async (_name, work) => work(), queues);
  const receipts = new Receipts<number>();
  const messages = new Map<string, ModelMessage>();
  return {
    client: {
      ...client,
      async put(queue, text, options) {
        await client.put(queue, text, options);
        const put = queues.messages(queue).find((one) => one.text === text);
        if (put) messages.set(text, put);
      },
    },
    async take(visibility) {
      const taken: Record<string, number> = {};
      for (const one of queues.messages(QUEUE)) {
        const got = queues.take(one, visibility * SECOND);
        if (got === undefined) continue;
        receipts.add(one.text, got);
        taken[one.text] = one.dequeueCount;
      }
      return taken;
    },
    async hide(text, place, visibility) {
      const [one, held] = [messages.get(text), receipts.get(text, place)];
      const got = one && held !== undefined ? queues.hide(one, held, visibility * SECOND) : undefined;
      if (got !== undefined) receipts.add(text, got);
      return got !== undefined;
    },
    async remove(text, place) {
      const [one, held] = [messages.get(text), receipts.get(text, place)];
      return one !== undefined && held !== undefined && queues.remove(one, held);
    },
    peek: async (most) => queues.peek(QUEUE, most),
  };
}

async function answerOf(queue: Queue, step: Exclude<Step, { kind: "wait" }>, place: number): Promise<unknown> {
  const { client } = queue;
  switch (step.kind) {
    case "put":
      return client.put(QUEUE, `message ${place}`, step.options).then(
        () => "put",
        () => "refused",
      );
    case "take":
      return queue.take(step.seconds);
    case "hide":
      return queue.hide(`message ${step.message}`, step.receipt, step.seconds);
    case "remove":
      return queue.remove(`message ${step.message}`, step.receipt);
    case "peek":
      return queue.peek(step.most);
    case "count": {
      // Azurite counts what has expired until it is asked for messages.
      const isBehind = await client.isBehind(QUEUE);
      return { isBehind, length: await client.length(QUEUE), isEmpty: await client.isEmpty(QUEUE) };
    }
  }
}

async function setTime(time: number): Promise<void> {
  const { ok } = await fetch(`${new URL(azurite.queueUrl).origin}/time?is=${time}`);
  if (!ok) throw new Error("Azurite's time was not set");
}

async function compare(steps: readonly Step[]): Promise<void> {
  let now = Date.UTC(2026, 2, 2, 8) + 123;
  const client = service.getQueueClient(`queue-${randomUUID()}`);
  await client.create();
  const [model, azurites] = [ofModel(() => now), ofAzurite(client)];
  let put = 0;
  for (const [index, one] of steps.entries()) {
    if (one.kind === "wait") {
      now += one.milliseconds;
      continue;
    }
    const place = one.kind === "put" ? put++ : put;
    const answer = await answerOf(model, one, place);
    await setTime(now);
    expect(answer, `of step ${index}, ${one.kind}`).toEqual(await answerOf(azurites, one, place));
  }
}

test("any calls have the same answers of the model and of Azurite, at any time", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), compare), {
    numRuns: 25,
    endOnFailure: true,
  });
});

test("a queue of more than can be peeked at is behind in both", async () => {
  const puts = Array.from({ length: 33 }, (): Step => ({ kind: "put", options: {} }));
  await compare([...puts.slice(0, 31), { kind: "count" }, ...puts.slice(31), { kind: "count" }]);
});

test("whoever took a message last can hide and delete it, and nobody else", async () => {
  const held = (kind: "hide" | "remove", receipt: number | "last"): Step => ({ kind, message: 0, receipt, seconds: 1 });
  await compare([
    { kind: "put", options: {} },
    { kind: "take", seconds: 1 },
    { kind: "wait", milliseconds: SECOND },
    { kind: "take", seconds: 1 },
    held("hide", 0),
    held("remove", 0),
    held("hide", 1),
    held("remove", 1),
    { kind: "wait", milliseconds: SECOND },
    { kind: "count" },
    held("remove", "last"),
    held("remove", "last"),
    { kind: "count" },
  ]);
});

test("a message that is held when its time is up is gone to the millisecond, and nobody can delete it then", async () => {
  const put: Step = { kind: "put", options: { timeToLiveSeconds: 2 } };
  const wait = (milliseconds: number): Step => ({ kind: "wait", milliseconds });
  const remove: Step = { kind: "remove", message: 1, receipt: "last" };
  await compare([put, put, { kind: "take", seconds: 1 }, wait(1_999), { kind: "peek", most: 32 }]);
  await compare([put, put, { kind: "take", seconds: 1 }, wait(2_000), { kind: "peek", most: 32 }]);
  await compare([put, put, { kind: "take", seconds: 4 }, wait(2_000), remove]);
});
