// Which errand a message, a reference or a mark is of.

/** A message as it reads, where it may be base64 of that. */
export function plainText(text: string): string {
  return isBase64(text) ? Buffer.from(text, "base64").toString() : text;
}

/** True of a message that was dropped as base64. */
export function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]+=*$/.test(text);
}

/** The number of the errand that a text is of: ids, references and marks have it. */
export function errandOf(text: string): string {
  const readable = plainText(text);
  return /(?:reference-|request-|missing-|garbage )(\d+)/.exec(readable)?.[1] ?? /(\d+)/.exec(readable)?.[1] ?? "";
}
