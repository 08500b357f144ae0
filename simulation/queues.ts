// A model of Queue storage: messages that are hidden, taken, taken again, and that expire.
import { SECOND } from "../shared/clock.ts";
import type { PutOptions } from "../shared/storage/queues.ts";

/** A message on a queue. */
export interface ModelMessage {
  readonly id: string;
  readonly queue: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly insertedAt: number;
  /** Epoch milliseconds; `undefined`: it never expires. */
  readonly expiresAt: number | undefined;
  /** Until then it is hidden, in epoch milliseconds. */
  visibleAt: number;
  dequeueCount: number;
  /** Whoever took it last can delete it, and nobody else. */
  receipt: number;
}

/** What the queues take from outside. */
export interface QueuesOptions {
  now(): number;
  newId(): string;
  /** Told of each message that was put, and each that is hidden anew. */
  onHidden(message: ModelMessage): void;
}

/** So many messages with one text are enough for anything that can happen to it. */
const MOST_COPIES = 8;

/** The queues of an account. Every method is one call, done at once. */
export class ModelQueues {
  readonly #queues = new Map<string, Map<string, ModelMessage>>();
  readonly #options: QueuesOptions;
  #receipts = 0;

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  /** Put Message. A time to live of -1 is for ever. Throws where a message would be hidden for all its life: Azure answers 400. */
  put(queue: string, text: string, options: PutOptions = {}): ModelMessage {
    const { delayMs = 0, timeToLiveSeconds = -1 } = options;
    const now = this.#options.now();
    // Storage counts in whole seconds.
    const delaySeconds = Math.ceil(delayMs / SECOND);
    if (timeToLiveSeconds !== -1 && delaySeconds >= timeToLiveSeconds) {
      throw new RangeError(`A message on ${queue} would expire before it can be seen`);
    }
    const message: ModelMessage = {
      id: this.#options.newId(),
      queue,
      text,
      insertedAt: now,
      expiresAt: timeToLiveSeconds === -1 ? undefined : now + timeToLiveSeconds * SECOND,
      visibleAt: now + delaySeconds * SECOND,
      dequeueCount: 0,
      receipt: 0,
    };
    this.#of(queue).set(message.id, message);
    this.#options.onHidden(message);
    return message;
  }

  /** Takes a message, if it is there and can be seen: hides it for so long. What it gives can delete it. */
  take(message: ModelMessage, hiddenMs: number): number | undefined {
    if (!this.has(message) || message.visibleAt > this.#options.now()) return undefined;
    message.dequeueCount++;
    return this.#hide(message, hiddenMs);
  }

  /** Update Message, with the receipt of whoever took it: hides it for so long from now. The new receipt. */
  hide(message: ModelMessage, receipt: number, hiddenMs: number): number | undefined {
    return this.has(message) && message.receipt === receipt ? this.#hide(message, hiddenMs) : undefined;
  }

  /** Delete Message, with the receipt of whoever took it. */
  remove(message: ModelMessage, receipt: number): boolean {
    return this.has(message) && message.receipt === receipt && this.#of(message.queue).delete(message.id);
  }

  /** A message is gone, whoever has it. */
  lose(message: ModelMessage): void {
    this.#of(message.queue).delete(message.id);
  }

  /** True while the message is there, and has not expired. */
  has(message: ModelMessage): boolean {
    const queue = this.#of(message.queue);
    if (message.expiresAt !== undefined && message.expiresAt <= this.#options.now()) queue.delete(message.id);
    return queue.has(message.id);
  }

  /** How many there are, hidden ones too. */
  length(queue: string): number {
    return [...this.#of(queue).values()].filter((message) => this.has(message)).length;
  }

  /** How many of the first can be seen, at most `most`. */
  peek(queue: string, most: number): number {
    const now = this.#options.now();
    let seen = 0;
    for (const message of this.#of(queue).values())
      if (this.has(message) && message.visibleAt <= now && ++seen === most) break;
    return seen;
  }

  /** The messages of a queue, hidden ones too. */
  messages(queue: string): readonly ModelMessage[] {
    return [...this.#of(queue).values()].filter((message) => this.has(message));
  }

  /**
   * True as long as few messages on these queues say the same. Azure makes two of one in a great many; here it is one in ten or more, and
   * what is put off for hours would come to thousands.
   */
  isRare(text: string, ...on: readonly string[]): boolean {
    return on.flatMap((queue) => this.messages(queue)).filter((message) => message.text === text).length < MOST_COPIES;
  }

  #hide(message: ModelMessage, hiddenMs: number): number {
    message.visibleAt = this.#options.now() + hiddenMs;
    message.receipt = ++this.#receipts;
    this.#options.onHidden(message);
    return message.receipt;
  }

  #of(queue: string): Map<string, ModelMessage> {
    const known = this.#queues.get(queue);
    if (known) return known;
    const made = new Map<string, ModelMessage>();
    this.#queues.set(queue, made);
    return made;
  }
}
