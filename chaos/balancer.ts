// The one address of the app's webhook: hands Altinn's events to the instances in turn, as Azure's front end does.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

export interface Balancer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where an instance listens from now on; undefined while it does not. */
  setTarget(instance: number, url: string | undefined): void;
  close(): Promise<void>;
}

/** A call that finds no instance, or one that dies meanwhile, is answered 502. */
export async function startBalancer(): Promise<Balancer> {
  const targets = new Map<number, string>();
  let turn = 0;
  const server = createServer(async (request, response) => {
    const urls = [...targets.values()];
    const target = urls[turn++ % Math.max(urls.length, 1)];
    try {
      if (target === undefined) throw new Error("No instance listens");
      const answer = await fetch(`${target}${request.url}`, {
        method: request.method ?? "GET",
        headers: { "content-type": request.headers["content-type"] ?? "" },
        body: await text(request),
      });
      response.writeHead(answer.status).end(await answer.text());
    } catch {
      response.writeHead(502).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The balancer has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    setTarget(instance, url) {
      if (url === undefined) targets.delete(instance);
      else targets.set(instance, url);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
