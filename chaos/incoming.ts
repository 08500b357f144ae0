// Others send letters to the organisation during a run, and somebody reads what the app tells of them.
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueServiceClient } from "@azure/storage-queue";
import { type LetterAnnouncement, letterAnnouncementSchema } from "../shared/announcements/letterAnnouncement.ts";
import { CONTAINERS, QUEUES } from "../shared/storage/names.ts";
import type { Parts } from "./parts.ts";
import type { Random } from "./random.ts";
import { judgeReceived, type ReceivedVerdict } from "./received.ts";

/** Sends so many letters within a time: some with files, some to be confirmed. */
export async function sendIncoming(
  { altinn }: Parts,
  count: number,
  durationMs: number,
  random: Random,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const files = Array.from({ length: random.between(0, 2) }, (_, file) => ({
      fileName: `vedlegg-${file}.pdf`,
      // Some are larger than what is put at once.
      size: random.weighted([
        [60, 10],
        [38, 20_000],
        [2, 5_000_000],
      ]),
    }));
    const letter = { title: `Brev ${index}`, files, isConfirmationNeeded: random.chance(0.5) };
    // Sent twice it is two letters, and both are to be received.
    await altinn.sendToUs(letter);
    await sleep(durationMs / count);
  }
}

/** Whoever reads the letters. */
export interface Reader {
  readonly told: readonly LetterAnnouncement[];
  stop(): Promise<void>;
}

/** Real milliseconds between looks at an empty queue. */
const PAUSE = 200;

/** Reads until it is stopped; while storage is away it waits. What is no announcement of a letter is none. */
export function readReceived(queues: QueueServiceClient): Reader {
  const told: LetterAnnouncement[] = [];
  const stopping = new AbortController();
  const queue = queues.getQueueClient(QUEUES.received);
  const readOnce = async (): Promise<number> => {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 30 });
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      told.push(letterAnnouncementSchema.parse(JSON.parse(messageText)));
      await queue.deleteMessage(messageId, popReceipt);
    }
    return receivedMessageItems.length;
  };
  const read = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const count = await readOnce().catch(() => 0);
      if (count === 0) await sleep(PAUSE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const reading = read();
  return {
    told,
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}

/** What became of the letters, now. */
export async function judgeIncoming({ altinn, storage }: Parts, { told }: Reader): Promise<ReceivedVerdict> {
  const blobs = new Set<string>();
  for await (const { name } of storage.blobs.getContainerClient(CONTAINERS.inbox).listBlobsFlat()) blobs.add(name);
  return judgeReceived({ incoming: await altinn.incoming(), told, blobs });
}
