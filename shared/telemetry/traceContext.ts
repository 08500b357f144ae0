// The trace that a letter belongs to, by W3C Trace Context: the two attributes of CloudEvents' distributed tracing extension,
// as a request gives them and announcements repeat them. Pure, but for the ids of new spans.
import { createHash, randomBytes } from "node:crypto";

/** A trace, and the span of it in which a letter was asked for. Without `traceparent` there is no `tracestate` either. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, in lower-case hexadecimal. */
  readonly traceparent?: string;
  /** What the producer's tracing systems add for themselves. */
  readonly tracestate?: string;
}

/** The same where both may be `undefined`. */
export type MaybeTraced = { readonly [K in keyof TraceContext]: TraceContext[K] | undefined };

/** The form of a `traceparent` of any version; what a later one adds comes after it. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Flags that have a meaning: sampled, and random trace id (level 2). Others are to be set to zero. */
const KNOWN_FLAGS = 0b11;

/**
 * A `traceparent` as it is kept, of version 00; `undefined` if the value is none. By its specification a later version is
 * read as far as this one goes.
 */
export function readTraceparent(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MOST_TRACESTATE) return undefined;
  const [, version, traceId, spanId, flags = "", more] = TRACEPARENT.exec(value) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return undefined;
  const known = (Number.parseInt(flags, 16) & KNOWN_FLAGS).toString(16).padStart(2, "0");
  return `00-${traceId}-${spanId}-${known}`;
}

/** Systems keep at least so many characters of it; what is longer is not kept here. */
const MOST_TRACESTATE = 512;
const MOST_MEMBERS = 32;
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** A `tracestate` as it is kept; `undefined` if the value is none, or is empty. */
export function readTracestate(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MOST_TRACESTATE) return undefined;
  const members = value.split(",").flatMap((member) => {
    const trimmed = member.replace(/^[ \t]+|[ \t]+$/g, "");
    return trimmed === "" ? [] : [trimmed];
  });
  const isOne = members.length > 0 && members.length <= MOST_MEMBERS && members.every((member) => MEMBER.test(member));
  return isOne ? members.join(",") : undefined;
}

/** The trace that somebody gives; none where `traceparent` is missing or wrong, so that another begins. */
export function readTraceContext(given: {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}): TraceContext {
  const traceparent = readTraceparent(given.traceparent);
  return traceOf({ traceparent, tracestate: readTracestate(given.tracestate) });
}

/** The trace of what has more to it. */
export function traceOf({ traceparent, tracestate }: MaybeTraced): TraceContext {
  if (traceparent === undefined) return {};
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}

/**
 * The trace that begins with a request which came without one: the same whenever it is asked for, so that nothing need be
 * kept, and another for each deployment.
 *
 * @param namespace the deployment's: by it nobody can guess a request's id from its trace
 */
export function beginTrace(namespace: string, requestId: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([namespace, "trace", requestId]))
    .digest("hex");
  // Sampled: whoever goes by the flag, as Altinn's own tracing may, is not to leave out what the app logs in any case.
  return `00-${hash.slice(0, 32)}-${hash.slice(32, 48)}-01`;
}

/** The ids of a `traceparent` as a log line has them; `undefined` if it is none. */
export function idsOf(traceparent: string): { readonly traceId: string; readonly spanId: string } | undefined {
  const [, , traceId, spanId] = TRACEPARENT.exec(traceparent) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

/** The `traceparent` of a call that is made in a trace: the call is a span of its own. `undefined` in what is no trace. */
export function traceparentOfCall(traceparent: string): string | undefined {
  if (idsOf(traceparent) === undefined) return undefined;
  const [version, traceId, , flags] = traceparent.split("-");
  return [version, traceId, randomBytes(8).toString("hex"), flags].join("-");
}
