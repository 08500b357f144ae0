// HTTP triggers: a server on the loopback address that finds the function of a request and checks its key.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { type HttpRoute, parseHttpRoute } from "../httpRoute.ts";
import { isSameSecret } from "../sameSecret.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import { readBody, sendResult, sendStatus, toHttpData } from "./httpMessage.ts";
import type { Invoker } from "./invocation.ts";

/** An HTTP function and what it answers to. */
export interface HttpFunction {
  readonly registered: RegisteredFunction;
  readonly binding: string;
  readonly route: HttpRoute;
  /** In upper case. */
  readonly methods: readonly string[];
  readonly anonymous: boolean;
}

/** A running server. */
export interface HttpServer {
  readonly url: string;
  /** Takes no more requests; resolves when those that run have been answered. */
  close(): Promise<void>;
  /** Cuts the connections that are left. */
  cut(): void;
}

/** The most that Azure takes in a request by default. */
export const MAXIMUM_BODY_BYTES = 100 * 1024 * 1024;

const bindingSchema = z.looseObject({
  name: z.string(),
  route: z.string().optional(),
  methods: z.array(z.string().toUpperCase()).default(["GET", "POST"]),
  authLevel: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["anonymous", "function", "admin"]))
    .default("function"),
});

/** Reads an httpTrigger binding. `resolve` replaces `%NAME%`. Throws an Error for a route that it can't read. */
export function parseHttpFunction(
  registered: RegisteredFunction,
  binding: unknown,
  routePrefix: string,
  resolve: (text: string) => string,
): HttpFunction {
  const { name, route, methods, authLevel } = bindingSchema.parse(binding);
  return {
    registered,
    binding: name,
    route: parseHttpRoute(resolve(route ?? registered.metadata.name), routePrefix),
    methods,
    anonymous: authLevel === "anonymous",
  };
}

/** What the server needs. */
export interface HttpServerOptions {
  /** 0 means a free one. */
  readonly port: number;
  /** In the order in which routes are tried. */
  readonly functions: readonly HttpFunction[];
  readonly invoker: Invoker;
  /** The key of functions that are not anonymous; without one they are open, as in Azure's own tools for local runs. */
  readonly functionKey: string | undefined;
  readonly maximumBodyBytes?: number;
}

/** Starts the server on 127.0.0.1. Rejects with an Error that names the port when it is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let closing = false;
  const server = createServer((request, response) => {
    // A connection that is kept alive becomes idle after its answer, and would keep the server from closing.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
    handle(request, response, options).catch(() => {
      if (!response.headersSent) sendStatus(response, 500);
      else response.destroy();
    });
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      return closed;
    },
    cut: () => server.closeAllConnections(),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const problem = error.code === "EADDRINUSE" ? "is taken by another program" : `can't be used: ${error.message}`;
      reject(new Error(`Port ${port} of 127.0.0.1 ${problem}.`));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const host = request.headers.host ?? "127.0.0.1";
  const address = `http://${host}${request.url ?? "/"}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return sendStatus(response, 400);
  const found = find(options.functions, request.method ?? "GET", url.pathname);
  if (found === undefined) return refuse(request, response, 404);
  const { httpFunction, parameters } = found;
  if (!httpFunction.anonymous && !hasKey(request, url, options.functionKey)) return refuse(request, response, 401);

  const body = await readBody(request, options.maximumBodyBytes ?? MAXIMUM_BODY_BYTES);
  if (body.kind === "tooLarge") return refuse(request, response, 413);
  if (body.kind === "aborted") return;
  const data = { http: toHttpData(request, url, parameters, body.bytes) };
  const trigger = { name: httpFunction.binding, data };
  const outcome = await options.invoker.invoke(httpFunction.registered, trigger, `${request.method} request`);
  if (outcome.kind === "failed") sendStatus(response, 500);
  else sendResult(response, outcome.response.returnValue);
}

function find(functions: readonly HttpFunction[], method: string, path: string) {
  for (const httpFunction of functions) {
    const parameters = httpFunction.methods.includes(method) ? httpFunction.route.match(path) : undefined;
    if (parameters !== undefined) return { httpFunction, parameters };
  }
  return undefined;
}

/** Answers without reading the body, and closes the connection so that the rest of it need not be read either. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined) {
    response.setHeader("connection", "close");
    request.resume();
  }
  sendStatus(response, status);
}

function hasKey(request: IncomingMessage, url: URL, key: string | undefined): boolean {
  if (key === undefined) return true;
  const header = request.headers["x-functions-key"];
  const given = (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get("code");
  return given !== null && isSameSecret(given, key);
}
