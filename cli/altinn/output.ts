// What the `altinn` commands write: results to standard output, alone, and what people read besides to standard error.

/** Carries out a command, whose exit code is 0, or the one that it says. */
export type Run = (work: () => Promise<number | undefined>) => Promise<void>;

/** A line, or several, that a program may read. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
