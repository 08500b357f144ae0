// Queue `dispatches-poison`: puts a dispatch back on its way.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { putBackDispatch } from "../shared/sending/poison.ts";
import { poisonQueueOf, QUEUES } from "../shared/storage/names.ts";
import { invoke, messageIdOf } from "./invocation.ts";

export function registerHandlePoisonedDispatch({ sending, telemetry }: App, connection: string): void {
  app.storageQueue("handlePoisonedDispatch", {
    queueName: poisonQueueOf(QUEUES.dispatches),
    connection,
    handler: async (message, context) => {
      const work = () => putBackDispatch(sending, message, messageIdOf(context));
      await invoke(telemetry, context, work, (outcome) => ({ outcome }));
    },
  });
}
