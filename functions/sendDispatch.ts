// Queue `dispatches`: one attempt at one letter.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { sendDispatch } from "../shared/sending/sendDispatch.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { invoke } from "./invocation.ts";

export function registerSendDispatch({ sending, telemetry }: App, connection: string): void {
  app.storageQueue("sendDispatch", {
    queueName: QUEUES.dispatches,
    connection,
    handler: async (message, context) => {
      await invoke(
        telemetry,
        context,
        () => sendDispatch(sending, message),
        (outcome) => ({ outcome }),
      );
    },
  });
}
