// What the proxies call the calls that go through them: faults and counts name them so.

export function nameOfBlobCall(method: string, url: URL): string {
  const [, , container = "", ...path] = url.pathname.split("/");
  const folder = path[0]?.replace(/[0-9a-f]{8}-?[0-9a-f-]{20,}/g, "*");
  const what = url.searchParams.get("comp") ?? url.searchParams.get("restype");
  return `blob ${method} ${container}${folder === undefined ? "" : `/${folder}`}${what ? ` (${what})` : ""}`;
}

export function nameOfQueueCall(method: string, url: URL): string {
  return `queue ${method} ${url.pathname.split("/")[2] ?? ""}`;
}

export function nameOfAltinnCall(method: string, url: URL): string {
  if (url.pathname.startsWith("/maskinporten/")) return `maskinporten ${method} ${url.pathname.split("/").at(-1)}`;
  const path = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}");
  return `altinn ${method} ${path}`;
}
