// Webhook `POST /api/altinn-events`: what Altinn Events pushes.
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { App } from "../shared/app.ts";
import { type EventOutcome, receiveEvent } from "../shared/tracking/receiveEvent.ts";
import { invoke } from "./invocation.ts";

/** Altinn's events are well under 2 KiB. */
const MAX_BODY_BYTES = 64 * 1024;

const CONTENT_TYPES = ["application/json", "application/cloudevents+json"];

export function registerReceiveAltinnEvent({ events, telemetry }: App): void {
  app.http("receiveAltinnEvent", {
    route: "altinn-events",
    methods: ["POST"],
    authLevel: "function",
    handler: async (request, context) =>
      invoke(
        telemetry,
        context,
        () => answer(request, events),
        (response) => ({ httpStatus: response.status ?? 204 }),
      ),
  });

  /** Cheap checks first; the body last. Storage that is down answers 503, so that Altinn tries again. */
  async function answer(request: HttpRequest, context: App["events"]): Promise<HttpResponseInit> {
    const contentType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    if (!CONTENT_TYPES.includes(contentType)) {
      return refuse(400, [`The content type must be one of ${CONTENT_TYPES.join(", ")}`]);
    }
    if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return tooLarge();
    const body = await request.arrayBuffer();
    if (body.byteLength > MAX_BODY_BYTES) return tooLarge();
    const value = parseJson(new TextDecoder().decode(body));
    if (value === undefined) return refuse(400, [body.byteLength === 0 ? "The body is empty" : "The body is not JSON"]);
    let outcome: EventOutcome;
    try {
      outcome = await receiveEvent(context, value);
    } catch (error) {
      telemetry.alert("eventNotKept", { errorType: error instanceof Error ? error.name : typeof error });
      return refuse(503, ["The event could not be stored: try again later"]);
    }
    return outcome.kind === "invalid" ? refuse(400, outcome.problems) : { status: 200 };
  }
}

function tooLarge(): HttpResponseInit {
  return refuse(413, [`The body is larger than ${MAX_BODY_BYTES} bytes`]);
}

function refuse(status: number, problems: readonly string[]): HttpResponseInit {
  return { status, jsonBody: { problems } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
