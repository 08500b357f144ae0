// The trace that a message belongs to, as its producer gives it: never a reason to refuse the message.
import * as z from "zod";
import { readTraceContext, readTraceparent, readTracestate, type TraceContext } from "../telemetry/traceContext.ts";
import { field } from "./json.ts";
import { traceNames, withCanonicalNames } from "./names.ts";
import type { Finding } from "./problem.ts";

/** Whatever it is, it passes: what is no trace is a warning ({@link traceWarnings}). */
const asGiven = z.custom<string>(() => true).optional();

/** The fields as editors know them. */
export const traceFields = {
  traceparent: asGiven.meta({
    type: "string",
    pattern: "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",
    description:
      "The trace that this belongs to (W3C Trace Context, as in CloudEvents' distributed tracing extension): " +
      "announcements repeat it, and log lines and calls to Altinn carry it.",
  }),
  tracestate: asGiven.meta({
    type: "string",
    maxLength: 512,
    description: "What your tracing systems add to traceparent: announcements repeat it.",
  }),
};

/** The trace that a message belongs to; none where it has none, or what it says is no trace. */
export function traceIn(message: unknown): TraceContext {
  const named = withCanonicalNames(message, traceNames);
  return readTraceContext({ traceparent: field(named, "traceparent"), tracestate: field(named, "tracestate") });
}

/** What is wrong with the trace of a request with canonical names. By its specification a wrong one gives way to a new one. */
export function traceWarnings(request: unknown): Finding[] {
  const traceparent = field(request, "traceparent");
  const tracestate = field(request, "tracestate");
  const isNone = traceparent !== undefined && readTraceparent(traceparent) === undefined;
  if (isNone) return [{ path: ["traceparent"], rule: "traceparent", message: NO_TRACEPARENT }];
  if (tracestate === undefined) return [];
  if (traceparent === undefined) return [{ path: ["tracestate"], rule: "tracestate", message: ALONE }];
  return readTracestate(tracestate) === undefined
    ? [{ path: ["tracestate"], rule: "tracestate", message: NO_TRACESTATE }]
    : [];
}

const NO_TRACEPARENT =
  "Is no traceparent of W3C Trace Context (00-<32 digits>-<16 digits>-<2 digits>, hexadecimal in lower case). " +
  "A new trace begins.";
const NO_TRACESTATE = "Is no tracestate of W3C Trace Context, or longer than 512 characters. It is left out.";
const ALONE = "Stands without a traceparent. It is left out.";
