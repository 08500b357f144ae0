// What identifies a request's content: SHA-256 of its canonical JSON (RFC 8785).
import { createHash } from "node:crypto";

/**
 * The canonical JSON of a JSON value: no white space, names sorted by UTF-16 units, numbers and strings as
 * ECMAScript writes them. Works on any depth (a message of 64 KiB can nest 32,000 deep) and never throws: a lone
 * surrogate, for which RFC 8785 has no form, is written as its escape.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  const pending: (string | { readonly value: unknown })[] = [{ value }];
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === undefined) break;
    if (typeof next === "string") parts.push(next);
    else push(next.value, parts, pending);
  }
  return parts.join("");
}

function push(value: unknown, parts: string[], pending: (string | { readonly value: unknown })[]): void {
  if (Array.isArray(value)) {
    parts.push("[");
    pending.push("]");
    for (let index = value.length - 1; index >= 0; index--) {
      pending.push({ value: value[index] });
      if (index > 0) pending.push(",");
    }
    return;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    parts.push("{");
    pending.push("}");
    for (const [index, [name, field]] of [...fields.entries()].reverse()) {
      pending.push({ value: field }, `${index > 0 ? "," : ""}${JSON.stringify(name)}:`);
    }
    return;
  }
  parts.push(JSON.stringify(value) ?? "null");
}

/**
 * The digest of what a producer wrote, before defaults and before names are made canonical: 64 hex digits.
 * Two messages that differ in white space or in the order of fields have the same digest.
 */
export function requestDigest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");
}
