// What the producers of a run are told: read off the queues as it comes, and remembered.
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueServiceClient } from "@azure/storage-queue";
import { type Announcement, announcementSchema } from "../shared/announcements/announcement.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { SECOND_STATUS_QUEUE } from "./errand.ts";

export interface Listener {
  /** What was told so far, in this order; what was told twice with one id is there once. */
  readonly announcements: readonly Announcement[];
  /** Messages that are no announcements. */
  readonly unreadable: readonly string[];
  stop(): Promise<void>;
}

/** Real milliseconds between looks at an empty queue. */
const PAUSE = 200;

/** Listens until it is stopped; while storage is away it waits. */
export function listen(queues: QueueServiceClient): Listener {
  const announcements = new Map<string, Announcement>();
  const unreadable = new Set<string>();
  const stopping = new AbortController();

  function take(text: string): void {
    const parsed = announcementSchema.safeParse(parse(text));
    if (parsed.success) announcements.set(parsed.data.id, announcements.get(parsed.data.id) ?? parsed.data);
    else unreadable.add(text);
  }

  async function readOnce(name: string): Promise<number> {
    const queue = queues.getQueueClient(name);
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 30 });
    for (const { messageText } of receivedMessageItems) take(messageText);
    await Promise.all(
      receivedMessageItems.map(({ messageId, popReceipt }) => queue.deleteMessage(messageId, popReceipt)),
    );
    return receivedMessageItems.length;
  }

  async function read(name: string): Promise<void> {
    while (!stopping.signal.aborted) {
      const count = await readOnce(name).catch(() => 0);
      // An aborted pause rejects; the loop's condition then ends it.
      if (count === 0) await sleep(PAUSE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const reading = Promise.all([QUEUES.announcements, SECOND_STATUS_QUEUE].map(read));
  return {
    get announcements() {
      return [...announcements.values()];
    },
    get unreadable() {
      return [...unreadable];
    },
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
