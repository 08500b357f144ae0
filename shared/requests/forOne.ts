// A request to many as the request to one of them, which is how each of its letters is checked again and kept.
import { isObject, items, type JsonObject } from "./json.ts";
import { withCanonicalNames } from "./names.ts";
import { canonicalRecipient } from "./recipients.ts";

interface Many {
  readonly request: JsonObject;
  /** As they are written, by their canonical form. */
  readonly recipients: ReadonlyMap<string, string>;
}

/** Read once for all letters of a request: it stays the same object in memory. */
const known = new WeakMap<JsonObject, Many>();

/** The request as this one recipient's: of the others nothing is kept with it, nor looked at again. */
export function forOne(request: unknown, recipient: string): unknown {
  if (!isObject(request)) return request;
  const many = known.get(request) ?? readMany(request);
  if (many === undefined) return request;
  known.set(request, many);
  return { ...many.request, recipients: [many.recipients.get(canonicalRecipient(recipient)) ?? recipient] };
}

function readMany(request: JsonObject): Many | undefined {
  const named = withCanonicalNames(request);
  if (!isObject(named) || items(named.recipients).length < 2) return undefined;
  const recipients = new Map<string, string>();
  for (const written of items(named.recipients)) {
    if (typeof written !== "string") continue;
    const canonical = canonicalRecipient(written);
    if (!recipients.has(canonical)) recipients.set(canonical, written);
  }
  return { request: named, recipients };
}
