// Calls whose answer is a file of any size: its bytes are handed on as they come.
import {
  type Answer,
  type Call,
  type CallContext,
  type CallFailure,
  callHttp,
  causeOf,
  failure,
  headersOf,
  readAnswer,
} from "./httpCall.ts";

/** An answer whose body is still to be read. */
export interface OpenedAnswer {
  readonly kind: "opened";
  readonly call: string;
  readonly headers: Headers;
  /** To be read once. It fails with what breaks it off; leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** How long nothing at all may come, in milliseconds. */
const IDLE_MS = 120_000;

/**
 * Makes a call without a body, and opens its answer if that says yes; every other answer is read whole, as {@link callHttp}
 * does. `timeoutMs` counts until the answer begins. Never rejects.
 */
export async function openHttp(
  { http, clock }: CallContext,
  call: Call,
  idleMs: number = IDLE_MS,
): Promise<OpenedAnswer | Answer | CallFailure> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), call.timeoutMs);
  let status: number | undefined;
  try {
    const { method, url } = call;
    const response = await http(url, { method, headers: headersOf(call), redirect: "manual", signal: limit.signal });
    status = response.status;
    const { headers, body } = response;
    if (status !== 200 || body === null) return await readAnswer(call, response, clock);
    return { kind: "opened", call: call.name, headers, body: bytesOf(body, limit, idleMs) };
  } catch (error) {
    return failure(call, limit.signal.aborted ? "timeout" : causeOf(error), status);
  } finally {
    clearTimeout(timer);
  }
}

async function* bytesOf(
  body: AsyncIterable<Uint8Array>,
  limit: AbortController,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  let timer = setTimeout(() => limit.abort(), idleMs);
  try {
    for await (const bytes of body) {
      clearTimeout(timer);
      yield bytes;
      timer = setTimeout(() => limit.abort(), idleMs);
    }
  } finally {
    clearTimeout(timer);
  }
}
