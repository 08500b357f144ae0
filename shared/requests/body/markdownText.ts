// Text on its way into Markdown, so that each of its signs is still itself when Altinn has read it and written it anew.

/**
 * U+2060: not seen, and neither white space nor punctuation to any reader. Altinn leaves it where it is, while it drops the
 * backslashes that protect all but `*` and `_`: what was escaped then counts for whoever reads next.
 */
export const joiner = "\u2060";

/** Where a text stands, as far as it decides which signs mean anything. */
export interface TextPlace {
  /** Nothing stands before it on its line. */
  readonly isLineStart: boolean;
  readonly isInCell: boolean;
  /** In the text of a link Altinn escapes brackets, and nothing else. */
  readonly isInLink: boolean;
  /** Whether signs of this kind could pair up in the paragraph, with what they hold between them. */
  readonly pairs: { readonly backtick: boolean; readonly tilde: boolean };
}

// What would begin a list, heading, quotation, table, definition, container, figure, fence, footnote or underline.
const opening = /^(?:[-+#>|:=~`^[]|(?:\d+|[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+)[.)](?=\s|$))/;

const signs = new RegExp(
  [
    // The recipient's name, which Altinn fills in, must stand as it is.
    "\\{\\{\\w+\\}\\}",
    // A backslash escapes what stands behind it, also the line's end.
    "\\\\(?=[!-/:-@[-`{-~]|$)",
    // Tags and addresses.
    "<(?=\\S|$)",
    "&(?=#?[A-Za-z0-9]+;)",
    // Attributes, which Altinn takes out of a heading even behind a backslash.
    "\\{",
    // Formulas, raised text, and the names of headings, which Altinn makes links of.
    "[$^[]",
    "[*`~|]",
    // None is one within a word.
    "(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])",
    // The end of a link's text.
    "\\]\\(?",
    // Marked, inserted, cited and contained text.
    '([=+":])\\1+',
    // Addresses that would become links, and lose their scheme.
    "(?<=\\b(?:ftp|tel)):",
  ].join("|"),
  "giu",
);

/** The text as Markdown: with backslashes where they are enough, and otherwise held together by what is not seen. */
export function protectText(value: string, place: TextPlace): string {
  const written = value.replace(signs, (sign) => protectSign(sign, place));
  return place.isLineStart && opening.test(value) ? joiner + written : written;
}

function protectSign(sign: string, { isInCell, isInLink, pairs }: TextPlace): string {
  if (sign.startsWith("{{")) return sign;
  // Altinn hands those on as they are written: whoever shows the letter reads them, and only as text.
  const reference = `&amp;#${sign.charCodeAt(0)};`;
  if (sign === "`") return pairs.backtick ? reference : sign;
  if (sign === "~") return pairs.tilde ? reference : sign;
  if (sign === "*" || sign === "_") return isInLink ? reference : `\\${sign}`;
  if (sign === "|") return isInCell ? "\\|" : sign;
  if (sign.startsWith("]")) return (isInLink ? "\\]" : "]") + (sign === "](" ? `${joiner}(` : "");
  if (["\\", "{", "<", "&"].includes(sign)) return sign + joiner;
  return [...sign].map((one) => `\\${one}`).join("");
}

/** An address as Markdown takes it and Altinn leaves it: in ASCII, with percent signs for all that could be markup. */
export function protectUrl(url: string): string {
  return url.replace(/[^!#$%&*+,\-./0-9:;=?@A-Z_a-z~']/gu, percent).replace(/&(#?[A-Za-z0-9]+);/g, "&$1%3B");
}

function percent(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
