// What docs/performance.md shows is what bench/results/ has, and charts can be read.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { barChart, lineChart } from "../../bench/plots/chart.ts";
import { drawPage, withSection } from "../../bench/plots.ts";

test("the page and its charts are made of the results that are kept: npm run bench -- plots", async () => {
  const files = await drawPage();
  expect([...files.keys()].map((path) => basename(path))).toContain("performance.md");
  for (const [path, content] of files) expect(await readFile(path, "utf8"), path).toBe(content);
});

test("a section takes the place of what was between its markers", () => {
  expect(withSection("a <!-- x -->old<!-- /x --> z", "x", "new")).toBe("a <!-- x -->\nnew\n<!-- /x --> z");
  expect(() => withSection("a", "x", "new")).toThrow("no place for x");
});

describe("a chart", () => {
  const axes = { x: { title: "letters", isLogarithmic: true }, y: { title: "ms" } };
  const placesIn = (svg: string) =>
    /points="([^"]*)"/
      .exec(svg)?.[1]
      ?.split(" ")
      .map((point) => point.split(",").map(Number));

  test("of equal ratios has points that are equally far apart", () => {
    const points = [10, 100, 1_000].map((x): [number, number] => [x, 5]);
    const [one = [], ten = [], hundred = []] =
      placesIn(lineChart({ title: "t", ...axes, series: [{ name: "s", points }] })) ?? [];
    expect((ten[0] ?? 0) - (one[0] ?? 0)).toBeCloseTo((hundred[0] ?? 0) - (ten[0] ?? 0));
    expect(new Set([one[1], ten[1], hundred[1]]).size).toBe(1);
  });

  test("names what may not be read as markup", () => {
    const svg = barChart({ title: "a < b & c", unit: "MB", bars: [{ name: "x", values: [1, 2] }], parts: ["p", "q"] });
    expect(svg).toContain("a &lt; b &amp; c");
    expect(svg.match(/<rect x/g)).toHaveLength(2 + 2);
  });
});
