// A run's verdict in words, and as JSON.
import type { RunResult } from "./run.ts";
import { FAULTS, isGood } from "./verdict.ts";

const MEANINGS = {
  duplicates: "letters more than one for a request and recipient",
  lost: "dropped, and neither letter, dead letter nor cancellation",
  withoutRecord: "letters without a record",
  announcedWrongly: "told what is not so",
  unannounced: "letters, ends or statuses that nobody was told of",
  stuck: "things that still wait",
} as const;

/** So many of a kind are listed. */
const MOST = 50;

/** The verdict for people. */
export function inWords(result: RunResult, seed: number): string {
  const { verdict, kills, faults, directory } = result;
  const { letters, outcomes } = verdict;
  const ends = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${letters} letters: ${ends.join(", ")}; ${kills} kills, ${faults} faults, seed ${seed}`,
    ...FAULTS.flatMap((kind) => {
      const found = verdict.faults[kind];
      const shown = found.slice(0, MOST).map((text) => `    ${text}`);
      const more = found.length > MOST ? [`    and ${found.length - MOST} more`] : [];
      return [`  ${kind.padEnd(16)} ${String(found.length).padStart(4)}  ${MEANINGS[kind]}`, ...shown, ...more];
    }),
    isGood(verdict) ? "All is well." : `Something is wrong. The same again: the same flags, and --seed ${seed}`,
    ...(directory === undefined ? [] : [`Logs and storage: ${directory}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The counts alone, on one line. */
export function asJson({ verdict, kills, faults }: RunResult): string {
  const { letters, outcomes } = verdict;
  const wrong = Object.fromEntries(FAULTS.map((kind) => [kind, verdict.faults[kind].length]));
  return JSON.stringify({ letters, ...outcomes, ...wrong, kills, faults });
}
