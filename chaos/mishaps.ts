// What befalls messages on their queues: the host puts healthy ones aside when it scales in, and one may be lost.
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueServiceClient } from "@azure/storage-queue";
import { poisonQueueOf, QUEUES } from "../shared/storage/names.ts";
import type { Action } from "./schedule.ts";

/** Real milliseconds in which a message must turn up; a queue can be empty for longer. */
const PATIENCE = 3_000;
const PAUSE = 50;
/** Seconds for which a message is out of everybody's sight meanwhile. */
const HELD = 30;

/** Moves a message to its poison queue, perhaps leaving the original, or takes one away. Does nothing where none turns up. */
export async function befall(
  queues: QueueServiceClient,
  action: Extract<Action, { kind: "poison" | "loseDispatch" }>,
): Promise<void> {
  const name = action.kind === "poison" ? action.queue : QUEUES.dispatches;
  const queue = queues.getQueueClient(name);
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    // Storage may be away.
    const taken = await queue.receiveMessages({ visibilityTimeout: HELD }).catch(() => undefined);
    const message = taken?.receivedMessageItems[0];
    if (!message) {
      await sleep(PAUSE);
      continue;
    }
    const { messageId, popReceipt, messageText } = message;
    try {
      if (action.kind === "poison") await queues.getQueueClient(poisonQueueOf(name)).sendMessage(messageText);
      if (action.kind === "poison" && action.keepsOriginal)
        await queue.updateMessage(messageId, popReceipt, undefined, 0);
      else await queue.deleteMessage(messageId, popReceipt);
    } catch {
      // Then it turns up again by itself.
    }
    return;
  }
}
