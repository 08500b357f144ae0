// What a route of the simulator is, and how a call is matched to one.

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parseHttpRoute } from "../httpRoute.ts";
import type { Answer } from "./answer.ts";

/** A call as a route sees it. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** For bodies that are streamed. */
  readonly request: IncomingMessage;
  /** Whose token it carries, where it needs one: the organisation that a client belongs to, or acts for. */
  readonly owner?: string;
  /** The whole body as text. */
  readText(): Promise<string>;
}

/** What is done at a route. */
export type Handle = (call: Call) => Answer | Promise<Answer>;

/** A method and a path with `{names}` in it, and what is done there. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handle;
  /** What the route is called in the log of calls and in faults: its path, within the API for those of Correspondence. */
  readonly name: string;
}

/** A route, named by its path. */
export function route(method: string, path: string, handle: Handle): Route {
  return { method, path, handle, name: path.replace(/^\/correspondence\/api\/v1/, "") };
}

/** A route that a call is for, with what stands for the names in its path. */
export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the first route that a method and a path are for. Paths count in any case, as those of the API do. */
export type Router = (method: string, path: string) => Matched | undefined;

/** A router of these routes. */
export function router(routes: readonly Route[]): Router {
  const parsed = routes.map((route) => ({ route, match: parseHttpRoute(route.path, "").match }));
  return (method, path) => {
    for (const { route, match } of parsed) {
      const params = route.method === method ? match(path) : undefined;
      if (params !== undefined) return { route, params };
    }
    return undefined;
  };
}
