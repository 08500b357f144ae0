// Queue `dispatches-poison`: puts a dispatch back on its way.
import type { App } from "../shared/app.ts";
import { putBackDispatch } from "../shared/intake/poison.ts";
import { poisonQueueOf, QUEUES } from "../shared/storage/names.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

export function registerHandlePoisonedDispatch({ sending, telemetry }: App, connection: string): void {
  registerQueueFunction("handlePoisonedDispatch", {
    queueName: poisonQueueOf(QUEUES.dispatches),
    connection,
    telemetry,
    work: ({ content, id }) => putBackDispatch(sending, content, id),
    describe: (outcome) => ({ outcome }),
  });
}
