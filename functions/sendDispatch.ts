// Queue `dispatches`, and those of senders that have their own: one attempt at one letter, or the next steps of a request to
// many, a cancel or a replay.
import type { App } from "../shared/app.ts";
import { sendDispatch } from "../shared/intake/sendDispatch.ts";
import { dispatchQueueOf } from "../shared/senders/senders.ts";
import { onEachQueue } from "./eachQueue.ts";

export function registerSendDispatch(app: App, connection: string): void {
  onEachQueue(app, connection, {
    name: "sendDispatch",
    queueNameOf: dispatchQueueOf,
    work: ({ content }, sender) => sendDispatch(app.sending, content, dispatchQueueOf(sender)),
  });
}
