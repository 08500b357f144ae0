// `GET /api/requests/{id}`: how many letters of a request are sent, wait, or ended otherwise.
import { app, type HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { requestProgress } from "../shared/records/progress.ts";
import { invoke } from "./invocation.ts";

export function registerRequestProgress({ sending, telemetry }: App): void {
  app.http("requestProgress", {
    // Producers choose their ids, and some have slashes in them.
    route: "requests/{*id}",
    methods: ["GET"],
    authLevel: "function",
    handler: async (request, context) =>
      invoke(
        telemetry,
        context,
        () => answer(sending, request.params.id ?? ""),
        (response) => ({ httpStatus: response.status ?? 200 }),
      ),
  });
}

/** 200 with the progress, 404 where no such request is known (any more), 503 while storage cannot be read. */
async function answer(sending: App["sending"], id: string): Promise<HttpResponseInit> {
  try {
    for (const requestId of new Set([id, decoded(id)])) {
      const progress = await requestProgress(sending, requestId);
      if (progress) return { status: 200, jsonBody: progress };
    }
  } catch (error) {
    sending.telemetry.alert("progressNotRead", { errorType: error instanceof Error ? error.name : typeof error });
    return { status: 503, jsonBody: { problems: ["The state could not be read: try again later"] } };
  }
  return { status: 404, jsonBody: { problems: ["No request with this id is known, or not any more"] } };
}

/** Azure leaves an escaped slash in a path as it is. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
