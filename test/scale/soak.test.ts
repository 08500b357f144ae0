// Many letters, some faults, and one instance that lives through all of it: it holds no more at the end than it did early.
// SOAK_LETTERS and SOAK_SEED make it shorter, or repeat it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ChaosOptions } from "../../chaos/options.ts";
import { inWords } from "../../chaos/report.ts";
import { runChaos } from "../../chaos/run.ts";
import { heldBetween, readSamples } from "../../chaos/samples.ts";
import { isGood } from "../../chaos/verdict.ts";

const LETTERS = Number(process.env.SOAK_LETTERS ?? 10_000);
/** The warm-up: so many letters must have gone before what is held is looked at. */
const FIRST = 1_000;
const WINDOW = Math.max(LETTERS / 10, 100);

test("what an instance holds does not grow with the letters that go through it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "soak-"));
  const samples = join(directory, "samples.jsonl");
  const options: ChaosOptions = {
    incoming: 0,
    letters: LETTERS,
    // A rate that Azurite keeps up with.
    durationMs: (LETTERS / 15) * 1_000,
    seed: Number(process.env.SOAK_SEED ?? 1),
    faultPercent: 5,
    kills: Math.round(LETTERS / 500),
    storageRestarts: 2,
    timeScale: 60,
    restMs: 600_000,
    samples,
  };
  // When each letter was created, in real milliseconds.
  let times: number[] = [];
  const result = await runChaos(options, {
    onProgress: () => {},
    async atRest({ altinn, environment }) {
      const { TIME_ORIGIN: origin, TIME_SCALE: scale } = environment;
      const realTime = (time: number) => Number(origin) + (time - Number(origin)) / Number(scale);
      times = (await altinn.letters()).map(({ created }) => realTime(created)).sort((a, b) => a - b);
    },
  });
  expect(isGood(result.verdict), inWords(result, options.seed)).toBe(true);

  const held = await readSamples(samples);
  const timeOf = (letter: number) => times[Math.min(letter, times.length) - 1] ?? 0;
  const early = heldBetween(held, timeOf(FIRST), timeOf(FIRST + WINDOW));
  const late = heldBetween(held, timeOf(times.length - WINDOW), timeOf(times.length));
  const rows = [...late].map(([name, after]) => ({ name, before: early.get(name) ?? 0, after }));
  const table = rows.map(({ name, before, after }) => `${name}: ${before.toFixed(1)}, then ${after.toFixed(1)}`);
  console.log(`${times.length} letters in ${held.length} samples\n${table.join("\n")}`);
  // A handful of connections more or less is chance.
  const grown = rows.filter(({ before, after }) => after > before * 1.2 + 5);
  expect(grown, table.join("\n")).toEqual([]);
  await rm(directory, { recursive: true, force: true });
});
