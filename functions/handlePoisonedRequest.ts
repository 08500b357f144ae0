// Queue `correspondence-requests-poison`, and those beside the own queues of senders: puts a request back on its way.
import type { App } from "../shared/app.ts";
import { putBackRequest } from "../shared/intake/poison.ts";
import { requestQueueOf } from "../shared/senders/senders.ts";
import { poisonQueueOf } from "../shared/storage/names.ts";
import { onEachQueue } from "./eachQueue.ts";

export function registerHandlePoisonedRequest(app: App, connection: string): void {
  onEachQueue(app, connection, {
    name: "handlePoisonedRequest",
    queueNameOf: (sender) => poisonQueueOf(requestQueueOf(sender)),
    work: ({ content, id }, sender) => putBackRequest(app.sending, content, id, sender),
  });
}
