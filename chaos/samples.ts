// What an instance held in the course of a run, as the sampler wrote it down.
import { readFile } from "node:fs/promises";
import { z } from "zod";

const sampleSchema = z.object({
  /** Epoch milliseconds, real ones. */
  at: z.number(),
  /** Bytes. */
  rss: z.number(),
  heapUsed: z.number(),
  external: z.number(),
  /** What keeps the process alive, by kind: timers, sockets, requests. */
  resources: z.record(z.string(), z.number()),
  openFiles: z.number().optional(),
});

export type Sample = z.infer<typeof sampleSchema>;

/** Reads the samples of a file, in their order. */
export async function readSamples(file: string): Promise<readonly Sample[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => sampleSchema.parse(JSON.parse(line)));
}

/** What was held on average between two times, by name: memory in MB, the rest counted. */
export function heldBetween(samples: readonly Sample[], from: number, to: number): ReadonlyMap<string, number> {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  if (within.length === 0) throw new Error("There is no sample of that time");
  const sums = new Map<string, number>();
  const add = (name: string, amount: number) => sums.set(name, (sums.get(name) ?? 0) + amount / within.length);
  for (const { rss, heapUsed, external, resources, openFiles } of within) {
    add("memory", rss / 1_000_000);
    add("heap", heapUsed / 1_000_000);
    add("buffers", external / 1_000_000);
    if (openFiles !== undefined) add("open files", openFiles);
    for (const [name, count] of Object.entries(resources)) add(name, count);
  }
  return sums;
}
