// What a route of the simulator is, and how a call is matched to one.

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";

/** A call as a route sees it. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** For bodies that are streamed. */
  readonly request: IncomingMessage;
  /** The whole body as text. */
  readText(): Promise<string>;
}

/** A method and a path with `{names}` in it, and what is done there. */
export interface Route {
  readonly method: string;
  /** What the route is called in the log of calls and in faults. */
  readonly name: string;
  readonly path: string;
  handle(call: Call): Promise<Answer>;
}

/** The route of a call, with what stands for the names in its path. Paths of the API count in any case. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Record<string, string> } | undefined {
  const given = path.replace(/\/$/u, "").split("/");
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path.replace(/\/$/u, "").split("/"), given) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchPath(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const actual = given[index] ?? "";
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = decode(actual);
    else if (segment.toLowerCase() !== actual.toLowerCase()) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
