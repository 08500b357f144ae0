// A function for the queue of requests, and one for each sender's own: each scales by itself, so that none waits behind another's.
import type { App } from "../shared/app.ts";
import { requestQueueOf, type Sender } from "../shared/senders/senders.ts";
import { type QueueMessage, registerQueueFunction } from "./queueTrigger.ts";

/** What is done with the messages of these queues. */
export interface RequestQueueFunction {
  /** Of the function of the queue that all share; a sender's name stands behind it in that of its own. */
  readonly name: string;
  /** The queue that is listened to, by the queue of requests that it belongs to. */
  readonly queueNameOf: (requestQueue: string) => string;
  readonly work: (message: QueueMessage, sender: Sender | undefined) => Promise<string>;
}

/** Registers them. */
export function onEachRequestQueue(
  { telemetry, settings }: App,
  connection: string,
  { name, queueNameOf, work }: RequestQueueFunction,
): void {
  const withQueue = settings.senders.filter(({ hasOwnQueue }) => hasOwnQueue);
  for (const sender of [undefined, ...withQueue]) {
    registerQueueFunction(sender === undefined ? name : `${name}-${sender.name}`, {
      queueName: queueNameOf(requestQueueOf(sender)),
      connection,
      telemetry,
      work: (message) => work(message, sender),
      describe: (outcome) => ({ outcome, sender: sender?.name }),
    });
  }
}
