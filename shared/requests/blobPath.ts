// Paths of blobs that a request may name: only inside the app's own containers, and only in one way to write each.

import { hasLoneSurrogate } from "./json.ts";

/** Azure's limit on a blob's name, in UTF-16 units. */
export const maxBlobPath = 1024;

/** Whether a text is a relative path without empty or dotted segments, backslashes, control characters or a scheme. */
export function isBlobPath(path: string): boolean {
  if (path.length > maxBlobPath || hasLoneSurrogate(path)) return false;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.includes("\\")) return false;
  for (let index = 0; index < path.length; index++) {
    const unit = path.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return false;
  }
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
