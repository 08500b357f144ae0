// Text that others have written, as it is printed: what would steer a terminal, or hide in a line, is shown and not sent.
// Ids, references and file names are theirs to choose, and an escape sequence in one can do more than move a cursor.

/** Characters that control, format or separate, and are not seen: escapes, C1, changes of direction, joiners, line ends. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text for one line. An escape character becomes `\u{1b}`, and a line feed `\u{a}`. */
export function shown(text: string): string {
  return text.replace(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

/** A text of several lines, which stay lines. */
export function shownLines(text: string): string {
  return text.split("\n").map(shown).join("\n");
}

/** A value as JSON that says the same and can be printed; indented by `indent` spaces. */
export function shownJson(value: unknown, indent = 0): string {
  const written = JSON.stringify(value, null, indent) ?? "undefined";
  // Outside of texts there is none of them, save the line feeds of the indentation.
  return written.replace(UNSEEN, (sign) => (sign === "\n" ? sign : inJson(sign)));
}

/** As JSON writes a character by its code: a large one by two. */
function inJson(sign: string): string {
  const units = Array.from({ length: sign.length }, (_, index) => sign.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
