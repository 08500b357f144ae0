// Queue `receipts`: receives letters to the organisation, and looks for them.
import type { App } from "../shared/app.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

/** There is no such function where no letters are received. */
export function registerReceiveCorrespondence({ receiving, telemetry }: App, connection: string): void {
  if (receiving === undefined) return;
  registerQueueFunction("receiveCorrespondence", {
    queueName: QUEUES.receipts,
    connection,
    telemetry,
    work: ({ content }) => receiving.handle(content),
    describe: (outcome) => ({ outcome }),
  });
}
