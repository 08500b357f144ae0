// Queue `dispatches`: one attempt at one letter, or the next steps of a request to many, a cancel or a replay.
import type { App } from "../shared/app.ts";
import { sendDispatch } from "../shared/intake/sendDispatch.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

export function registerSendDispatch({ sending, telemetry }: App, connection: string): void {
  registerQueueFunction("sendDispatch", {
    queueName: QUEUES.dispatches,
    connection,
    telemetry,
    work: ({ content }) => sendDispatch(sending, content),
    describe: (outcome) => ({ outcome }),
  });
}
