// How letters, on their way, in Altinn or dead, are described to people: what is the same of all of them.
import { middleCut } from "../terminal/columns.ts";
import { shown } from "../terminal/foreign.ts";
import { wrapped } from "../terminal/wrapped.ts";

/** The longest text in a column. */
const WIDEST = 32;

/** A line for each fact that there is, its name first. */
export function factLines(facts: readonly (readonly [string, string | undefined])[], columns: number): string[] {
  return facts.flatMap(([what, value]) =>
    value === undefined || value === "" ? [] : [wrapped(shown(value), columns, { first: what.padEnd(14) })],
  );
}

/** One POST of a letter. */
interface DescribedAttempt {
  /** RFC 3339. */
  readonly at: string;
  readonly cause?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly isDefinite: boolean;
}

/** A line for each attempt, below a head; none where there was none. */
export function attemptLines(attempts: readonly DescribedAttempt[]): string[] {
  if (attempts.length === 0) return [];
  const lines = attempts.map(({ at, cause = "no answer", httpStatus, errorCode, isDefinite }) => {
    const answer = [cause, httpStatus, errorCode === undefined ? undefined : `Altinn's error ${errorCode}`];
    const doubt = isDefinite ? "" : "; it may have created the letter";
    return `  ${second(at)}  ${shown(answer.filter((part) => part !== undefined).join(", "))}${doubt}`;
  });
  return ["", "Attempts (UTC):", ...lines];
}

/** `2030-01-31 12:00` */
export function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

/** `2030-01-31 12:00:00` */
export function second(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}

/** As much of a text as a column has room for. Names and ids are never cut, since they are what one copies. */
export function short(text: string): string {
  return middleCut(shown(text), WIDEST);
}
