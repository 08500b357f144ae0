// Taking single messages out of a queue, which Queue storage has no call for: all that are there are received, those meant are
// deleted, and the others are put back to where they can be seen.
import type { DequeuedMessageItem, QueueServiceClient } from "@azure/storage-queue";
import { STORAGE_TIMEOUT_MS, within } from "./within.ts";

/**
 * Deletes the messages of a queue whose text is meant; how many. Others are hidden meanwhile, for seconds, and count one more
 * delivery. What is hidden already, by whoever is at work on it, is not found. A queue that is not there has none.
 */
export type MessageRemoval = (queue: string, isMeant: (text: string) => boolean) => Promise<number>;

/** The most that can be received at once, and for how long they are hidden, in seconds: longer than it takes. */
const AT_ONCE = 32;
const HIDDEN_SECONDS = 60;

/** So many are looked through: of a queue that nobody empties more are not read twice within the time that they are hidden. */
const MOST = 20_000;

/** Makes the removal for the queues of an account. Each call is given up after `timeoutMs`. */
export function createMessageRemoval(
  service: QueueServiceClient,
  timeoutMs: number = STORAGE_TIMEOUT_MS,
): MessageRemoval {
  return async (name, isMeant) => {
    const queue = service.getQueueClient(name);
    const others: DequeuedMessageItem[] = [];
    let removed = 0;
    try {
      while (removed + others.length < MOST) {
        const { receivedMessageItems } = await within(timeoutMs, (abortSignal) =>
          queue.receiveMessages({ numberOfMessages: AT_ONCE, visibilityTimeout: HIDDEN_SECONDS, abortSignal }),
        );
        if (receivedMessageItems.length === 0) break;
        for (const message of receivedMessageItems) {
          if (!isMeant(message.messageText)) others.push(message);
          else {
            await within(timeoutMs, (abortSignal) =>
              queue.deleteMessage(message.messageId, message.popReceipt, { abortSignal }),
            );
            removed++;
          }
        }
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "QueueNotFound")) throw error;
    } finally {
      for (const { messageId, popReceipt, messageText } of others) {
        // One that was hidden for too long is visible by now, or with somebody else: either is as it should be.
        await within(timeoutMs, (abortSignal) =>
          queue.updateMessage(messageId, popReceipt, messageText, 0, { abortSignal }),
        ).catch(() => undefined);
      }
    }
    return removed;
  };
}
