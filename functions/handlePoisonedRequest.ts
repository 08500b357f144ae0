// Queue `correspondence-requests-poison`: puts a request back on its way.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { putBackRequest } from "../shared/sending/poison.ts";
import { poisonQueueOf, QUEUES } from "../shared/storage/names.ts";
import { invoke, messageIdOf } from "./invocation.ts";

export function registerHandlePoisonedRequest({ sending, telemetry }: App, connection: string): void {
  app.storageQueue("handlePoisonedRequest", {
    queueName: poisonQueueOf(QUEUES.requests),
    connection,
    handler: async (message, context) => {
      const work = () => putBackRequest(sending, message, messageIdOf(context));
      await invoke(telemetry, context, work, (outcome) => ({ outcome }));
    },
  });
}
