// The one place that calls out over HTTP to Altinn and Maskinporten: timeouts, bounded answers, no redirects, and
// failures that name the call and never carry what was sent or received.
import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import { isCallable } from "./environments.ts";
import { retryAfterMs } from "./retryAfter.ts";

/** What is put on the wire. The transport sends the body as it is and leaves redirects alone. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream needs a `content-length` among the headers. The transport destroys it when the call is over. */
  readonly body?: string | Readable;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

/** What came off the wire: the head, and the body while it arrives. Leaving the body's iteration frees the connection. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Sends a request. Rejects with {@link NotConnectedError} when nothing can have reached the other side, with any other
 * error when that is not known.
 */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

/** Nothing of the request went out: no name, no connection, no TLS. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
}

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
}

/** What calls need from outside. */
export interface CallContext {
  readonly http: HttpTransport;
  readonly clock: Pick<Clock, "now">;
}

/** The longest answer that is read, in bytes: a thousand ids are 40 KB, a letter's body at most 120 KB. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Makes a call and reads its answer, whatever the status, save for redirects, which are failures. Never rejects. */
export async function callHttp({ http, clock }: CallContext, call: Call): Promise<Answer | CallFailure> {
  const failed = (cause: FailureCause, status?: number): CallFailure => ({
    kind: "failed",
    call: call.name,
    cause,
    ...(status === undefined ? {} : { status }),
  });
  if (!isCallable(call.url)) {
    discard(call.body);
    return failed("notConnected");
  }
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), call.timeoutMs);
  let status: number | undefined;
  try {
    const response = await http({
      method: call.method,
      url: new URL(call.url),
      headers: { accept: "application/json", ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      signal: timer.signal,
    });
    status = response.status;
    const text = await readText(response.body);
    if (text === undefined) return failed("unreadable", status);
    const retry = retryAfterMs(response.headers.get("retry-after"), clock.now());
    const waits = retry === undefined ? {} : { retryAfterMs: retry };
    if (status >= 300 && status < 400) return { ...failed("status", status), ...waits };
    return {
      kind: "answered",
      call: call.name,
      status,
      headers: response.headers,
      text,
      json: parseJson(text),
      ...waits,
    };
  } catch (error) {
    if (error instanceof NotConnectedError) return failed("notConnected");
    return failed(timer.signal.aborted ? "timeout" : "connection", status);
  } finally {
    clearTimeout(timeout);
    discard(call.body);
  }
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

/** The body as text; undefined when it is longer than is read. */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function discard(body: string | Readable | undefined): void {
  if (typeof body === "object") body.destroy();
}
