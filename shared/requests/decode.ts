// From what the queue hands over to a JSON object: producers' SDKs differ in whether they base64 encode messages.
import { type JsonExcess, jsonExcess, mostLevels } from "../limits/jsonExcess.ts";
import { canonicalJson } from "./digest.ts";
import { isObject, type JsonObject } from "./json.ts";
import { binaryForm, textForm, valueForm } from "./messageForm.ts";
import { fromUtf8, isUtf8, textOf } from "./messageText.ts";
import type { Problem } from "./problem.ts";

/** Longer than any request that is wrapped, also thrice, in characters: each time it is in memory once more. */
const MOST_WRAPPED = 16_000_000;

/** From here on it is looked at how much bytes hold before they become text, which takes up to twice their memory. */
const LARGE = 1024 * 1024;

/** A message that can't be read. */
export interface Unreadable {
  readonly ok: false;
  /** What came, as text, for the dead letter. */
  readonly raw: string;
  /** What came, where no text in UTF-8 says it, or it is too much to be one: `raw` is then a makeshift. */
  readonly bytes?: Uint8Array;
  readonly problem: Problem;
}

/** A message read, or why it can't be. */
export type Decoded = { readonly ok: true; readonly value: JsonObject } | Unreadable;

/** More than twice nobody wraps a message by mistake; and each time it is read through once more. */
const MOST_WRAPPINGS = 3;

/**
 * Reads a queue message: an object that the host has parsed already, or text (or bytes) that is JSON, in UTF-8 or UTF-16,
 * with or without byte order mark and surrounding white space; as itself, in base64 or in a JSON string, also wrapped
 * twice. Never throws.
 */
export function decodeMessage(message: unknown): Decoded {
  if (message instanceof Uint8Array) return decodeBytes(message);
  if (typeof message === "string") return decodeText(message, message);
  if (isObject(message) && isTooDeep(message)) return refuse(canonicalJson(message), ...whatIsExcessive.levels);
  return accept(message, () => canonicalJson(message));
}

/** Bytes come from queues, blobs and files. Half-read characters must not go into a letter, nor into its identity. */
function decodeBytes(bytes: Uint8Array): Decoded {
  const excess = bytes.length > LARGE && isUtf8(bytes) ? jsonExcess(bytes) : undefined;
  if (excess !== undefined) return { ...refuse("", ...whatIsExcessive[excess]), bytes };
  const utf8 = fromUtf8(bytes);
  const text = isUtf8(bytes) ? utf8 : (textOf(bytes) ?? utf8);
  const raw = utf8 ?? Buffer.from(bytes).toString("utf8");
  const form = binaryForm(bytes);
  const decoded =
    text === undefined || form !== undefined
      ? refuse(raw, "encoding", form ?? "It is not UTF-8. Write the JSON in UTF-8.")
      : decodeText(text, raw);
  return decoded.ok || utf8 !== undefined ? decoded : { ...decoded, bytes };
}

function decodeText(text: string, raw: string): Decoded {
  let inner = trim(text);
  if (inner === "") return refuse(raw, "empty", "The message is empty. Put a JSON object on the queue.");
  let wrapping = "";
  for (let wrappings = 0; ; wrappings++) {
    const excess = /^[{[]/.test(inner) ? jsonExcess(inner) : undefined;
    if (excess !== undefined) return refuse(raw, ...whatIsExcessive[excess]);
    const direct = parse(inner);
    if (direct !== undefined && isObject(direct.value)) return accept(direct.value, () => raw);
    const wrapped = wrappings < MOST_WRAPPINGS ? unwrap(inner, direct?.value) : undefined;
    if (wrapped?.kind === "text") {
      inner = wrapped.text;
      wrapping = ` (inside ${wrapped.wrapping})`;
    } else if (direct !== undefined) return accept(direct.value, () => raw);
    else {
      const notBase64 = /^[{[<]/.test(inner) ? "" : ", and not base64 of it";
      const form = wrapped?.form ?? textForm(inner);
      return refuse(raw, "json", `The message is not JSON${wrapping || notBase64}. ${form}`);
    }
  }
}

type Unwrapped =
  | { readonly kind: "text"; readonly text: string; readonly wrapping: string }
  /** It is wrapped, but what comes out is no text. */
  | { readonly kind: "binary"; readonly form: string };

/** What a JSON string or base64 holds; undefined for what is neither, as words and numbers that only look like base64. */
function unwrap(text: string, value: unknown): Unwrapped | undefined {
  if (typeof value === "string") {
    if (value.length > MOST_WRAPPED) return undefined;
    return seemsMessage(trim(value), MOST_WRAPPINGS)
      ? { kind: "text", text: trim(value), wrapping: "a JSON string" }
      : undefined;
  }
  const bytes = bytesOfBase64(text);
  if (bytes === undefined) return undefined;
  const inner = trim(textOf(bytes) ?? "");
  if (seemsMessage(inner, MOST_WRAPPINGS)) return { kind: "text", text: inner, wrapping: "base64" };
  const form = binaryForm(bytes);
  return form === undefined ? undefined : { kind: "binary", form };
}

/** Whether a text begins as JSON does, or is JSON, or base64 of such a text. */
function seemsMessage(text: string, depth: number): boolean {
  if (/^[{["]/.test(text) || parse(text) !== undefined) return true;
  const bytes = depth === 0 ? undefined : bytesOfBase64(text);
  return bytes !== undefined && seemsMessage(trim(textOf(bytes) ?? ""), depth - 1);
}

function accept(value: unknown, raw: () => string): Decoded {
  if (!isObject(value)) {
    return refuse(raw(), "object", `The message is JSON, but not an object. ${valueForm(value)}`);
  }
  return { ok: true, value };
}

const whatIsExcessive: Readonly<Record<JsonExcess, readonly [rule: string, message: string]>> = {
  levels: ["depth", `The message is nested more than ${mostLevels} levels deep. No request needs that.`],
  values: ["size", "The JSON has more values than any request. Spread the recipients over several requests."],
  text: [
    "size",
    "The JSON has more text than any request. Put files and pictures into attachments, and spread the recipients over several requests.",
  ],
};

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

function bytesOfBase64(text: string): Uint8Array | undefined {
  if (text.length > MOST_WRAPPED) return undefined;
  const compact = text.replace(/[\r\n\t ]+/g, "");
  // The first sign that is none of its alphabet is looked for: to match the others takes memory for each of them.
  const end = compact.search(/[^A-Za-z0-9+/]/);
  const isBase64 = end < 0 ? compact !== "" : end > 0 && /^={1,2}$/.test(compact.slice(end));
  if (!isBase64 || compact.length % 4 === 1) return undefined;
  return Buffer.from(compact, "base64");
}

/** Of what a host has parsed; texts are looked at before. */
function isTooDeep(value: unknown): boolean {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    if (next.depth > mostLevels) return true;
    for (const child of Object.values(next.value)) pending.push({ value: child, depth: next.depth + 1 });
  }
  return false;
}
