// Queue `status-checks`: brings letters up to date from Altinn.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { checkBatch } from "../shared/tracking/checkBatch.ts";
import { invoke } from "./invocation.ts";

export function registerCheckStatusBatch({ checking, telemetry }: App, connection: string): void {
  app.storageQueue("checkStatusBatch", {
    queueName: QUEUES.statusChecks,
    connection,
    handler: async (message, context) => {
      const work = () => checkBatch(checking, message);
      await invoke(telemetry, context, work, ({ checked, failed }) => ({
        outcome: "checked",
        checked,
        failed,
      }));
    },
  });
}
