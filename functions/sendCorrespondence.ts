// Queue `correspondence-requests`: sends a letter at once, or accepts the request.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { sendRequest } from "../shared/sending/sendRequest.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { invoke, messageIdOf } from "./invocation.ts";

export function registerSendCorrespondence({ sending, telemetry }: App, connection: string): void {
  app.storageQueue("sendCorrespondence", {
    queueName: QUEUES.requests,
    connection,
    handler: async (message, context) => {
      const delivery = { messageId: messageIdOf(context) };
      await invoke(
        telemetry,
        context,
        () => sendRequest(sending, message, delivery),
        (outcome) => ({ outcome }),
      );
    },
  });
}
