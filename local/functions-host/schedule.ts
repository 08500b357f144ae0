// A timer function's schedule: an NCRONTAB expression, or a TimeSpan between runs.
import { Cron } from "croner";
import { readNcrontab } from "../../shared/settings/ncrontab.ts";
import { parseTimeSpan } from "./timeSpan.ts";

/** When a timer runs. */
export interface Schedule {
  /** The next run after a time (both milliseconds since 1970), or undefined when there will be none (30 February). */
  next(after: number): number | undefined;
}

/** Reads a schedule as Azure does, in UTC. Throws an Error that says what is wrong. */
export function parseSchedule(text: string): Schedule {
  if (text.trim().includes(" ")) return parseExpression(text);
  const interval = parseTimeSpan(text);
  if (interval === undefined || interval <= 0) {
    throw new Error(`"${text}" is neither an NCRONTAB expression nor a TimeSpan above zero.`);
  }
  return { next: (after) => after + interval };
}

/** An NCRONTAB expression; with five fields the second is 0. */
function parseExpression(text: string): Schedule {
  const hasSeconds = text.trim().split(/\s+/).length !== 5;
  const read = readNcrontab(hasSeconds ? text : `0 ${text}`);
  if (!read.ok) throw new Error(`"${text}" is no NCRONTAB expression of five or six fields: ${read.problem}.`);
  // The library reads a dialect of its own, but lists of numbers mean the same in each.
  const cron = new Cron(read.fields.map((values) => values.join(",")).join(" "), { utcOffset: 0, domAndDow: true });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
}
