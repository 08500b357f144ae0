// Every scenario of the simulated world, and that each history which broke a draft of this app is one, by its number.
import { expect, test } from "vitest";
import { SCENARIOS } from "../../simulation/scenarios.ts";

const HISTORIES = 59;

test("each of the histories is a scenario, and no two scenarios have one name", () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const played = new Set(names.map((name) => Number(/^(\d+): /.exec(name)?.[1])));
  const numbers = Array.from({ length: HISTORIES }, (_, index) => index + 1);
  expect(numbers.filter((number) => !played.has(number))).toEqual([]);
});

for (const { name, play } of SCENARIOS) test(name, () => play());
