// Queue `correspondence-requests`, and those of senders that have one of their own: sends a letter at once, or accepts the request.
import type { App } from "../shared/app.ts";
import { sendRequest } from "../shared/intake/sendRequest.ts";
import { onEachRequestQueue } from "./requestQueues.ts";

export function registerSendCorrespondence(app: App, connection: string): void {
  onEachRequestQueue(app, connection, {
    name: "sendCorrespondence",
    queueNameOf: (queue) => queue,
    work: ({ content, id }, sender) => sendRequest(app.sending, content, { messageId: id, sender }),
  });
}
