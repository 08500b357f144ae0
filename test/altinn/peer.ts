// An HTTP peer on loopback for the tests of outbound calls: what it was asked, and whatever it is told to answer.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the peer saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Peer extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[];
}

/** Answers once the request was read. */
export type Handler = (request: SeenRequest, response: ServerResponse) => void;

/** Starts a peer that reads each request whole before it answers. */
export function startPeer(handler: Handler): Promise<Peer> {
  const seen: SeenRequest[] = [];
  return startRawPeer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const whole = { method, path, headers, body: Buffer.concat(chunks) };
      seen.push(whole);
      handler(whole, response);
    });
  }, seen);
}

/** Starts a peer that is given requests as they arrive. */
export async function startRawPeer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  seen: SeenRequest[] = [],
): Promise<Peer> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The peer does not listen on a port.");
  return address.port;
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
}

/** A clock that is set. */
export function settableClock(start = Date.parse("2026-11-21T12:00:00Z")) {
  let time = start;
  let elapsed = 0;
  return {
    now: () => time,
    elapsed: () => elapsed,
    advance(milliseconds: number) {
      time += milliseconds;
      elapsed += milliseconds;
    },
    setBack(milliseconds: number) {
      time -= milliseconds;
    },
  };
}
