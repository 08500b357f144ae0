// Reads the announcements as they come, for the terminal; what was shown is deleted.
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueServiceClient } from "@azure/storage-queue";
import { type Announcement, announcementSchema } from "../../shared/announcements/announcement.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";

export interface Watch {
  /** Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/** Milliseconds between looks at an empty queue. */
const PAUSE = 250;
/** How many ids are remembered to show a repeated announcement once. */
const REMEMBERED = 10_000;

/** Gives each announcement on a queue once to `show`, and says to `onProblem` what can't be read. */
export function watchAnnouncements(
  queues: QueueServiceClient,
  name: string,
  show: (announcement: Announcement) => void,
  onProblem: (message: string) => void,
): Watch {
  const queue = queues.getQueueClient(name);
  const stopping = new AbortController();
  const shown = new Set<string>();

  const take = (text: string) => {
    const announcement = parse(text);
    if (announcement === undefined) return onProblem(`A message on ${name} is no announcement.`);
    if (shown.has(announcement.id)) return;
    shown.add(announcement.id);
    if (shown.size > REMEMBERED) shown.clear();
    show(announcement);
  };

  const readOnce = async (): Promise<number> => {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 30 });
    for (const { messageText, messageId, popReceipt } of receivedMessageItems) {
      take(messageText);
      await queue.deleteMessage(messageId, popReceipt);
    }
    return receivedMessageItems.length;
  };

  const read = async () => {
    while (!stopping.signal.aborted) {
      const count = await readOnce().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (!stopping.signal.aborted) onProblem(`The announcements on ${name} can't be read: ${reason}`);
        return 0;
      });
      // An aborted pause rejects; the loop's condition then ends it.
      if (count === 0) await sleep(PAUSE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const reading = read();
  return {
    stop() {
      stopping.abort();
      return reading;
    },
  };
}

/** Raw JSON, or base64 of it, as the settings of its queue say. */
function parse(text: string): Announcement | undefined {
  const decoded = decodeMessage(text);
  return decoded.ok ? announcementSchema.safeParse(decoded.value).data : undefined;
}
