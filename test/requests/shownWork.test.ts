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
