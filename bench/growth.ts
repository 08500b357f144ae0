// What grows with what: the cost of a letter, a sweep, a list and a count at one, ten and a hundred times as many.
import { growthOfKeeping } from "./growth/keeping.ts";
import type { Growth } from "./growth/line.ts";
import { growthOfSending } from "./growth/sending.ts";

interface GrowthOptions {
  readonly json: boolean;
  readonly many: number;
}

/** Prints a line for each thing and size. */
export async function growth({ json, many }: GrowthOptions): Promise<void> {
  const sizes = [many / 100, many / 10, many].map(Math.ceil);
  const print = (line: Growth) => console.log(json ? JSON.stringify(line) : asText(line));
  await growthOfKeeping(sizes, print);
  await growthOfSending(sizes, print);
}

function asText({ what, of, size, storageOperations, altinnCalls, processorMs }: Growth): string {
  const processor = processorMs === undefined ? "" : `, ${processorMs} ms of a processor`;
  return `${what.padEnd(44)} ${`${size} ${of}`.padEnd(28)} ${storageOperations} operations, ${altinnCalls} calls${processor}`;
}
