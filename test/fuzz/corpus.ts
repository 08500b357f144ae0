// The corpus of nasty inputs: files, by what becomes of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One input. */
export interface Nasty {
  /** The file's name without its ending. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The inputs of a folder of the corpus, such as `messages/wrong`, by name. */
export function corpus(folder: string): Nasty[] {
  const directory = join(import.meta.dirname, "corpus", folder);
  const files = readdirSync(directory).sort();
  if (files.length === 0) throw new Error(`The corpus has nothing in ${folder}`);
  return files.map((file) => ({
    name: file.replace(/\.[a-z]+$/, ""),
    bytes: readFileSync(join(directory, file)),
  }));
}

const asked = Number(process.env.FUZZ_RUNS ?? 0);

/** Whether somebody has time: then everything is tried with everything. */
export const isWhole = asked > 0;

/** How many cases a property is tried with: `few` in every run, `FUZZ_RUNS` where somebody has time. */
export function runs(few: number): { readonly numRuns: number } {
  return { numRuns: Math.max(few, asked) };
}
