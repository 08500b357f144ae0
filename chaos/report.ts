// A run's verdict in words, and as JSON.
import { RECEIVED_FAULTS } from "./received.ts";
import type { RunResult } from "./run.ts";
import { FAULTS, isGood, type Verdict } from "./verdict.ts";

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
    ...linesOfIncoming(verdict.incoming),
    isGood(verdict) ? "All is well." : `Something is wrong. The same again: the same flags, and --seed ${seed}`,
    ...(directory === undefined ? [] : [`Logs and storage: ${directory}`]),
  ];
  return `${lines.join("\n")}\n`;
}

const RECEIVED_MEANINGS = {
  receivedTwice: "letters to the organisation told as two",
  receivedLost: "letters to the organisation not told, or not stored whole",
  confirmedTooEarly: "confirmed before they were told",
} as const;

function linesOfIncoming(incoming: Verdict["incoming"]): string[] {
  if (incoming === undefined) return [];
  return [
    `  ${incoming.received} letters to the organisation received`,
    ...RECEIVED_FAULTS.flatMap((kind) => [
      `  ${kind.padEnd(17)} ${String(incoming[kind].length).padStart(3)}  ${RECEIVED_MEANINGS[kind]}`,
      ...incoming[kind].slice(0, MOST).map((text) => `    ${text}`),
    ]),
  ];
}

/** The counts alone, on one line. */
export function asJson({ verdict, kills, faults }: RunResult): string {
  const { letters, outcomes } = verdict;
  const wrong = Object.fromEntries(FAULTS.map((kind) => [kind, verdict.faults[kind].length]));
  const received = verdict.incoming?.received ?? 0;
  const receivedWrong = Object.fromEntries(RECEIVED_FAULTS.map((kind) => [kind, verdict.incoming?.[kind].length ?? 0]));
  return JSON.stringify({ letters, ...outcomes, ...wrong, received, ...receivedWrong, kills, faults });
}
