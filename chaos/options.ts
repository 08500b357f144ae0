// The flags of a chaos run.
import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run chaos -- [options]

Runs the app as two processes that are killed at random, against storage that restarts and an Altinn that misbehaves,
drops letters, waits until everything has come to rest, and says whether each letter was sent exactly once and told so.

  --letters <n>           how many letters (default 2000)
  --incoming <n>          how many letters others send to the organisation meanwhile (default: one for ten letters)
  --minutes <n>           how long letters are dropped and things go wrong (default 5)
  --seed <n>              what happens, and when; printed, so that a run can be repeated (default: the clock's)
  --fault-percent <n>     how many faults for each hundred letters (default 20)
  --kills <n>             how often an instance is killed (default: every ten seconds)
  --storage-restarts <n>  how often storage stops and starts again (default: every two minutes, and once at least)
  --time-scale <n>        how many times faster the app's time runs (default 60)
  --rest-minutes <n>      how long to wait for rest, at most (default 10)
  --samples <file>        leave the first instance alive, and write what it holds to this file: a line of JSON each time
  --directory <dir>       keep logs and storage here (default: a temporary one, kept only if something is wrong)
  --json                  one JSON object on standard output
  --help                  this text

Exit code: 0 if all is well, 1 if a letter was not, 2 if the run could not be made.
`;

export interface ChaosOptions {
  readonly letters: number;
  /** Letters that others send to the organisation. */
  readonly incoming: number;
  readonly durationMs: number;
  readonly seed: number;
  readonly faultPercent: number;
  readonly kills: number;
  readonly storageRestarts: number;
  readonly timeScale: number;
  readonly restMs: number;
  /** Where the first instance, which is not killed then, writes what it holds. */
  readonly samples?: string;
  /** Where logs and storage are kept; a temporary directory by default. */
  readonly directory?: string;
}

const MINUTE = 60_000;

/** Reads the flags. Throws an Error for people when a flag is unknown or a value makes no sense. */
export function readOptions(args: readonly string[], now: number): (ChaosOptions & { json: boolean }) | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      letters: text,
      incoming: text,
      minutes: text,
      seed: text,
      "fault-percent": text,
      kills: text,
      "storage-restarts": text,
      "time-scale": text,
      "rest-minutes": text,
      samples: text,
      directory: text,
      json: flag,
      help: flag,
    },
  });
  if (values.help) return "help";
  const number = (name: Exclude<keyof typeof values, "json" | "help">, usual: number, isWhole = false): number => {
    const value = Number(values[name] ?? usual);
    if (Number.isFinite(value) && value >= 0 && (!isWhole || Number.isInteger(value))) return value;
    throw new Error(`--${name} must be a ${isWhole ? "whole " : ""}number from 0 up, not "${values[name]}".`);
  };
  const durationMs = number("minutes", 5) * MINUTE;
  const letters = number("letters", 2_000, true);
  return {
    letters,
    incoming: number("incoming", Math.round(letters / 10), true),
    durationMs,
    seed: number("seed", now % 1_000_000, true),
    faultPercent: number("fault-percent", 20),
    kills: number("kills", Math.round(durationMs / 10_000), true),
    storageRestarts: number("storage-restarts", Math.max(1, Math.round(durationMs / (2 * MINUTE))), true),
    timeScale: number("time-scale", 60),
    restMs: number("rest-minutes", 10) * MINUTE,
    ...(values.samples === undefined ? {} : { samples: values.samples }),
    ...(values.directory === undefined ? {} : { directory: values.directory }),
    json: values.json,
  };
}
