// The HTTP side: matches calls to routes, keeps the log of calls, and misbehaves when told to.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { type Answer, emptyAnswer, unhandledError } from "./answer.ts";
import type { CallLog } from "./calls.ts";
import { type Faults, faultyAnswer, replacesWork } from "./faults.ts";
import { isFromElsewhere, isOwnRoute, ownHeaders } from "./ownPages.ts";
import { type Call, type Matched, type Route, type Router, router } from "./route.ts";

const mostText = 64 * 1024 * 1024;

/** What the server works with. */
export interface ServerParts {
  readonly routes: readonly Route[];
  readonly calls: CallLog;
  readonly faults: Faults;
  now(): number;
  /** Called after every call that may have changed something. */
  touched(): void;
}

/** Listens on 127.0.0.1 before it knows its routes: they need the port. */
export async function listen(port: number): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 5_000 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return { server, url: `http://127.0.0.1:${portOf(server.address())}` };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Begins to answer. */
export function serve(server: Server, parts: ServerParts): void {
  const find = router(parts.routes);
  server.on("request", (request, response) => {
    answer(parts, find, request, response).catch((error: unknown) => {
      console.error("simulator: a call failed", error);
      response.destroy();
    });
  });
}

async function answer(
  parts: ServerParts,
  find: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const matched = find(method, url.pathname);
  const name = matched?.route.name ?? url.pathname;
  if (isOwnRoute(name)) {
    const refused = isFromElsewhere(name, request.headers);
    const own = refused ? emptyAnswer(403) : await work(parts, request, url, matched);
    await send(request, response, { ...own, headers: { ...ownHeaders, ...own.headers } });
    return;
  }
  const { traceparent } = request.headers;
  const note = parts.calls.begin({
    method,
    route: name,
    path: url.pathname,
    time: parts.now(),
    traceparent: typeof traceparent === "string" ? traceparent : null,
  });
  const names = new Set(parts.routes.map((route) => route.name));
  const fault = parts.faults.take(method, url.pathname, name, names);
  if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
  if (fault?.drop === "before") {
    note(0);
    request.socket.destroy();
    return;
  }
  const worked = fault !== undefined && replacesWork(fault) ? undefined : await work(parts, request, url, matched);
  if (fault?.drop === "after") {
    note(0);
    request.socket.destroy();
    return;
  }
  const outcome = fault === undefined ? (worked ?? emptyAnswer(404)) : faultyAnswer(fault, worked);
  note(outcome.status);
  await send(request, response, outcome, fault?.cutAfterBytes);
}

async function work(
  parts: ServerParts,
  request: IncomingMessage,
  url: URL,
  matched: Matched | undefined,
): Promise<Answer> {
  if (matched === undefined) return emptyAnswer(404);
  const call: Call = {
    params: matched.params,
    query: url.searchParams,
    headers: request.headers,
    request,
    readText: () => readText(request),
  };
  try {
    return await matched.route.handle(call);
  } catch (error) {
    if (!request.destroyed || request.complete) console.error("simulator: a route failed", error);
    return unhandledError();
  } finally {
    parts.touched();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new Error("a request consists of bytes");
    size += chunk.length;
    if (size > mostText) throw new Error("the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: Answer,
  cutAfterBytes?: number,
): Promise<void> {
  response.statusCode = outcome.status;
  if (outcome.contentType !== null) response.setHeader("content-type", outcome.contentType);
  for (const [name, value] of Object.entries(outcome.headers ?? {})) response.setHeader(name, value);
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    const { body } = outcome;
    if (cutAfterBytes !== undefined) Readable.from(beginningOf(body, response, cutAfterBytes)).pipe(response);
    else if (body === null || typeof body === "string" || body instanceof Uint8Array) response.end(body ?? undefined);
    else Readable.from(body, { objectMode: false }).pipe(response);
  });
  // What the caller still sends is read away, so that it gets the answer instead of a reset.
  request.resume();
}

/** So many bytes of a body; then the connection is cut. */
function* beginningOf(body: Answer["body"], response: ServerResponse, bytes: number): Generator<Uint8Array> {
  const parts =
    typeof body === "string" || body instanceof Uint8Array || body === null ? [Buffer.from(body ?? "")] : body;
  let left = bytes;
  for (const part of parts) {
    if (left > 0) yield part.subarray(0, left);
    left -= part.length;
  }
  response.destroy();
}
