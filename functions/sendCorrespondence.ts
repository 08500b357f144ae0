// Queue `correspondence-requests`, and those of senders that have their own: sends a letter at once, or accepts the request.
import type { App } from "../shared/app.ts";
import { sendRequest } from "../shared/intake/sendRequest.ts";
import { requestQueueOf } from "../shared/senders/senders.ts";
import { onEachQueue } from "./eachQueue.ts";

export function registerSendCorrespondence(app: App, connection: string): void {
  onEachQueue(app, connection, {
    name: "sendCorrespondence",
    queueNameOf: requestQueueOf,
    work: ({ content, id }, sender) => sendRequest(app.sending, content, { messageId: id, sender }),
  });
}
