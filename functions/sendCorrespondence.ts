// Queue `correspondence-requests`: sends a letter at once, or accepts the request.
import type { App } from "../shared/app.ts";
import { sendRequest } from "../shared/intake/sendRequest.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

export function registerSendCorrespondence({ sending, telemetry }: App, connection: string): void {
  registerQueueFunction("sendCorrespondence", {
    queueName: QUEUES.requests,
    connection,
    telemetry,
    work: ({ content, id }) => sendRequest(sending, content, { messageId: id }),
    describe: (outcome) => ({ outcome }),
  });
}
