// Every history that broke a draft of this app is a scenario of the simulated world, by its number.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const HISTORIES = 59;

test("each of the histories is a scenario", () => {
  const sources = readdirSync(import.meta.dirname).map((name) =>
    readFileSync(`${import.meta.dirname}/${name}`, "utf8"),
  );
  const played = new Set(
    sources.flatMap((text) => [...text.matchAll(/scenario\(\s*["`](\d+): /g)].map(([, number]) => Number(number))),
  );
  const numbers = Array.from({ length: HISTORIES }, (_, index) => index + 1);
  expect(numbers.filter((number) => !played.has(number))).toEqual([]);
});
