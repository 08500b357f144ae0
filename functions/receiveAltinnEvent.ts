// Webhook `POST /api/altinn-events`: what Altinn Events pushes.
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { readAtMost } from "../shared/limits/readAtMost.ts";
import { type EventOutcome, receiveEvent } from "../shared/tracking/receiveEvent.ts";
import { invoke } from "./invocation.ts";

/** Altinn's events are well under 2 KiB. */
export const MAX_EVENT_BYTES = 64 * 1024;

const CONTENT_TYPES = ["application/json", "application/cloudevents+json"];

export function registerReceiveAltinnEvent(parts: App): void {
  app.http("receiveAltinnEvent", {
    route: "altinn-events",
    methods: ["POST"],
    authLevel: "function",
    handler: async (request, context) =>
      invoke(
        parts.telemetry,
        context,
        () => answerEvent(request, parts),
        (response) => ({ httpStatus: response.status ?? 204 }),
      ),
  });
}

/**
 * Answers one request: 200 when the event is stored, 403 when it does not come from Altinn, 400 with the problems when it
 * is none, 413 when it is too large, 503 while it cannot be stored, so that Altinn tries again. Cheap checks first; the
 * body last, and only as much of it as an event may have. Never rejects.
 */
export async function answerEvent(
  request: Pick<HttpRequest, "headers" | "body">,
  { events, isFromAltinn }: Pick<App, "events" | "isFromAltinn">,
): Promise<HttpResponseInit> {
  if (!isFromAltinn(request.headers.get("x-forwarded-for"))) {
    return refuse(403, ["Events are taken from Altinn's own addresses alone (setting ALTINN_EVENTS_ADDRESSES)"]);
  }
  const contentType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!CONTENT_TYPES.includes(contentType)) {
    return refuse(400, [`The content type must be one of ${CONTENT_TYPES.join(", ")}`]);
  }
  if (Number(request.headers.get("content-length") ?? 0) > MAX_EVENT_BYTES) return tooLarge();
  let bytes: Buffer | undefined;
  try {
    bytes = await readAtMost(request.body, MAX_EVENT_BYTES);
  } catch {
    return refuse(400, ["The body did not come whole"]);
  }
  if (bytes === undefined) return tooLarge();
  if (bytes.length === 0) return refuse(400, ["The body is empty"]);
  const value = parseJson(bytes);
  if (value === undefined) return refuse(400, ["The body is not JSON in UTF-8"]);
  let outcome: EventOutcome;
  try {
    outcome = await receiveEvent(events, value);
  } catch (error) {
    events.telemetry.alert("eventNotKept", { errorType: error instanceof Error ? error.name : typeof error });
    return refuse(503, ["The event could not be stored: try again later"]);
  }
  return outcome.kind === "invalid" ? refuse(400, outcome.problems) : { status: 200 };
}

function tooLarge(): HttpResponseInit {
  return refuse(413, [`The body is larger than ${MAX_EVENT_BYTES} bytes`]);
}

function refuse(status: number, problems: readonly string[]): HttpResponseInit {
  return { status, jsonBody: { problems } };
}

/** JSON is UTF-8 (RFC 8259, 8.1). What is not must not become text with gaps in it. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
