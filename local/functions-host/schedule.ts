// A timer function's schedule: an NCRONTAB expression, or a TimeSpan between runs.
import { nextOccurrence, parseNcrontab } from "./ncrontab.ts";
import { parseTimeSpan } from "./timeSpan.ts";

/** When a timer runs. */
export interface Schedule {
  /** The next run after a time (both milliseconds since 1970), or undefined when there will be none. */
  next(after: number): number | undefined;
}

/** Reads a schedule as Azure does. Throws an Error that says what is wrong. */
export function parseSchedule(text: string): Schedule {
  if (text.trim().includes(" ")) {
    const expression = parseNcrontab(text);
    return { next: (after) => nextOccurrence(expression, after) };
  }
  const interval = parseTimeSpan(text);
  if (interval === undefined || interval <= 0) {
    throw new Error(`"${text}" is neither an NCRONTAB expression nor a TimeSpan above zero.`);
  }
  return { next: (after) => after + interval };
}
