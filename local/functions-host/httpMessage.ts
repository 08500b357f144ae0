// HTTP requests and responses, turned into and from what the library exchanges with a host.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpCookie, HttpData, TypedData } from "./coreTypes.ts";

/** The body of a request, or why there is none. */
export type ReadBody =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "aborted" };

/** Reads a request's body, of at most `limit` bytes. Never rejects. */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return { kind: "tooLarge" };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > limit) return { kind: "tooLarge" };
      chunks.push(bytes);
    }
  } catch {
    return { kind: "aborted" };
  }
  return { kind: "read", bytes: Buffer.concat(chunks) };
}

/**
 * A request as the library takes it. Values of a header or query name that comes several times are joined by a comma.
 * X-Forwarded-For ends with who is connected, as Azure's front end has it.
 */
export function toHttpData(
  request: IncomingMessage,
  url: URL,
  parameters: Readonly<Record<string, string>>,
  body: Buffer,
): HttpData {
  const { remoteAddress, remotePort } = request.socket;
  const forwarded = [request.headers["x-forwarded-for"], `${remoteAddress}:${remotePort}`].flat();
  const told = { ...request.headers, "x-forwarded-for": forwarded.filter((value) => value !== undefined) };
  const headers = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, { value: Array.isArray(value) ? value.join(", ") : value }] as const],
  );
  const names = new Set(url.searchParams.keys());
  const query = [...names].map((name) => [name, { value: url.searchParams.getAll(name).join(",") }] as const);
  return {
    method: request.method ?? "GET",
    url: url.href,
    body: { bytes: body },
    nullableHeaders: Object.fromEntries(headers),
    nullableQuery: Object.fromEntries(query),
    nullableParams: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
  };
}

/** Answers with what a function returned: nothing is 204. */
export function sendResult(response: ServerResponse, result: TypedData | null | undefined): void {
  const http = result?.http;
  if (http === null || http === undefined) {
    sendStatus(response, 204);
    return;
  }
  response.statusCode = Number(http.statusCode ?? "200");
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    // Node frames the body itself; a wrong length or encoding from the app would break the connection.
    if (name !== "transfer-encoding" && name !== "content-length") response.setHeader(name, value);
  }
  const cookies = (http.cookies ?? []).map(formatCookie);
  if (cookies.length > 0) response.appendHeader("set-cookie", cookies);
  response.end(toBytes(http.body));
}

/** Answers with a status and no body. */
export function sendStatus(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}

function toBytes(body: TypedData | null | undefined): Uint8Array {
  return body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? "");
}

function formatCookie(cookie: HttpCookie): string {
  const sameSite = { lax: "Lax", strict: "Strict", explicitNone: "None" }[cookie.sameSite ?? ""];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.expires && `expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.maxAge && `max-age=${cookie.maxAge.value}`,
    cookie.domain && `domain=${cookie.domain.value}`,
    cookie.path && `path=${cookie.path.value}`,
    cookie.secure?.value === true && "secure",
    cookie.httpOnly?.value === true && "httponly",
    sameSite !== undefined && `samesite=${sameSite}`,
  ]
    .filter((part) => typeof part === "string")
    .join("; ");
}
