// Fonts that draw signs in the place of letters, and the signs of Unicode that say what they draw.
import { codePoint } from "dingbat-to-unicode";

const fonts = ["symbol", "webdings", "wingdings", "wingdings 2", "wingdings 3"];

/**
 * Signs that telephones draw, for newer ones of the same look. The micro sign has the look of a Greek letter, and is what
 * stands before units.
 */
const known = new Map([
  ["μ", "µ"],
  ["🗹", "☑"],
  ["🗷", "☒"],
  ["🗵", "☒"],
  ["🗶", "✗"],
  ["🗴", "✗"],
  ["🗸", "✓"],
  ["🞏", "☐"],
  ["🞐", "☐"],
  ["🞎", "☐"],
  ["🡪", "→"],
  ["🡨", "←"],
  ["🡩", "↑"],
  ["🡫", "↓"],
  ["🡺", "➔"],
  ["⚫", "●"],
  ["◼", "■"],
]);

/** Places 128 to 159 as the letters that Windows has there, which is how programs write them. */
const windows = new Map(
  Array.from({ length: 32 }, (_, index) => [
    new TextDecoder("windows-1252").decode(Uint8Array.of(128 + index)),
    128 + index,
  ]),
);

/** The font of signs that a style's or `<font>`'s list of families begins with; undefined for fonts of letters. */
export function symbolFont(families: string): string | undefined {
  const first = families.split(",")[0]?.replace(/["']/g, "").trim().toLowerCase();
  return fonts.find((font) => font === first);
}

/** The text as signs of Unicode; undefined for a sign that has none. White space stays. */
export function asSigns(text: string, font: string): readonly (string | undefined)[] {
  return [...text].map((sign) => {
    const code = sign.codePointAt(0) ?? 0;
    // Word writes the font's places in Unicode's area for private use. Outside of both, the font does not draw it.
    const place = windows.get(sign) ?? (code >= 0xf020 && code <= 0xf0ff ? code - 0xf000 : code);
    if (/\s/.test(sign) || place > 0xff) return sign;
    const found = codePoint(font, place)?.string;
    return found === undefined ? undefined : (known.get(found) ?? found);
  });
}
