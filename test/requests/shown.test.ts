// The model of what the inbox is given, against what Altinn's own code gave.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likeness } from "../../shared/requests/shown/likeness.ts";
import { shown } from "../../shared/requests/shown/shown.ts";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";
import pairs from "../recorded/bodies.json" with { type: "json" };

const squeezed = (text: string): string => text.replace(/\s+/g, "");
const wrong = pairs.filter((pair) => squeezed(shown(pair.body)) !== squeezed(pair.shown));

describe("what the inbox is given", () => {
  it("is what Altinn gave for the recorded bodies, white space aside", () => {
    expect(wrong).toEqual([]);
  });

  it("is as good as the preview says", () => {
    expect(likeness).toEqual({ pairs: pairs.length, right: pairs.length - wrong.length });
  });

  it.each([
    ["a point of its own list after a list of numbers", "1. a\n2. b\n\ni. c", "1. a\n2. b\n\n9) c"],
    ["an initial at the start of a line", "Hilsen\nE. Hansen", "Hilsen\n\n5. Hansen"],
    ["a roman number of several letters", "iv. Fjerde", "4. Fjerde"],
    ["what follows braces in a heading", "## Vedtak {navn} og mer", "## Vedtak"],
    ["boxes inside a point", "- Kryss av [x] her", "- [x] Kryss av  her"],
    ["the text of a heading in brackets", "# Vedtak\n\nSe [Vedtak].", "# Vedtak\n\nSe Vedtak."],
    ["front matter", "---\ntittel: x\n---\n\nTekst", "Tekst"],
    ["an alert", "> [!NOTE]\n> Husk", "Note\n\nHusk"],
    ["a formula block", "$$\nx\n$$", "\\[ x \\]"],
    ["the recipient's name", "Hei {{recipientName}}!", "Hei {{recipientName}}!"],
  ])("is written anew as Altinn's parser reads it: %s", (_what, body, given) => {
    expect(squeezed(shown(body))).toBe(squeezed(given));
  });

  it("is found for anything, and never throws", () => {
    const signs = fc.constantFrom(
      ..."*_~^+=\"':$`{}[]()<>|#-.!\\/&;\n\t ai1xvå",
      "\n\n",
      "- ",
      "1. ",
      "> ",
      "<b>",
      "<ul>",
      "&#49;",
    );
    fc.assert(fc.property(fc.array(signs, { maxLength: 60 }), (parts) => typeof shown(parts.join("")) === "string"));
  });

  it.each([
    ["quotations", "> ".repeat(15_000)],
    ["points", "- ".repeat(15_000)],
    ["elements", "<div>".repeat(6_000)],
    ["brackets", "[".repeat(30_000)],
    ["stars", "*a ".repeat(10_000)],
    ["dollars", "$a ".repeat(10_000)],
    ["braces", "{a ".repeat(10_000)],
    ["footnotes", "[^a] ".repeat(6_000)],
    ["links that are lost", "[a](b c)".repeat(3_750)],
    ["containers", ":::\n".repeat(7_500)],
    ["tables in tables", "<table><tr><td>".repeat(2_000)],
    ["footnotes in footnotes", '<div class="footnotes"><li id="1">'.repeat(850)],
  ])("is found for thirty thousand characters of %s", (_what, body) => {
    expect(shown(body)).toEqual(expect.any(String));
    expect(shownWarnings(body)).toEqual(expect.any(Array));
  });

  it("reads tables in tables once each, and gives up on more of them than any letter has", () => {
    const nested = (depth: number) => `${"<table><tr><td>".repeat(depth)}x`;
    expect(shown(nested(20))).toContain("x");
    expect(shownWarnings(nested(500)).map(({ rule }) => rule)).toEqual(["tooDeep"]);
    expect(shown(nested(500))).toBe(nested(500));
  });
});
