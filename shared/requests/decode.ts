// From what the queue hands over to a JSON object: producers' SDKs differ in whether they base64 encode messages.
import { canonicalJson } from "./digest.ts";
import { isObject, type JsonObject } from "./json.ts";
import type { Problem } from "./problem.ts";

/** Deeper than any request, and shallow enough for everything that walks over one. */
const maxDepth = 64;

/** A request of 10,000 recipients and the longest body has fewer. Those within texts count too. */
const MOST_COMMAS = 300_000;

/** A message that can't be read. */
export interface Unreadable {
  readonly ok: false;
  /** What came, as text, for the dead letter. */
  readonly raw: string;
  /** What came, where no text in UTF-8 says it: `raw` is then a makeshift. */
  readonly bytes?: Uint8Array;
  readonly problem: Problem;
}

/** A message read, or why it can't be. */
export type Decoded = { readonly ok: true; readonly value: JsonObject } | Unreadable;

/**
 * Reads a queue message: an object that the host has parsed already, or text (or bytes) that is JSON or base64 of
 * JSON, in UTF-8, with or without byte order mark and surrounding white space. Never throws.
 */
export function decodeMessage(message: unknown): Decoded {
  if (message instanceof Uint8Array) return decodeBytes(message);
  if (typeof message === "string") return decodeText(message);
  return accept(message, () => canonicalJson(message));
}

/** Bytes come from blobs and files. Half-read characters must not go into a letter, nor into its identity. */
function decodeBytes(bytes: Uint8Array): Decoded {
  const text = fromUtf8(bytes);
  if (text !== undefined) return decodeText(text);
  const problem = "It is not UTF-8. Write the JSON in UTF-8.";
  return { ...refuse(Buffer.from(bytes).toString("utf8"), "encoding", problem), bytes };
}

function decodeText(raw: string): Decoded {
  const trimmed = trim(raw);
  if (hasTooManyParts(trimmed)) {
    return refuse(
      raw,
      "size",
      "The JSON has more values than any request. Spread the recipients over several requests.",
    );
  }
  if (trimmed === "") return refuse(raw, "empty", "The message is empty. Put a JSON object on the queue.");
  const direct = parse(trimmed);
  if (direct !== undefined && isObject(direct.value)) return accept(direct.value, () => raw);
  const decoded = fromBase64(trimmed);
  const inner = decoded === undefined ? undefined : parse(trim(decoded));
  if (inner !== undefined) return accept(inner.value, () => raw);
  if (direct !== undefined) return accept(direct.value, () => raw);
  return refuse(
    raw,
    "json",
    "The message is not JSON, and not base64 of JSON in UTF-8. Put a JSON object on the queue.",
  );
}

function accept(value: unknown, raw: () => string): Decoded {
  if (!isObject(value)) {
    return refuse(raw(), "object", "The message is JSON, but not an object. A request is a JSON object.");
  }
  if (isTooDeep(value)) {
    return refuse(raw(), "depth", `The message is nested more than ${maxDepth} levels deep. No request needs that.`);
  }
  return { ok: true, value };
}

function refuse(raw: string, rule: string, message: string): Unreadable {
  return { ok: false, raw, problem: { path: "", rule, message } };
}

function trim(text: string): string {
  return text.replace(/^[\uFEFF\s]+/, "").trimEnd();
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n\t ]+/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.length % 4 === 1) return undefined;
  return fromUtf8(Buffer.from(compact, "base64"));
}

function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Before it is parsed: millions of small values take many times the memory of their text. */
function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (let at = text.indexOf(","); at >= 0 && parts <= MOST_COMMAS; at = text.indexOf(",", at + 1)) parts++;
  return parts > MOST_COMMAS;
}

function isTooDeep(value: unknown): boolean {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    if (next.depth > maxDepth) return true;
    for (const child of Object.values(next.value)) pending.push({ value: child, depth: next.depth + 1 });
  }
  return false;
}
