// Putting messages on queues.
import type { QueueServiceClient } from "@azure/storage-queue";
import type { Clock } from "../clock.ts";
import { STORAGE_TIMEOUT_MS, within } from "./within.ts";

/** The longest that a message can be hidden: 7 days (Azure Storage, "Put Message"). */
export const MAX_DELAY_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * With so many due, a queue is behind. Fewer than can be peeked at once (32, Azure Storage, "Peek Messages"): a request to many
 * is some sixteen messages on `dispatches`, however many letters it has.
 */
const BEHIND = 16;

/** How a message is put. */
export interface PutOptions {
  /** How long the message stays hidden, in milliseconds; 0 by default, cut at 7 days. */
  readonly delayMs?: number;
  /** Seconds until the message is deleted unread; for ever by default. */
  readonly timeToLiveSeconds?: number;
}

/** Queues as the app uses them. */
export interface Queues {
  /** Puts a message. The text must be what XML allows: use {@link queueText} for JSON. */
  put(queue: string, text: string, options?: PutOptions): Promise<void>;
  /** True if more messages are due than the workers take at a time: those that are waited for may just be further back. */
  isBehind(queue: string): Promise<boolean>;
  /** True if the queue holds no message, hidden ones included (as far as Azure counts). */
  isEmpty(queue: string): Promise<boolean>;
  /** How many messages the queue holds, hidden ones included (as far as Azure counts); `undefined` if there is no such queue. */
  length(queue: string): Promise<number | undefined>;
}

/** The queues of an account. Each call is given up after `timeoutMs`. */
export function createQueues(
  service: QueueServiceClient,
  clock: Clock,
  timeoutMs: number = STORAGE_TIMEOUT_MS,
): Queues {
  const count = async (queue: string) => {
    const properties = await within(timeoutMs, (abortSignal) =>
      service.getQueueClient(queue).getProperties({ abortSignal }),
    );
    return properties.approximateMessagesCount ?? 0;
  };
  return {
    async put(queue, text, options = {}) {
      const delayMs = Math.min(Math.max(options.delayMs ?? 0, 0), MAX_DELAY_MS);
      await within(timeoutMs, (abortSignal) =>
        service.getQueueClient(queue).sendMessage(text, {
          // Without a time to live Azure would drop the message after 7 days.
          messageTimeToLive: options.timeToLiveSeconds ?? -1,
          visibilityTimeout: Math.ceil(delayMs / 1000 / clock.scale),
          abortSignal,
        }),
      );
    },
    async isBehind(queue) {
      const { peekedMessageItems } = await within(timeoutMs, (abortSignal) =>
        service.getQueueClient(queue).peekMessages({ numberOfMessages: BEHIND, abortSignal }),
      );
      return peekedMessageItems.length === BEHIND;
    },
    isEmpty: async (queue) => (await count(queue)) === 0,
    async length(queue) {
      try {
        return await count(queue);
      } catch (error) {
        if (error instanceof Error && "statusCode" in error && error.statusCode === 404) return undefined;
        throw error;
      }
    },
  };
}

/** A message that was taken off a queue, as a queue takes it again: text as it came, and JSON that the host has parsed. */
export function asItCame(message: unknown): string {
  return typeof message === "string" ? message : queueText(message);
}

/** JSON as a queue message takes it: what XML does not allow as itself is escaped. */
export function queueText(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
