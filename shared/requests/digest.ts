// What identifies a request's content: SHA-256 of its canonical JSON (RFC 8785).
import { createHash } from "node:crypto";
import { isObject } from "./json.ts";
import { traceNames } from "./names.ts";

/**
 * The canonical JSON of a JSON value: no white space, names sorted by UTF-16 units, numbers and strings as
 * ECMAScript writes them. Works on any depth (a message of 64 KiB can nest 32,000 deep) and never throws: a lone
 * surrogate, for which RFC 8785 has no form, is written as its escape.
 */
export function canonicalJson(value: unknown): string {
  return [...partsOf(value)].join("");
}

type Pending = string | { readonly value: unknown };

function* partsOf(value: unknown): Generator<string> {
  const pending: Pending[] = [{ value }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield typeof next === "string" ? next : beginningOf(next.value, pending);
  }
}

/** What a value begins with; what is in it, and its end, goes to what is pending. */
function beginningOf(value: unknown, pending: Pending[]): string {
  if (Array.isArray(value)) {
    pending.push("]");
    for (let index = value.length - 1; index >= 0; index--) {
      pending.push({ value: value[index] });
      if (index > 0) pending.push(",");
    }
    return "[";
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    pending.push("}");
    for (const [index, [name, field]] of [...fields.entries()].reverse()) {
      pending.push({ value: field }, `${index > 0 ? "," : ""}${JSON.stringify(name)}:`);
    }
    return "{";
  }
  return JSON.stringify(value) ?? "null";
}

/**
 * The digest of what a producer wrote, before defaults and before names are made canonical: 64 hex digits.
 * Two messages that differ in white space or in the order of fields have the same digest, and so have two that differ in
 * the trace that they belong to: who sends again what was sent does so in a trace of its own.
 */
export function requestDigest(value: unknown): string {
  const hash = createHash("sha256");
  // Part by part: the whole would stand in memory once more.
  for (const part of partsOf(withoutTrace(value))) hash.update(part, "utf8");
  return hash.digest("hex");
}

function withoutTrace(value: unknown): unknown {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !Object.hasOwn(traceNames, name.toLowerCase()));
  return Object.fromEntries(kept);
}
