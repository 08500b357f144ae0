// Stands between the app and a service, at the HTTP level: counts every call, and can cut, fail or stop the app at one.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { listen } from "./listen.ts";

/**
 * What a fault does: answer a status without doing the work, cut the connection, run `kill` (the app dies) and cut, or
 * say nothing until the caller has had enough.
 */
export interface Fault {
  /** Which calls, by name, such as `blob PUT correspondence-state/requests`. */
  readonly step: RegExp;
  /** Before the service has done the work, or after it, when the answer is lost. */
  readonly phase: "before" | "after";
  readonly action: "cut" | "kill" | "silence" | { readonly status: number };
  /** Which of the matching calls: the first, by default. */
  readonly nth?: number;
  /** How many calls in a row from there; 1 by default. */
  readonly times?: number;
}

export interface HttpProxy {
  readonly url: string;
  /** Names of all calls so far, in the order in which they arrived. */
  readonly calls: string[];
  /** The app is dead: what it still calls is cut and not counted, and what is under way is done and not answered. */
  cut(): void;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Asked with the first call. */
  readonly target: () => string;
  /** The name of a call: what faults and counts know it by. */
  readonly nameOf: (method: string, url: URL) => string;
  /** The fault that this call meets, if any. */
  readonly faultAt: (name: string) => Fault | undefined;
  /** Stops the app's process. */
  readonly kill: () => void;
  /** Told when the service has done a call's work. */
  readonly onDone?: ((name: string) => void) | undefined;
  /** Told when a call is not answered. */
  readonly onSilence?: (() => void) | undefined;
}

export async function startProxy(options: ProxyOptions): Promise<HttpProxy> {
  const calls: string[] = [];
  let isCut = false;
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isCut) {
      request.socket.destroy();
      return;
    }
    const method = request.method ?? "GET";
    const target = new URL(options.target());
    const name = options.nameOf(method, new URL(request.url ?? "/", target));
    calls.push(name);
    const fault = options.faultAt(name);
    if (fault?.phase === "before") return meet(fault, request, response);
    const answer = await forward(request, target);
    options.onDone?.(name);
    if (!fault && !isCut) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, response);
      return;
    }
    answer.resume();
    await new Promise((resolve) => answer.on("end", resolve).on("close", resolve));
    await meet(fault ?? { action: "cut" }, request, response);
  }

  async function meet(
    { action }: Pick<Fault, "action">,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (action === "kill") options.kill();
    if (action === "kill" || action === "cut") {
      request.socket.destroy();
      return;
    }
    request.resume();
    if (action === "silence") return options.onSilence?.();
    response.writeHead(action.status, { "content-type": "text/plain" }).end();
  }

  async function forward(request: IncomingMessage, target: URL): Promise<IncomingMessage> {
    const outgoing = http.request({
      agent,
      host: target.hostname,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: request.headers,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("response", resolve).on("error", reject);
    });
    await Promise.all([pipeline(request, outgoing).catch(() => outgoing.destroy()), answered.catch(() => undefined)]);
    return answered;
  }

  const { url, close } = await listen(server);
  return {
    url,
    calls,
    cut: () => {
      isCut = true;
    },
    close: async () => {
      agent.destroy();
      await close();
    },
  };
}
