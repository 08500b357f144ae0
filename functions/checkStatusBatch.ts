// Queue `status-checks`: brings letters up to date from Altinn.
import type { App } from "../shared/app.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { checkBatch } from "../shared/tracking/checkBatch.ts";
import { registerQueueFunction } from "./queueTrigger.ts";

export function registerCheckStatusBatch({ checking, telemetry }: App, connection: string): void {
  registerQueueFunction("checkStatusBatch", {
    queueName: QUEUES.statusChecks,
    connection,
    telemetry,
    work: ({ content, id }) => checkBatch(checking, content, id),
    describe: ({ checked, failed }) => ({ outcome: "checked", checked, failed }),
  });
}
