// From bytes to text: UTF-8, or UTF-16 as .NET's Encoding.Unicode writes it.

/** The text that bytes hold; undefined where they are neither. A byte order mark stays. */
export function textOf(bytes: Uint8Array): string | undefined {
  return decoded(bytes, encodingOf(bytes));
}

/** Whether bytes are UTF-8, if they are text at all. */
export function isUtf8(bytes: Uint8Array): boolean {
  return encodingOf(bytes) === "utf-8";
}

/** The text of bytes in UTF-8; undefined for others. A byte order mark stays. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  return decoded(bytes, "utf-8");
}

// JSON begins with a character of ASCII: in UTF-16 one of the first two bytes is then zero, and in UTF-8 none.
function encodingOf(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  if (first === undefined || second === undefined) return "utf-8";
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? "utf-16be" : "utf-8";
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
