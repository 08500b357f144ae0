// The text of queue messages: any JSON, written so that the XML of a queue message can carry it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queueText } from "../../shared/storage/queues.ts";

/** What XML 1.0 allows: tab, line feed, carriage return, and no other control, surrogate or U+FFFE, U+FFFF. */
const XML_CHARACTERS = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** Texts that are hard: every kind of code unit, lone surrogates among them. */
const hardText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 8, 9, 10, 13, 0x1f, 0x7f, 0x85, 0x9f, 0x2028, 0xd800, 0xdfff, 0xfffe, 0xffff),
    ),
    { maxLength: 40 },
  )
  .map((units) => String.fromCharCode(...units));
const json = fc.oneof(fc.jsonValue(), fc.dictionary(hardText, hardText), fc.array(hardText));

describe("the text of a queue message", () => {
  it("is JSON of the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(queueText(value))).toEqual(plain);
      }),
    );
  });

  it("contains only what XML allows, and nothing that its parsers change", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = queueText(value);
        expect(text).toMatch(XML_CHARACTERS);
        // A parser may turn a carriage return into a line feed.
        expect(text).not.toContain("\r");
      }),
      { numRuns: 500 },
    );
  });

  it("leaves readable what XML allows", () => {
    expect(queueText({ title: "Vedtak på søknad – 🙂" })).toBe('{"title":"Vedtak på søknad – 🙂"}');
  });

  it.each([
    ["\u0000", '"\\u0000"'],
    ["\u007f", '"\\u007f"'],
    ["\ufffe", '"\\ufffe"'],
    ["\uffff", '"\\uffff"'],
    ["\ud800", '"\\ud800"'],
  ])("escapes %j", (character, text) => {
    expect(queueText(character)).toBe(text);
  });
});
