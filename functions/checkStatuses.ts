// Timer: puts on `status-checks` what events may not have told, and does the other chores of `shared/upkeep/`.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { sweep } from "../shared/upkeep/sweep.ts";
import { invoke } from "./invocation.ts";

export function registerCheckStatuses({ sending, telemetry, settings }: App): void {
  app.timer("checkStatuses", {
    schedule: settings.checkSchedule,
    handler: async (_timer, context) => {
      const work = () => sweep(sending, settings.followDays);
      await invoke(telemetry, context, work, ({ checks, putBacks }) => ({
        outcome: "swept",
        checks,
        putBacks,
      }));
    },
  });
}
