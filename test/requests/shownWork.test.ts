// How much work it makes to tell what the inbox shows of a body: twice as much costs about twice as much.
import { expect, it } from "vitest";
import { shown } from "../../shared/requests/shown/shown.ts";
import { shownWarnings } from "../../shared/requests/shown/shownWarnings.ts";
import { countSteps } from "./countSteps.ts";

const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));

it("borders of tables without rows cost no more than their length", async () => {
  await countSteps(() => shownWarnings(filled("+-+\n", 1_000)));
  const once = await countSteps(() => shownWarnings(filled("+-+\n", 8_000)));
  const twice = await countSteps(() => shownWarnings(filled("+-+\n", 16_000)));
  expect(twice).toBeLessThan(2.5 * once + 100_000);
});

it("quotations in quotations are not written out for ever, and the sender is told", () => {
  const body = "<blockquote>".repeat(240) + filled("<p>x</p>", 27_000);
  expect(shownWarnings(body)).toMatchObject([{ rule: "tooDeep" }]);
  expect(shown(body)).toBe(body);
});

it.each([
  ["quotations before many lines", ">".repeat(120) + filled("x\n", 29_800)],
  ["notes in notes before many lines", "[^1]: ".repeat(2_500) + filled("x\n", 14_800)],
  ["containers before many lines", "::: a\n".repeat(99) + filled("x\n", 29_000)],
])("%s are given up, and the sender is told", async (_, body) => {
  expect(await countSteps(() => shownWarnings(body))).toBeLessThan(8_000_000);
  expect(shownWarnings(body)).toMatchObject([{ rule: "tooDeep" }]);
  expect(shown(body)).toBe(body);
});

it("as many lines as fit are read, in three quotations too", () => {
  expect(shownWarnings(filled("> > > x\n", 30_000)).map(({ rule }) => rule)).not.toContain("tooDeep");
});
