// A server that answers bytes, for answers that no HTTP library would send.
import { createServer, type Socket } from "node:net";
import { portOf } from "../altinn/peer.ts";

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  /** The bytes that callers have sent, all of them, as text. */
  received(): string;
  /** The most bytes that were taken off its hands for one answer. */
  mostSent(): number;
}

/** How to answer one request, whose head has been read. */
export type Behaviour = (socket: Socket) => void;

export async function startRawServer(behave: Behaviour): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let received = "";
  let mostSent = 0;
  const server = createServer((socket) => {
    let head = "";
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      mostSent = Math.max(mostSent, socket.bytesWritten);
      sockets.delete(socket);
    });
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const isAnswered = head.includes("\r\n\r\n");
      head += chunk.toString("latin1");
      if (!isAnswered && head.includes("\r\n\r\n")) behave(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received: () => received,
    mostSent: () => Math.max(mostSent, ...[...sockets].map(({ bytesWritten }) => bytesWritten)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers these bytes and closes. */
export function answering(...parts: readonly (string | Uint8Array)[]): Behaviour {
  return (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };
}

/** Answers a status, headers and a body, with the length that it has. */
export function answeringWith(
  status: number,
  body: string | Uint8Array,
  headers = "content-type: application/json",
): Behaviour {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} X\r\n${headers}\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return answering(head, bytes);
}

/** Begins with `start`, and then repeats `part` for as long as the caller takes it. */
export function answeringForEver(start: string, part: string | Uint8Array): Behaviour {
  return (socket) => {
    const write = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on("drain", write);
    socket.write(start);
    write();
  };
}

/** Begins with `start`, and then brings `part` every few milliseconds. */
export function trickling(start: string, part: string): Behaviour {
  return (socket) => {
    const timer = setInterval(() => socket.write(part), 5);
    socket.on("close", () => clearInterval(timer));
    socket.write(start);
  };
}
