// Texts that need not be read, since nothing in them can be markup: reading them would find none.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlainInAnyReading } from "../../shared/requests/plainText.ts";
import { readsOtherwise } from "../../shared/requests/readsOtherwise.ts";

/** Signs and words that mean something somewhere: in an address, a list, a quotation, a typographer's hands. */
const PIECES = [
  ..."aæW字1 ,.:;-–/()!?'\"*_+=~<>&[]#@|$^",
  ..." ,.:-–/() ",
  ...["www", "http", "ftp", "mailto", "tel", "(c)", "3.", "--", ": ", " – "],
];
const text = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(""));

describe("a text in which nothing can be markup", () => {
  it("is what most titles are", () => {
    const titles = [
      "Vedtak",
      "Vedtak om barnehageplass, 2026/123: oppstart",
      "Svar på søknad – frist 1. mai",
      "Innkalling til møte (endret)",
    ];
    expect(titles.filter((title) => !isPlainInAnyReading(title))).toEqual([]);
  });

  it("reads as it is written", () => {
    fc.assert(
      fc.property(text.filter(isPlainInAnyReading), (plain) => !readsOtherwise(plain)),
      { numRuns: 2_000 },
    );
  });
});
