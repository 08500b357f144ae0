// `GET /api/health`: 200 or 503, and which of storage, token and Altinn fails; with `?sender=` as that sender.
import { app } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { checkHealth } from "../shared/health.ts";
import { invoke } from "./invocation.ts";
import { problem } from "./question.ts";

export function registerHealth({ health, telemetry }: App): void {
  app.http("health", {
    route: "health",
    methods: ["GET"],
    authLevel: "function",
    handler: async (request, context) => {
      const name = request.query.get("sender");
      const sender = name === null ? undefined : health.senders.named(name);
      if (name !== null && sender === undefined) {
        return problem(404, "No such sender", "SENDERS has no sender of this name.");
      }
      const found = await invoke(
        telemetry,
        context,
        () => checkHealth(health, sender),
        ({ healthy }) => ({
          outcome: healthy ? "healthy" : "unhealthy",
        }),
      );
      return { status: found.healthy ? 200 : 503, jsonBody: found };
    },
  });
}
