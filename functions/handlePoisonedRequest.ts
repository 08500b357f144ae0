// Queue `correspondence-requests-poison`: puts a request back on its way.
import type { App } from "../shared/app.ts";
import { putBackRequest } from "../shared/intake/poison.ts";
import { poisonQueueOf, QUEUES } from "../shared/storage/names.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

export function registerHandlePoisonedRequest({ sending, telemetry }: App, connection: string): void {
  registerQueueFunction("handlePoisonedRequest", {
    queueName: poisonQueueOf(QUEUES.requests),
    connection,
    telemetry,
    work: ({ content, id }) => putBackRequest(sending, content, id),
    describe: (outcome) => ({ outcome }),
  });
}
