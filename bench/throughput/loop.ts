// The hand-written loop, a process of its own: takes messages from the queue as Azure's host does, sends each letter by
// hand, and deletes the message. Built as the app is, with the same libraries. Says in a line of JSON when it is ready.
import { setTimeout as wait } from "node:timers/promises";
import type { QueueClient } from "@azure/storage-queue";
import { createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import { systemClock } from "../../shared/clock.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { storageClients } from "../../shared/storage/clients.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { sendByHand, type Ways } from "./byHand.ts";

/** As the host holds a message, in seconds. */
const LEASE_SECONDS = 600;

const [batchSize = Number.NaN, newBatchThreshold = Number.NaN] = process.argv.slice(2).map(Number);
const ways = await openWays();
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ isReady: true })}\n`);
await run(ways.queues.getQueueClient(QUEUES.requests));

async function run(queue: QueueClient): Promise<never> {
  const running = new Set<Promise<void>>();
  for (;;) {
    if (running.size > newBatchThreshold) {
      await Promise.race(running);
      continue;
    }
    const options = { numberOfMessages: batchSize, visibilityTimeout: LEASE_SECONDS };
    const { receivedMessageItems } = await queue.receiveMessages(options);
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      const work = sendByHand(messageText, ways)
        .then(() => queue.deleteMessage(messageId, popReceipt))
        .then(() => {
          running.delete(work);
        });
      running.add(work);
    }
    if (receivedMessageItems.length === 0) await wait(100);
  }
}

async function openWays(): Promise<Ways> {
  const read = readSettings(process.env);
  if (!read.ok) throw new Error("The loop needs the app's settings");
  const { storage, altinn } = read.settings;
  const token = await createAltinnClient(read.settings, systemClock).tokens.get();
  if (!token.ok) throw new Error("The loop got no token");
  const { platformUrl, subscriptionKey } = altinn;
  return { ...(await storageClients(storage)), platformUrl, subscriptionKey, token: token.token };
}
