// Runs a benchmark by name: npm run --silent bench -- <name> [--json]
import { parseArgs } from "node:util";
import { attachmentMemory } from "./attachmentMemory.ts";
import { coldStart } from "./coldStart.ts";
import { commandStarts } from "./commandStarts.ts";
import { figuresCost } from "./figures.ts";
import { sweepCost } from "./sweep.ts";
import { throughput } from "./throughput.ts";
import { workPerLetter } from "./workPerLetter.ts";

interface Options {
  readonly json: boolean;
  /** For attachment-memory: the larger attachment, in MB. */
  readonly sizeMB: number;
  /** For throughput: how many letters each run sends. */
  readonly letters: number;
  /** For cold-start: the folder of another build (dist/ of an earlier commit), measured beside this one. */
  readonly before: string | undefined;
}

const BENCHMARKS = new Map<string, (options: Options) => Promise<void>>([
  ["work-per-letter", workPerLetter],
  ["attachment-memory", attachmentMemory],
  ["throughput", throughput],
  ["command-starts", commandStarts],
  ["cold-start", coldStart],
  ["sweep", sweepCost],
  ["figures", figuresCost],
]);

const { values, positionals } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    "size-mb": { type: "string", default: "1000" },
    letters: { type: "string", default: "400" },
    before: { type: "string" },
  },
  allowPositionals: true,
});
const benchmark = BENCHMARKS.get(positionals[0] ?? "");
const sizeMB = Number(values["size-mb"]);
const letters = Number(values.letters);
if (benchmark && [sizeMB, letters].every((value) => Number.isInteger(value) && value > 0)) {
  await benchmark({ json: values.json, sizeMB, letters, before: values.before });
} else {
  console.error(
    `Usage: npm run --silent bench -- <name> [--json] [--size-mb <n>] [--letters <n>] [--before <folder>]\nBenchmarks: ${[...BENCHMARKS.keys()].join(", ")}`,
  );
  process.exitCode = 2;
}
