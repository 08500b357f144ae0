// Blob index tags: the values Azure allows, and conditions to find them by.
import { createHash } from "node:crypto";

/** Letters, digits, space and `+ - . / : = _`, at most 256 (Azure: "Manage and find data with blob index tags"). */
const ALLOWED = /^[A-Za-z0-9 +\-./:=_]{1,256}$/;

/** A text as a tag value: itself where Azure allows that, else base64url with a mark in front, else its hash. */
export function tagValue(text: string): string {
  if (ALLOWED.test(text) && !text.startsWith("b64:") && !text.startsWith("sha256:")) return text;
  const coded = `b64:${Buffer.from(text, "utf8").toString("base64url")}`;
  return coded.length <= 256 ? coded : `sha256:${sha256(text)}`;
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A condition on a tag, for Find Blobs by Tags. */
export function whereTag(key: string, operator: "=" | "<" | "<=" | ">" | ">=", value: string): string {
  return `"${key}" ${operator} '${value}'`;
}
