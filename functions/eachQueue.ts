// A function for a queue that all share, and one for each sender that has its own: each scales by itself, so that none of these
// senders waits behind another.
import type { App } from "../shared/app.ts";
import type { Sender } from "../shared/senders/senders.ts";
import { type QueueMessage, registerQueueFunction } from "./queueTrigger.ts";

/** What is done with the messages of these queues. */
export interface EachQueueFunction {
  /** Of the function of the queue that all share; a sender's name stands behind it in that of its own. */
  readonly name: string;
  readonly queueNameOf: (sender: Sender | undefined) => string;
  readonly work: (message: QueueMessage, sender: Sender | undefined) => Promise<string>;
}

/** Registers them. */
export function onEachQueue(
  { telemetry, settings }: App,
  connection: string,
  { name, queueNameOf, work }: EachQueueFunction,
): void {
  const withQueue = settings.senders.filter(({ hasOwnQueue }) => hasOwnQueue);
  for (const sender of [undefined, ...withQueue]) {
    registerQueueFunction(sender === undefined ? name : `${name}-${sender.name}`, {
      queueName: queueNameOf(sender),
      connection,
      telemetry,
      work: (message) => work(message, sender),
      describe: (outcome) => ({ outcome, sender: sender?.name }),
    });
  }
}
