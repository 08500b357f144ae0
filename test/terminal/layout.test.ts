// What is printed keeps to the columns that there are.
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { columnsOf, middleCut, padded } from "../../terminal/columns.ts";
import { problemText, wrapped } from "../../terminal/wrapped.ts";

describe("the columns of a stream", () => {
  it.each([
    [{ columns: 132 }, {}, 132],
    [{ columns: 132 }, { COLUMNS: "60" }, 132],
    [{}, { COLUMNS: "60" }, 60],
    [{}, {}, 80],
    [{}, { COLUMNS: "wide" }, 80],
    [{ columns: 0 }, {}, 80],
    [{ columns: 7 }, {}, 20],
  ])("%j and %j are %i", (stream, environment, columns) => {
    expect(columnsOf(stream, environment)).toBe(columns);
  });
});

describe("an id that is too long", () => {
  it.each([
    ["case-2026-1234", 14, "case-2026-1234"],
    ["case-2026-1234-decision", 14, "case-2026\u2026sion"],
    ["sha256-0123456789abcdef", 8, "sha25\u2026ef"],
    ["\u6c7a\u5b9a\u6c7a\u5b9a\u6c7a\u5b9a", 8, "\u6c7a\u5b9a\u2026\u5b9a"],
  ])("%s keeps its ends in %i columns", (text, width, cut) => {
    expect(middleCut(text, width)).toBe(cut);
    expect(stringWidth(middleCut(text, width))).toBeLessThanOrEqual(width);
  });
});

it("counts columns, not characters, when it fills up", () => {
  expect(padded("\u6c7a\u5b9a", 6)).toBe("\u6c7a\u5b9a  ");
  expect(padded("longer", 3)).toBe("longer");
});

describe("a sentence", () => {
  it("is broken between words, and hangs where it goes on", () => {
    expect(wrapped("one two three four", 11, { first: "- " })).toBe("- one two\n  three\n  four");
    expect(wrapped("one two three", 11, { rest: "    " })).toBe("one two\n    three");
  });
  it("keeps its own lines, and long words whole", () => {
    expect(wrapped("one\n\ntwo", 20, { first: "  " })).toBe("  one\n\n  two");
    expect(wrapped("see https://example.org/a/very/long/path now", 12)).toBe(
      "see\nhttps://example.org/a/very/long/path\nnow",
    );
  });
});

it("writes problems below each other, each indented where it goes on", () => {
  const problems = [
    { path: "", rule: "json", message: "This is no JSON." },
    { path: "correspondence.content.messageTitle", rule: "plainText", message: "Write it without Markdown." },
  ];
  expect(problemText(problems, 60)).toBe(
    [
      "  (the request): json: This is no JSON.",
      "  correspondence.content.messageTitle: plainText: Write it",
      "    without Markdown.",
    ].join("\n"),
  );
  expect(problemText([], 60)).toBe("");
});
