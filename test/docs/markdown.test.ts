// The guide to Markdown says what Altinn does: each of its examples against the recordings, or the model held to them.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { differencesOf } from "../../shared/requests/shown/differences.ts";
import { likeness } from "../../shared/requests/shown/likeness.ts";
import { inboxBlocks } from "../../shared/requests/shown/seenBlocks.ts";
import { shown } from "../../shared/requests/shown/shown.ts";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";
import pairs from "../recorded/bodies.json" with { type: "json" };

const guide = await readFile(resolve(import.meta.dirname, "../../docs/markdown.md"), "utf8");

/** The cells of a section's table, without its head. */
function rows(section: string): string[][] {
  const text = guide.slice(guide.indexOf(`## ${section}`)).split("\n## ")[0] ?? "";
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The code in a cell, as it would stand in a letter. */
function examples(cell: string): string[] {
  return [...cell.matchAll(/(`+)( ?)(.+?)\2\1(?!`)/g)].map(([, , , code = ""]) =>
    code.replaceAll("\\|", "|").replaceAll("\u23ce", "\n").replaceAll("\u27e8WJ\u27e9", "\u2060"),
  );
}

/** What the inbox shows, in a line: by the recording where there is one. */
function seen(body: string): string {
  const given = pairs.find((pair) => pair.body === body)?.shown ?? shown(body);
  return inboxBlocks(given)
    .map(
      ({ number, place, text }) =>
        `${number !== undefined ? `${number}. ` : place.includes("point") ? "• " : ""}${text}`,
    )
    .join(" \n ");
}

const holding = rows("What holds").flatMap(([, cell = ""]) => examples(cell));
const lost = rows("What does not");

describe("the guide to Markdown", () => {
  it.each(holding)("says that this holds: %j", (body) => {
    expect(pairs.some((pair) => pair.body.includes(body))).toBe(true);
    expect(shownWarnings(body)).toEqual([]);
  });

  it.each(lost)("says what becomes of %s: %s, and of %s that it holds", (written = "", inbox = "", instead = "") => {
    const [body = ""] = examples(written);
    expect(shownWarnings(body)).toHaveLength(1);
    // Footnotes are the inbox's own: their heading is not in what it is given.
    if (!body.includes("[^")) expect(seen(body)).toBe(inbox === "nothing" ? "" : examples(inbox)[0]);
    expect(examples(instead).flatMap((text) => shownWarnings(text))).toEqual([]);
  });

  it("has both tables, and the share of the model", () => {
    expect([holding.length, lost.length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Math.min(holding.length, lost.length)).toBeGreaterThanOrEqual(20);
    expect(guide).toContain(`all ${likeness.right} recorded bodies`);
  });
});

describe("the recorded bodies", () => {
  it("have a warning wherever the inbox shows something else than was meant, and elsewhere only by rules of their own", () => {
    const untold = pairs.filter(({ body, shown: given }) => {
      return differencesOf(body, given).length > 0 && shownWarnings(body).length === 0;
    });
    const alike = pairs.filter(({ body, shown: given }) => differencesOf(body, given).length === 0);
    expect(untold).toEqual([]);
    expect([...new Set(alike.flatMap(({ body }) => shownWarnings(body)).map(({ rule }) => rule))].sort()).toEqual([
      "asterisks",
      "footnote",
      "underline",
    ]);
  });
});
