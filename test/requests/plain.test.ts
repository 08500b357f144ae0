// Bodies that are not read because they are plain: whatever counts as that has nothing to be warned of.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlain } from "../../shared/requests/shown/plain.ts";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";

const PLAIN = [
  "Tekst",
  "# Vedtak om tilskudd\n\nSøknaden er **innvilget**. Beløpet utbetales innen 2 uker.\n\nDette er et eksempel.",
  "**Viktig**\r\nHei {{recipientName}}, svar innen 1.12.2030: se § 5 i loven!",
];

describe("isPlain", () => {
  it.each(PLAIN)("takes %j", (body) => expect(isPlain(body)).toBe(true));

  it.each([
    "1. a",
    "a. b",
    "- a",
    "a | b",
    "se www.example.com",
    "https://example.com",
    "<b>a</b>",
    "a\n    b",
    "a\n===",
  ])("leaves %j to be read", (body) => expect(isPlain(body)).toBe(false));

  it("takes nothing that there is something to warn of", () => {
    const pieces = [
      ...["ord", "Ære", "a", "i", "iv", "1", "12", "2030", "www", "http", "mailto", "no", "name", "{{recipientName}}"],
      ...[
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        ".",
        ". ",
        ".",
        "..",
        ",",
        ": ",
        ":",
        ";",
        "!",
        "?",
        "/",
        "//",
      ],
      ...[
        "**",
        "**ord**",
        "**to ord**",
        "*",
        "#",
        "# ",
        "### ",
        "-",
        "- ",
        "--",
        "–",
        "'",
        '"',
        "%",
        "§",
        "«",
        "»",
        ")",
        "(c)",
      ],
    ];
    let plain = 0;
    const body = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(body, (text) => {
        if (!isPlain(text)) return;
        plain += 1;
        expect(shownWarnings(text)).toEqual([]);
      }),
      { numRuns: 6_000 },
    );
    expect(plain).toBeGreaterThan(50);
  });
});
