// Runs a benchmark by name: npm run --silent bench -- <name> [--json]
import { parseArgs } from "node:util";
import { attachmentMemory } from "./attachmentMemory.ts";
import { workPerLetter } from "./workPerLetter.ts";

interface Options {
  readonly json: boolean;
  /** For attachment-memory: the larger attachment, in MB. */
  readonly sizeMB: number;
}

const BENCHMARKS: ReadonlyMap<string, (options: Options) => Promise<void>> = new Map([
  ["work-per-letter", workPerLetter],
  ["attachment-memory", attachmentMemory],
]);

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, "size-mb": { type: "string", default: "1000" } },
  allowPositionals: true,
});
const benchmark = BENCHMARKS.get(positionals[0] ?? "");
const sizeMB = Number(values["size-mb"]);
if (benchmark && Number.isInteger(sizeMB) && sizeMB > 0) {
  await benchmark({ json: values.json, sizeMB });
} else {
  console.error(
    `Usage: npm run --silent bench -- <name> [--json] [--size-mb <n>]\nBenchmarks: ${[...BENCHMARKS.keys()].join(", ")}`,
  );
  process.exitCode = 2;
}
