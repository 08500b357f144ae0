// What the app writes for HTML and plain text, as the inbox renders what Altinn makes of it: the same text.
import fc from "fast-check";
import { expect, it } from "vitest";
import { inboxHtml } from "../../local/inboxBody.ts";
import { convertBody } from "../../shared/requests/body/convertBody.ts";
import { shown } from "../../shared/requests/shown/shown.ts";

/** The text of a page, without what is not seen: white space, and the signs that hold others together. */
function textOf(html: string): string {
  const signs: Readonly<Record<string, string>> = {
    "&#x3C;": "<",
    "&#x26;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
  };
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:#x\w+|\w+);/g, (sign) => signs[sign] ?? sign)
    .replace(/[\s\u2060]+/g, "");
}

it("is read as it was written: lines of letters, with all signs that mean something to Markdown", () => {
  const words = [
    "Vedtak",
    "av",
    "12. mai",
    "kr 1 200",
    "§ 3-2",
    "E. Hansen",
    "a)",
    "iv.",
    "2026.",
    "«sitat»",
    "Ring",
    "é",
  ];
  const signs = [
    "*",
    "**x**",
    "_a_",
    "~~x~~",
    "H~2~O",
    "^",
    "$x$",
    "{navn}",
    "++",
    "==",
    '""',
    "::",
    ":::",
    "|",
    "#",
    ">",
    "-",
    "--",
    "+",
    "\\",
    "`x`",
    "[x]",
    "[^1]",
    "<b>",
    "&amp;",
    "!",
  ];
  const line = fc
    .array(fc.constantFrom(...words, ...signs), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(" "));
  const letter = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join("\n\n"));
  const asHtml = (text: string) =>
    `<p>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n\n", "</p><p>")}</p>`;
  fc.assert(
    fc.property(letter, (text) => {
      for (const converted of [convertBody(text, "text"), convertBody(asHtml(text), "html")]) {
        const inbox = converted.ok ? inboxHtml(shown(converted.markdown)) : "";
        expect(textOf(inbox)).toBe(text.replace(/\s+/g, ""));
      }
    }),
    { numRuns: 100 },
  );
});
