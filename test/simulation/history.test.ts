// The simulated world: a seed is the whole of a history, and the app comes through what goes wrong in it.
import { beforeAll, expect, test } from "vitest";
import type { Settings } from "../../shared/settings/settings.ts";
import { runHistory } from "../../simulation/history.ts";
import { simulatedSettings } from "../../simulation/settings.ts";
import type { Moment } from "../../simulation/world.ts";

let settings: Settings;
beforeAll(async () => {
  settings = await simulatedSettings();
});

const texts = (violations: readonly { kind: string; text: string }[]) =>
  violations.map(({ kind, text }) => `${kind}: ${text}`);

test("the same seed gives the same history, and another seed another", async () => {
  const [first, again, other] = [
    await runHistory({ seed: 11, letters: 20, settings }),
    await runHistory({ seed: 11, letters: 20, settings }),
    await runHistory({ seed: 12, letters: 20, settings }),
  ];
  expect(again.digest).toBe(first.digest);
  expect(other.digest).not.toBe(first.digest);
});

test("a history is told again by what went wrong in it", async () => {
  const drawn = await runHistory({ seed: 14, letters: 20, settings });
  expect(drawn.mishaps.length).toBeGreaterThan(0);
  const { seed, plan, odds, mishaps } = drawn;
  expect((await runHistory({ seed, plan, odds, mishaps, settings })).digest).toBe(drawn.digest);
});

test("things go wrong of every kind, instances die, and every letter is sent once and told so", async () => {
  const kinds = new Set<string>();
  let crashes = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const result = await runHistory({ seed, letters: 25, settings });
    expect(texts(result.violations), `seed ${seed}`).toEqual([]);
    for (const { fate } of result.mishaps) kinds.add(fate);
    crashes += result.crashes;
  }
  expect(crashes).toBeGreaterThan(10);
  expect(kinds.size).toBeGreaterThan(10);
});

test("what is not so is found out: letters that nobody dropped", async () => {
  const moments: Moment[] = [];
  const { seed, plan, odds, mishaps } = await runHistory({ seed: 3, letters: 10, settings });
  const nobodys = { ...plan, letters: [] };
  const trace = (moment: Moment) => moments.push(moment);
  const { violations } = await runHistory({ seed, plan: nobodys, odds, mishaps, settings, trace });
  expect(texts(violations).filter((text) => text.startsWith("duplicates: ")).length).toBeGreaterThan(3);
  expect(moments.some(({ what }) => what.startsWith("POST /correspondence of "))).toBe(true);
});
