// Queue `correspondence-requests-poison`, and those beside the own queues of senders: puts a request back on its way.
import type { App } from "../shared/app.ts";
import { putBackRequest } from "../shared/intake/poison.ts";
import { poisonQueueOf } from "../shared/storage/names.ts";
import { onEachRequestQueue } from "./requestQueues.ts";

export function registerHandlePoisonedRequest(app: App, connection: string): void {
  onEachRequestQueue(app, connection, {
    name: "handlePoisonedRequest",
    queueNameOf: poisonQueueOf,
    work: ({ content, id }, sender) => putBackRequest(app.sending, content, id, sender),
  });
}
