// What benchmarks found, kept as lines of JSON in bench/results/, so that tables and plots can be made again.
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const FOLDER = join(import.meta.dirname, "results");

const machineSchema = z.object({
  kind: z.literal("machine"),
  measured: z.iso.date(),
  node: z.string(),
  cores: z.number(),
  processor: z.string(),
  /** The load average of the last fifteen minutes, the benchmark included: much more than the cores says that others used them. */
  load: z.number(),
});

/** Where and when something was measured. */
export type Machine = z.infer<typeof machineSchema>;

/** What one benchmark found. */
export interface Results {
  readonly machine: Machine;
  readonly lines: readonly unknown[];
}

/** Keeps what a benchmark has printed, in the place of what it found before. */
export async function keepResults(name: string, printed: readonly string[]): Promise<void> {
  const machine: Machine = {
    kind: "machine",
    measured: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    load: Math.round((loadavg()[2] ?? 0) * 10) / 10,
  };
  await writeFile(join(FOLDER, `${name}.jsonl`), `${[JSON.stringify(machine), ...printed].join("\n")}\n`);
}

/** What a benchmark found last; `undefined` if nothing is kept of it. */
export async function readResults(name: string): Promise<Results | undefined> {
  const text = await readFile(join(FOLDER, `${name}.jsonl`), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const [machine, ...lines] = text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  return { machine: machineSchema.parse(machine), lines };
}
