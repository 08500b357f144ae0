// Messages taken off a queue and held while they are handled: nobody else gets them until they are let go.
import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";

/** One message of a batch. Each of the two ends counts once. */
export interface HeldMessage {
  readonly id: string;
  readonly text: string;
  /** How often it has been taken, this time included. */
  readonly tries: number;
  /** Handled: deletes it. Rejects with what storage says. */
  delete(): Promise<void>;
  /** Not handled: it shows up again after so many seconds. Rejects with what storage says. */
  release(seconds: number): Promise<void>;
}

/** Takes up to 32 messages, and renews its hold on each half way, for as long as that takes. */
export async function takeMessages(queue: QueueClient, holdSeconds: number): Promise<HeldMessage[]> {
  const { receivedMessageItems } = await queue.receiveMessages({
    numberOfMessages: 32,
    visibilityTimeout: holdSeconds,
  });
  return receivedMessageItems.map((item) => hold(queue, item, holdSeconds));
}

function hold(queue: QueueClient, item: DequeuedMessageItem, holdSeconds: number): HeldMessage {
  const { messageId } = item;
  let { popReceipt } = item;
  let ended = false;
  let renewal: Promise<void> = Promise.resolve();
  let timer = setTimeout(renew, holdSeconds * 500);

  function renew(): void {
    renewal = queue.updateMessage(messageId, popReceipt, undefined, holdSeconds).then(
      (answer) => {
        popReceipt = answer.popReceipt ?? popReceipt;
        if (!ended) timer = setTimeout(renew, holdSeconds * 500);
      },
      // While there is some of the hold left, a storage that failed for a moment is asked again.
      () => {
        if (!ended) timer = setTimeout(renew, holdSeconds * 100);
      },
    );
  }

  async function end(act: () => Promise<unknown>): Promise<void> {
    ended = true;
    clearTimeout(timer);
    // A renewal under way changes the pop receipt.
    await renewal;
    try {
      await act();
    } catch (error) {
      if (!isLost(error)) throw error;
    }
  }

  return {
    id: messageId,
    text: item.messageText,
    tries: item.dequeueCount,
    delete: () => end(() => queue.deleteMessage(messageId, popReceipt)),
    release: (seconds) => end(() => queue.updateMessage(messageId, popReceipt, undefined, seconds)),
  };
}

/** Whether the message is gone, or somebody else's by now: nothing to do about it. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || !("statusCode" in error)) return false;
  return error.statusCode === 404 && !("code" in error && error.code === "QueueNotFound");
}
