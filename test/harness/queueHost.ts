// A host for the queues in tests: hands out messages as the Functions host does, but by a clock that is set.
import type { QueueServiceClient } from "@azure/storage-queue";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";

/** A message that the host has taken. */
export interface HostedMessage {
  readonly id: string;
  readonly queue: string;
  readonly text: string;
  readonly dequeueCount: number;
}

interface Held extends HostedMessage {
  readonly popReceipt: string;
  dequeueCount: number;
  /** When it is tried again after a failure. */
  notBefore: number;
}

/** host.json: maxDequeueCount and visibilityTimeout. */
const MAX_DEQUEUE_COUNT = 5;
const AFTER_FAILURE = 30_000;

const WORK_QUEUES = [
  QUEUES.requests,
  QUEUES.dispatches,
  QUEUES.statusChecks,
  QUEUES.receipts,
  poisonQueueOf(QUEUES.requests),
  poisonQueueOf(QUEUES.dispatches),
];

/** Takes every message out of sight at once and keeps it until it is due: no test waits for storage's own clock. */
export class QueueHost {
  readonly #held: Held[] = [];
  /** The queues on which messages may be that were not taken yet. */
  readonly #mayHaveMore: Set<string>;
  readonly #workQueues: readonly string[];
  readonly #queues: QueueServiceClient;
  readonly #clock: { now(): number };
  readonly #dueAt: (message: HostedMessage) => Promise<number>;
  readonly #batchSize: number;

  constructor(
    queues: QueueServiceClient,
    clock: { now(): number },
    dueAt: (message: HostedMessage) => Promise<number>,
    batchSize = 1,
    ownQueues: readonly string[] = [],
  ) {
    this.#workQueues = [...WORK_QUEUES, ...ownQueues];
    this.#mayHaveMore = new Set(this.#workQueues);
    this.#queues = queues;
    this.#clock = clock;
    this.#dueAt = dueAt;
    this.#batchSize = batchSize;
  }

  /** A message may have been put on the queue. */
  mayHave(queue: string): void {
    if (this.#workQueues.includes(queue)) this.#mayHaveMore.add(queue);
  }

  /** Messages may have been put on any queue, by whoever does not tell us. */
  mayHaveAny(): void {
    for (const queue of this.#workQueues) this.#mayHaveMore.add(queue);
  }

  /** Handles what is due, a batch of each queue at a time (Azure's host listens to each by itself), until nothing is. */
  async run(handle: (message: HostedMessage) => Promise<void>): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      let batch = await this.#nextDue();
      if (batch.length === 0) {
        await this.#take();
        batch = await this.#nextDue();
      }
      if (batch.length === 0) return;
      await Promise.all(batch.map((message) => this.#handle(message, handle)));
    }
    throw new Error("The messages do not come to an end");
  }

  /** Handles one message. A throw is a failure, as with the host. */
  async #handle(message: Held, handle: (message: HostedMessage) => Promise<void>): Promise<void> {
    message.dequeueCount++;
    try {
      await handle({ ...message });
      await this.#remove(message);
    } catch {
      await this.#failed(message);
    }
  }

  /** The messages that wait, taken or not. */
  async waiting(queue?: string): Promise<HostedMessage[]> {
    this.mayHaveAny();
    await this.#take();
    return this.#held.filter((message) => queue === undefined || message.queue === queue);
  }

  /** When the next message is due; `undefined` if none waits. */
  async nextDue(): Promise<number | undefined> {
    await this.#take();
    const times = await Promise.all(this.#held.map(async (held) => Math.max(await this.#dueAt(held), held.notBefore)));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Loses a message: it is deleted without having been handled. */
  async lose(message: HostedMessage): Promise<void> {
    const held = this.#held.find(({ id }) => id === message.id);
    if (held) await this.#remove(held);
  }

  /** Moves a message to its poison queue, with a new id, as scale-in can do to healthy ones. */
  async poison(message: HostedMessage, options: { keepOriginal?: boolean } = {}): Promise<void> {
    await this.#putOnPoison(message);
    if (!options.keepOriginal) await this.lose(message);
  }

  /** All texts on a queue that this host does not take from. */
  async peekAll(queue: string): Promise<string[]> {
    const client = this.#queues.getQueueClient(queue);
    const texts: string[] = [];
    for (;;) {
      const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 3600 });
      if (receivedMessageItems.length === 0) break;
      texts.push(...receivedMessageItems.map(({ messageText }) => messageText));
      this.#peeked.set(queue, [...(this.#peeked.get(queue) ?? []), ...texts.splice(0)]);
    }
    return [...(this.#peeked.get(queue) ?? [])];
  }
  readonly #peeked = new Map<string, string[]>();

  async #take(): Promise<void> {
    const queues = [...this.#mayHaveMore];
    this.#mayHaveMore.clear();
    await Promise.all(queues.map((queue) => this.#takeFrom(queue)));
  }

  async #takeFrom(queue: string): Promise<void> {
    const client = this.#queues.getQueueClient(queue);
    for (;;) {
      const { receivedMessageItems } = await client.receiveMessages({
        numberOfMessages: 32,
        visibilityTimeout: 24 * 60 * 60,
      });
      for (const { messageId: id, messageText: text, popReceipt } of receivedMessageItems) {
        this.#held.push({ id, queue, text, popReceipt, dequeueCount: 0, notBefore: 0 });
      }
      if (receivedMessageItems.length < 32) return;
    }
  }

  async #nextDue(): Promise<Held[]> {
    const now = this.#clock.now();
    const batch: Held[] = [];
    const ofQueue = new Map<string, number>();
    for (const held of this.#held) {
      const taken = ofQueue.get(held.queue) ?? 0;
      if (taken === this.#batchSize || held.notBefore > now || (await this.#dueAt(held)) > now) continue;
      batch.push(held);
      ofQueue.set(held.queue, taken + 1);
      // One at a time is one of all queues: what each step does is looked at.
      if (this.#batchSize === 1) break;
    }
    return batch;
  }

  async #failed(message: Held): Promise<void> {
    if (message.dequeueCount < MAX_DEQUEUE_COUNT || message.queue.endsWith("-poison")) {
      message.notBefore = this.#clock.now() + AFTER_FAILURE;
      if (message.dequeueCount > 20) await this.#remove(message);
      return;
    }
    await this.#putOnPoison(message);
    await this.#remove(message);
  }

  async #putOnPoison({ queue, text }: HostedMessage): Promise<void> {
    await this.#queues.getQueueClient(poisonQueueOf(queue)).sendMessage(text);
    this.mayHave(poisonQueueOf(queue));
  }

  async #remove(message: Held): Promise<void> {
    this.#held.splice(this.#held.indexOf(message), 1);
    await this.#queues.getQueueClient(message.queue).deleteMessage(message.id, message.popReceipt);
  }
}
