// A subscriber of events: keeps what was posted to it, and answers as it is told.

import { createServer } from "node:http";

/** What a subscriber received, and when it was received in order. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly received: unknown[];
  /** The status of the next answers; 200 once the list is used up. */
  readonly answers: number[];
}

export async function startListener(): Promise<Listener> {
  const received: unknown[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      response.statusCode = answers.shift() ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/api/events?code=key`,
    received,
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
