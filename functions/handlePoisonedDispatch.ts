// Queue `dispatches-poison`, and those beside the own queues of senders: puts a dispatch back on its way.
import type { App } from "../shared/app.ts";
import { putBackDispatch } from "../shared/intake/poison.ts";
import { dispatchQueueOf } from "../shared/senders/senders.ts";
import { poisonQueueOf } from "../shared/storage/names.ts";
import { onEachQueue } from "./eachQueue.ts";

export function registerHandlePoisonedDispatch(app: App, connection: string): void {
  onEachQueue(app, connection, {
    name: "handlePoisonedDispatch",
    queueNameOf: (sender) => poisonQueueOf(dispatchQueueOf(sender)),
    work: ({ content, id }, sender) => putBackDispatch(app.sending, content, id, dispatchQueueOf(sender)),
  });
}
