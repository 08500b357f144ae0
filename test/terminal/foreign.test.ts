// What others have written is printed so that it steers no terminal, and says what it is.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shown, shownJson, shownLines } from "../../terminal/foreign.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("what is not seen", () => {
  it.each([
    ["an escape sequence", "a\u001b]52;c;aGk=\u0007", "a\\u{1b}]52;c;aGk=\\u{7}"],
    ["a C1 control character", "\u009b2J", "\\u{9b}2J"],
    ["line ends", "a\r\n\u0085\u2028\u2029b", "a\\u{d}\\u{a}\\u{85}\\u{2028}\\u{2029}b"],
    ["a change of direction", "\u202egepj.exe", "\\u{202e}gepj.exe"],
    ["tags outside the basic plane", "\u{e0041}", "\\u{e0041}"],
  ])("is spelt out: %s", (_what, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("is no letter, no space and no sign that is seen", () => {
    const seen = "Vedtak i saken, \u00e6\u00f8\u00e5 \u6c7a\u5b9a\u00a0\u{1f600} <b>=+-@\\u{1b}";
    expect(shown(seen)).toBe(seen);
  });

  it("lets lines be lines where there are several", () => {
    expect(shownLines("one\ntwo\u001b\r\n")).toBe("one\ntwo\\u{1b}\\u{d}\n");
  });

  it("comes to the same JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), fc.nat({ max: 4 }), (value, text, indent) => {
        const written = shownJson({ [text]: value, text }, indent);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ [text]: value, text })));
        expect(written.replaceAll("\n", "")).not.toMatch(UNSEEN);
      }),
      { numRuns: 30 },
    );
  });
});

it("is all that commands write by: nothing else in cli/ knows the streams", () => {
  const files = readdirSync(join(ROOT, "cli"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(20);
  const writers = files.filter((name) =>
    /\bconsole\.|std(?:out|err)\.write|console from/.test(readFileSync(join(ROOT, "cli", name), "utf8")),
  );
  expect(writers).toEqual([]);
});
