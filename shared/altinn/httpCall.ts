// The one place that calls out over HTTP to Altinn and Maskinporten: timeouts, bounded answers, no redirects, and
// failures that name the call and never carry what was sent or received.
import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import { jsonExcess } from "../limits/jsonExcess.ts";
import { readAtMost } from "../limits/readAtMost.ts";
import { traceparentOfCall } from "../telemetry/traceContext.ts";
import { currentTraceparent } from "../telemetry/traces.ts";
import { isCallable } from "./environments.ts";
import { retryAfterMs } from "./retryAfter.ts";
import { sendStream } from "./sendStream.ts";

/** What calls go out with: `fetch`, or what tests put around it. */
export type HttpTransport = typeof fetch;

/** A whole answer, whatever its status. */
export interface Answer {
  readonly kind: "answered";
  /** Which call it answers, such as `POST /correspondence`. */
  readonly call: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly json: unknown;
  /** How long Retry-After asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Why a call has no answer that can be used. */
export type FailureCause =
  /** The time was up: the other side may have acted. */
  | "timeout"
  /** The connection was cut: the other side may have acted. */
  | "connection"
  /** Nothing went out. */
  | "notConnected"
  /** There is an answer, but not one that can be understood. */
  | "unreadable"
  /** The status says no, or redirects. */
  | "status"
  /** There is no access token, so the call was not made. */
  | "token";

/** A call that brought nothing. It names the call, and never what was sent or received. */
export interface CallFailure {
  readonly kind: "failed";
  /** Which call, such as `POST /correspondence`. */
  readonly call: string;
  readonly cause: FailureCause;
  readonly status?: number;
  /** Altinn's own code. */
  readonly errorCode?: number;
  /** How long Retry-After asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A call to make. */
export interface Call {
  /** Its name in failures, without ids: `GET /correspondence/{id}`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly timeoutMs: number;
  /** For a body that streams: how long nothing at all may go either way, in milliseconds; ten minutes by default. */
  readonly idleMs?: number;
}

/** What calls need from outside. */
export interface CallContext {
  readonly http: HttpTransport;
  readonly clock: Pick<Clock, "now">;
}

/** The longest answer that is read, in bytes: a thousand ids are 40 KB, a letter's body at most 120 KB. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Makes a call and reads its answer, whatever the status, save for redirects, which are failures. Never rejects. It carries
 * the trace of the letter that it is made for (W3C Trace Context); `tracestate` is the producer's own, and stays here.
 */
export async function callHttp({ http, clock }: CallContext, call: Call): Promise<Answer | CallFailure> {
  const failed = (cause: FailureCause, status?: number) => failure(call, cause, status);
  if (!isCallable(call.url)) {
    discard(call.body);
    return failed("notConnected");
  }
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), call.timeoutMs);
  let status: number | undefined;
  try {
    const { method, body, idleMs } = call;
    const headers = headersOf(call);
    const { signal } = timer;
    const response =
      typeof body === "object"
        ? await sendStream(call.url, { method, headers, body, signal, idleMs })
        : await http(call.url, {
            method,
            headers,
            ...(body === undefined ? {} : { body }),
            redirect: "manual",
            signal,
          });
    status = response.status;
    return await readAnswer(call, response, clock);
  } catch (error) {
    if (timer.signal.aborted) return failed("timeout", status);
    return failed(causeOf(error), status);
  } finally {
    clearTimeout(timeout);
    // An answer can come before the body has gone: then nobody else closes what it is read from.
    discard(call.body);
  }
}

/** What goes along with every call. */
export function headersOf(call: Call): Readonly<Record<string, string>> {
  const current = currentTraceparent();
  const traceparent = current === undefined ? undefined : traceparentOfCall(current);
  const trace = traceparent === undefined ? {} : { traceparent };
  return { accept: "application/json", ...trace, ...call.headers };
}

/** Reads the whole of an answer. Rejects with what breaks it off. */
export async function readAnswer(
  call: Call,
  { status, headers, body }: Response,
  clock: CallContext["clock"],
): Promise<Answer | CallFailure> {
  const bytes = await readAtMost(body, MAX_ANSWER_BYTES);
  if (bytes === undefined) return failure(call, "unreadable", status);
  const text = new TextDecoder().decode(bytes);
  const retry = retryAfterMs(headers.get("retry-after"), clock.now());
  const waits = retry === undefined ? {} : { retryAfterMs: retry };
  if (status >= 300 && status < 400) return { ...failure(call, "status", status), ...waits };
  return { kind: "answered", call: call.name, status, headers, text, json: parseJson(text), ...waits };
}

/** A failure of a call. */
export function failure({ name }: Call, cause: FailureCause, status?: number): CallFailure {
  return { kind: "failed", call: name, cause, ...(status === undefined ? {} : { status }) };
}

/** Codes of errors that come before a connection is there. */
const notConnectedCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

const timeoutCodes: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);

/** Why a call was broken off. `fetch` rejects with a TypeError; the error underneath has the code. */
export function causeOf(error: unknown): FailureCause {
  const code = codeOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  if (code === undefined) return "connection";
  if (notConnectedCodes.has(code)) return "notConnected";
  return timeoutCodes.has(code) ? "timeout" : "connection";
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A failure out of an answer whose status says no. */
export function statusFailure(answer: Answer, errorCode?: number): CallFailure {
  return {
    kind: "failed",
    call: answer.call,
    cause: "status",
    status: answer.status,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
  };
}

/** A failure out of an answer that says yes, but not what was asked. */
export function unreadable(answer: Answer): CallFailure {
  return { kind: "failed", call: answer.call, cause: "unreadable", status: answer.status };
}

function parseJson(text: string): unknown {
  if (jsonExcess(text) !== undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function discard(body: string | Readable | undefined): void {
  if (typeof body === "object") body.destroy();
}
