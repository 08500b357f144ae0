// An HTTP call with a streamed body, at constant memory: by node:http, since fetch reads ahead of what the network has sent.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";

/** What `fetch` would be told. Content-Length is among the headers. */
export interface StreamCall {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  readonly signal: AbortSignal;
  /** How long nothing at all may go either way, in milliseconds; ten minutes by default. */
  readonly idleMs?: number | undefined;
}

/** Altinn may be a while with a large file when all of it is there. */
const IDLE_MS = 600_000;

/**
 * Sends the body as fast as the network takes it, so that memory stays flat. Follows no redirects. Rejects with the
 * network's error, or the body's, or with ETIMEDOUT when the connection has gone silent: a file of 50 GB has hours, and
 * they must not be spent on that. An answer that comes before the body has gone is an answer.
 */
export function sendStream(
  url: string,
  { method, headers, body, signal, idleMs = IDLE_MS }: StreamCall,
): Promise<Response> {
  const { request: start } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const request = start(url, { method, headers, signal });
    request.on("response", (message) => {
      try {
        resolve(responseOf(message));
      } catch (error) {
        // A status that no answer can have.
        message.destroy();
        reject(error);
      }
    });
    request.on("error", reject);
    request.setTimeout(idleMs, () => {
      request.destroy(Object.assign(new Error("The connection has gone silent"), { code: "ETIMEDOUT" }));
    });
    body.on("error", (error) => request.destroy(error));
    // Whoever has the answer and wants no more of it closes the body; the connection is of no use then.
    body.on("close", () => {
      if (!body.readableEnded) request.destroy();
    });
    body.pipe(request);
  });
}

/** Answers that have no body (Fetch, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = message.statusCode ?? 0;
  if (WITHOUT_BODY.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(message, { status, headers });
}
