// What keeps the simulator's own pages to whoever sits at this machine: another site that is open in the same browser can
// neither read nor change anything here.

import type { IncomingHttpHeaders } from "node:http";

/** True for the names of routes that are not Altinn's: they are not counted, and nothing misbehaves in them. */
export function isOwnRoute(name: string): boolean {
  return name.startsWith("/_");
}

/** The headers of every answer that is not Altinn's. */
export const ownHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/iu;

/**
 * Whether a call to a route of that name comes from another site. Programs send none of these headers, save Host, and are
 * let in: they run on this machine.
 */
export function isFromElsewhere(name: string, headers: IncomingHttpHeaders): boolean {
  const { host = "", origin } = headers;
  // A name that its owner has made to point here would make that site's pages ours.
  if (!LOOPBACK.test(host)) return true;
  if (name.startsWith("/_page")) return false;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase()) return true;
  const site = headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}
