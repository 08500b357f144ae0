// A queue message that the host holds: its lease is renewed half way until it is deleted, released, or moved to poison.
import { type QueueClient, RestError } from "@azure/storage-queue";
import type { Log } from "./log.ts";
import type { ReceivedMessage } from "./queueMessage.ts";

/** What holding a message needs of its queue; a QueueClient fits. */
export interface LeasingQueue {
  readonly name: string;
  updateMessage(
    messageId: string,
    popReceipt: string,
    message: undefined,
    visibilityTimeout: number,
  ): Promise<{ readonly popReceipt?: string }>;
  deleteMessage(messageId: string, popReceipt: string): Promise<unknown>;
}

/** A message that nobody else can take for as long as it is held. The first of its ends counts; the others wait for it. */
export interface HeldMessage {
  readonly message: ReceivedMessage;
  delete(): Promise<void>;
  /** Makes it visible again after so many whole seconds. */
  release(seconds: number): Promise<void>;
  /** Copies the text, unchanged, to the poison queue (made when it is missing), then deletes the message. */
  moveToPoison(poisonQueue: QueueClient): Promise<void>;
  /** Stops renewing and leaves the message invisible until its lease ends. */
  leave(): void;
}

/** Takes charge of a message received with a lease of `leaseSeconds`. */
export function holdMessage(
  queue: LeasingQueue,
  message: ReceivedMessage,
  leaseSeconds: number,
  log: Log,
): HeldMessage {
  const { messageId } = message;
  let { popReceipt } = message;
  let ended: Promise<void> | undefined;
  let renewal: Promise<void> = Promise.resolve();
  let timer = setTimeout(renew, leaseSeconds * 500);

  function renew(): void {
    renewal = queue.updateMessage(messageId, popReceipt, undefined, leaseSeconds).then(
      (answer) => {
        popReceipt = answer.popReceipt ?? popReceipt;
        if (!ended) timer = setTimeout(renew, leaseSeconds * 500);
      },
      (error: unknown) => {
        log("warning", "host", `The lease of message ${messageId} on ${queue.name} was not renewed: ${reason(error)}`);
        // While there is lease left, a storage that failed for a moment is asked again.
        if (!ended && !isLost(error)) timer = setTimeout(renew, leaseSeconds * 100);
      },
    );
  }

  function end(what: string, act: () => Promise<unknown>): Promise<void> {
    clearTimeout(timer);
    ended ??= attempt(what, act);
    return ended;
  }

  /** A renewal under way changes the pop receipt, so it is waited for. Never rejects: a lease ends by itself. */
  async function attempt(what: string, act: () => Promise<unknown>): Promise<void> {
    await renewal;
    try {
      await act();
    } catch (error) {
      const level = isLost(error) ? "debug" : "error";
      log(level, "host", `Message ${messageId} on ${queue.name} could not be ${what}: ${reason(error)}`);
    }
  }

  return {
    message,
    delete: () => end("deleted", () => queue.deleteMessage(messageId, popReceipt)),
    release: (seconds) => end("released", () => queue.updateMessage(messageId, popReceipt, undefined, seconds)),
    moveToPoison: (poisonQueue) =>
      end("moved to its poison queue", async () => {
        await sendCreating(poisonQueue, message.messageText);
        await queue.deleteMessage(messageId, popReceipt);
      }),
    leave() {
      ended ??= Promise.resolve();
      clearTimeout(timer);
    },
  };
}

async function sendCreating(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isQueueNotFound(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

/** Whether the message is gone, or somebody else's by now: nothing to do about it. */
function isLost(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === 404 || error.code === "PopReceiptMismatch");
}

/** Whether a storage call failed because its queue does not exist. */
export function isQueueNotFound(error: unknown): boolean {
  return error instanceof RestError && error.code === "QueueNotFound";
}

/** A storage error in a few words, without what was sent. */
export function reason(error: unknown): string {
  if (error instanceof RestError) return `${error.code ?? error.name} (${error.statusCode ?? "no answer"})`;
  return error instanceof Error ? error.name : typeof error;
}
