// `GET /api/health`: 200 or 503, and which of storage, token and Altinn fails.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { checkHealth } from "../shared/health.ts";
import { invoke } from "./invocation.ts";

export function registerHealth({ health, telemetry }: App): void {
  app.http("health", {
    route: "health",
    methods: ["GET"],
    authLevel: "function",
    handler: async (_request, context) => {
      const found = await invoke(
        telemetry,
        context,
        () => checkHealth(health),
        ({ healthy }) => ({
          outcome: healthy ? "healthy" : "unhealthy",
        }),
      );
      return { status: found.healthy ? 200 : 503, jsonBody: found };
    },
  });
}
