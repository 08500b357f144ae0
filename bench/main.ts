// Runs a benchmark by name: npm run --silent bench -- <name> [--json]
import { parseArgs } from "node:util";
import { workPerLetter } from "./workPerLetter.ts";

const BENCHMARKS: ReadonlyMap<string, (options: { json: boolean }) => Promise<void>> = new Map([
  ["work-per-letter", workPerLetter],
]);

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const benchmark = BENCHMARKS.get(positionals[0] ?? "");
if (benchmark) {
  await benchmark({ json: values.json === true });
} else {
  console.error(`Usage: npm run --silent bench -- <name> [--json]\nBenchmarks: ${[...BENCHMARKS.keys()].join(", ")}`);
  process.exitCode = 2;
}
