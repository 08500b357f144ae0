// How much a JSON text holds, told before it is parsed: a text of brackets stands for fifty times its own memory.

/** Deeper than any request, and shallow enough for everything that walks over one. */
export const mostLevels = 64;

/** Lists, objects and what stands in them: 10,000 recipients and all else that a request can hold have fewer. */
const mostValues = 50_000;

/** All texts and names together, in bytes: the longest body in escapes, and a third of it for all else. */
const mostText = 8_000_000;

/** In what a text holds more than any request. */
export type JsonExcess = "levels" | "values" | "text";

/**
 * What a text has too much of, if it is JSON; undefined for one that may be parsed. In one pass, with no memory; whether it
 * is JSON at all is not looked at. A text in quotes that stands by itself may be of any length: a message can be wrapped.
 *
 * @param written in UTF-8, if it is bytes
 */
export function jsonExcess(written: string | Uint8Array): JsonExcess | undefined {
  const bytes =
    typeof written === "string"
      ? Buffer.from(written)
      : Buffer.from(written.buffer, written.byteOffset, written.byteLength);
  let level = 0;
  let values = 0;
  let text = 0;
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at];
    if (sign === quote) {
      const end = endOfString(bytes, at);
      if (level > 0) text += end - at;
      if (text > mostText) return "text";
      at = end;
    } else if (sign === openBracket || sign === openBrace) {
      values++;
      if (++level > mostLevels) return "levels";
    } else if (sign === closeBracket || sign === closeBrace) level--;
    else if (sign === comma) values++;
    if (values > mostValues) return "values";
  }
  return undefined;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where a string that begins at `start` has its closing quote; the length of all if it has none. */
function endOfString(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(quote, start + 1); end >= 0; end = bytes.indexOf(quote, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length;
}
