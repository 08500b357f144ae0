// Runs a benchmark by name: npm run --silent bench -- <name> [--json]. `all` runs them all and keeps what they find, `plots`
// puts that into docs/performance.md.
import { parseArgs } from "node:util";
import { runAll } from "./all.ts";
import { attachmentMemory } from "./attachmentMemory.ts";
import { coldStart } from "./coldStart.ts";
import { commandStarts } from "./commandStarts.ts";
import { day } from "./day.ts";
import { figuresCost } from "./figures.ts";
import { growth } from "./growth.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { plots } from "./plots.ts";
import { slots } from "./slots.ts";
import { sweepCost } from "./sweep.ts";
import { ratio, throughput, throughputProfile } from "./throughput.ts";
import { workPerLetter } from "./workPerLetter.ts";
import { workPerReceived } from "./workPerReceived.ts";

interface Options {
  readonly json: boolean;
  /** For attachment-memory: the larger attachment, in MB. */
  readonly sizeMB: number;
  /** For throughput: how many letters each run sends. */
  readonly letters: number;
  /** For memory, latency and growth: how many letters are many. */
  readonly many: number;
  /** For cold-start: the folder of another build (dist/ of an earlier commit), measured beside this one. */
  readonly before: string | undefined;
}

const BENCHMARKS = new Map<string, (options: Options) => Promise<void>>([
  ["work-per-letter", workPerLetter],
  ["work-per-received-letter", workPerReceived],
  ["attachment-memory", attachmentMemory],
  ["memory", memory],
  ["latency", latency],
  ["growth", growth],
  ["day", day],
  ["throughput", throughput],
  ["throughput-ratio", ratio],
  ["throughput-profile", throughputProfile],
  ["command-starts", commandStarts],
  ["cold-start", coldStart],
  ["slots", slots],
  ["sweep", sweepCost],
  ["figures", figuresCost],
]);

const { values, positionals } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    "size-mb": { type: "string", default: "1000" },
    letters: { type: "string", default: "400" },
    many: { type: "string", default: "10000" },
    before: { type: "string" },
  },
  allowPositionals: true,
});
const [name = "", ...others] = positionals;
const benchmark = BENCHMARKS.get(name);
const isKnown = others.every((other) => BENCHMARKS.has(other));
const sizeMB = Number(values["size-mb"]);
const letters = Number(values.letters);
const many = Number(values.many);
if (name === "all" && isKnown) {
  await runAll(others.length > 0 ? others : [...BENCHMARKS.keys()]);
} else if (name === "plots") {
  await plots();
} else if (benchmark && [sizeMB, letters, many].every((value) => Number.isInteger(value) && value > 0)) {
  await benchmark({ json: values.json, sizeMB, letters, many, before: values.before });
} else {
  console.error(
    `Usage: npm run --silent bench -- <name> [--json] [--size-mb <n>] [--letters <n>] [--many <n>] [--before <folder>]\nBenchmarks: ${[...BENCHMARKS.keys()].join(", ")}; all [<name> …] keeps what they find, and plots draws it.`,
  );
  process.exitCode = 2;
}
