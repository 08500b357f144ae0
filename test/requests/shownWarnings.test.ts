// What a sender is told of a Markdown body that the inbox shows differently, and that good letters are left in peace.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";

const rulesOf = (body: string) =>
  shownWarnings(body).map(({ rule, message }) => [rule, /^Line (\d+) /.exec(message)?.[1]]);

describe("warnings of what the inbox shows", () => {
  // The body, the rule, the line, and the same written so that it stays.
  it.each([
    ["numberAtLineStart", 3, "Vedtak.\n\n12. mai kom svaret.", "Vedtak.\n\n\u206012. mai kom svaret."],
    ["numberAtLineStart", 4, "1. a\n2. b\n\n1986. Det var da.", "1. a\n2. b\n\n\u20601986. Det var da."],
    ["numberAtLineStart", 1, "12\\. mai kom svaret.", "\u206012. mai kom svaret."],
    ["numberAtLineStart", 1, "5. a\n6. b\n7. c", "1. a\n2. b\n3. c"],
    ["numberAtLineStart", 5, "1. a\n\nTekst\n\n2. b", "1. a\n\nTekst\n\n\u20602. b"],
    ["letterAtLineStart", 2, "Hilsen\nE. Hansen", "Hilsen\n\u2060E. Hansen"],
    ["letterAtLineStart", 1, "a) Første", "\u2060a) Første"],
    ["letterAtLineStart", 1, "iv. Fjerde", "\u2060iv. Fjerde"],
    ["signAtLineStart", 1, "\\- strek", "\u2060- strek"],
    ["signAtLineStart", 1, "\\# tall", "\u2060# tall"],
    ["signAtLineStart", 1, "&#45; strek", "\u2060- strek"],
    ["container", 1, "::: info\nboks\n:::", "\u2060::: info\nboks\n\u2060:::"],
    ["footer", 2, "Tekst\n^^ fot", "Tekst\n\u2060^^ fot"],
    ["definition", 2, "Begrep\n:   Forklaring", "Begrep: Forklaring"],
    ["abbreviation", 1, "*[EU]: Union", "\u2060*[EU]: Union"],
    ["gridTable", 1, "+---+\n| a |\n+===+\n| 1 |\n+---+", "| a |\n| --- |\n| 1 |"],
    ["cellBreak", 3, "| A | B |\n|---|---|\n| a<br>b | c |", "| A | B |\n|---|---|\n| a, b | c |"],
    ["struckOut", 1, "Vi ~~avslår~~ innvilger.", "Vi innvilger."],
    ["taskBox", 2, "- a\n- [x] ja", "- a\n- ☒ ja"],
    ["image", 1, "![bilde](https://etat.example.no/a.png)", "Se vedlegget."],
    ["braces", 1, "## Vedtak {navn} og mer", "## Vedtak \\{navn\\} og mer"],
    ["dollars", 1, "Feltet $x$ mangler.", "Feltet \\$x\\$ mangler."],
    ["doubledSigns", 1, "Dette er ++nytt++.", "Dette er \\+\\+nytt\\+\\+."],
    ["tilde", 1, "H~2~O", "H₂O"],
    ["raised", 1, "10 m<sup>2</sup>", "10 m²"],
    ["squareBrackets", 3, "# Vedtak\n\nSe [Vedtak].", "# Vedtak\n\nSe \\[Vedtak]."],
    ["footnote", 3, "Tekst[^1]\n\n[^1]: Fotnote om noe", "Tekst (1)\n\n1. Fotnote om noe"],
    ["underline", 2, "Hilsen\n--\nEtaten", "Hilsen\n\n--\nEtaten"],
    ["asterisks", 2, "Hei.\n**Merk!**Du må svare.", "Hei.\n**Merk**!Du må svare."],
    ["addressAtEnd", 1, "[nett](https://etat.example.no/søk)", "[nett](https://etat.example.no/s%C3%B8k)"],
    ["addressAtEnd", 1, "[nett](https://blåbær.example.no)", "[nett](https://xn--blbr-roah.example.no)"],
    ["linkNotKept", 1, "[ring](tel:+4722334455)", "ring 22 33 44 55"],
    ["frontMatter", 1, "---\ntittel: x\n---\n\nTekst", "\u2060---\ntittel: x\n\nTekst"],
    ["tooDeep", undefined, "> ".repeat(200), "> > a"],
  ])("has %s, of line %s: %j", (rule, line, body, instead) => {
    expect(rulesOf(body)).toEqual([[rule, line?.toString()]]);
    expect(shownWarnings(instead)).toEqual([]);
  });

  it("has none of what letters are made of", () => {
    const body = [
      "# Vedtak om støtte",
      "Vi viser til søknaden din av 12. mai 2026 (sak 2026/1234), jf. § 3-2.\nDu får **1 200 kr** i *engangsstønad*.",
      "## Slik går du fram",
      "1. Logg inn\n2. Velg skjema\n   - vedlegg\n   - kvittering\n3. Send inn",
      "- a\n- b\n\n- c",
      "| År | Beløp |\n|:---|---:|\n| 2025 | 1 200 |\n| 2026 | **300** |",
      "> Sitat fra loven",
      "Les mer på https://etat.example.no/sak?id=1&a=2 eller [her](https://etat.example.no), eller skriv til post@etat.example.no.",
      'Hei {{recipientName}}: "sitat", «sitat», 5 * 3 = 15, a_b, 50 %, C:\\mappe, R&D, 3 < 4, #12, [1], 10^4, kr 5,- og `kode`.',
      "---",
      "*[Rundskriv \\[3\\]: om frister](https://etat.example.no)*",
      "Hilsen  \nEtaten\\\nPostboks 1",
    ].join("\n\n");
    expect(shownWarnings(body)).toEqual([]);
  });

  it("are told once for each rule, with the other lines", () => {
    const body = Array.from({ length: 30 }, (_, index) => `Avsnitt\n\n${index + 2}. januar`).join("\n\n");
    const [warning, ...more] = shownWarnings(`${body}\n\n{x}`);
    expect(warning?.message).toMatch(/^Line 3 begins .* Also lines 7, 11, 15, [\d, ]+ and 9 more\.$/);
    expect(more.map(({ rule }) => rule)).toEqual(["braces"]);
  });

  it("say nothing of what the letter says", () => {
    const signs = [
      "*",
      "_",
      "~",
      "{",
      "}",
      "$",
      "[",
      "](tel:1)",
      "\n",
      "\n\n",
      "1. ",
      "a) ",
      "\\- ",
      "::: ",
      "| ",
      "++",
      "==",
    ];
    const part = fc.oneof(fc.constantFrom(...signs), fc.constant("Hemmelig"), fc.constant("01014900191. "));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(JSON.stringify(shownWarnings(parts.join("")))).not.toMatch(/hemmelig|01014900191/i);
      }),
    );
  });
});
