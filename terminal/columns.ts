// How many columns there are to write in, and texts that keep to theirs. For the command line and the local start.
import stringWidth from "string-width";

/** Where nobody says how wide it is: a pipe, a file, a log of CI. */
const USUAL = 80;

/** A stream, as far as it tells how wide it is: `process.stdout` and `process.stderr` do. */
export interface Columned {
  /** Columns of the terminal; undefined where there is none. */
  readonly columns?: number | undefined;
}

/**
 * The columns that a stream shows: its terminal's; without one those of COLUMNS, as other tools take it; otherwise 80.
 *
 * @returns at least 20, since nothing can be read below that
 */
export function columnsOf(stream: Columned, environment: NodeJS.ProcessEnv = process.env): number {
  const columns = stream.columns ?? Number(environment.COLUMNS);
  return Math.max(20, columns > 0 ? Math.floor(columns) : USUAL);
}

/**
 * A text of at most `width` columns: one that is longer loses its middle, since ids and hashes are told apart by how
 * they begin and how they end.
 */
export function middleCut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const end = Math.floor((width - 1) / 3);
  const signs = [...text];
  return `${firstColumns(signs, width - 1 - end)}\u2026${firstColumns(signs.toReversed(), end, true)}`;
}

/** As many of the signs as the columns hold; `isBackwards` when they were given from the end. */
function firstColumns(signs: readonly string[], columns: number, isBackwards = false): string {
  let taken = "";
  for (const sign of signs) {
    const more = isBackwards ? sign + taken : taken + sign;
    if (stringWidth(more) > columns) break;
    taken = more;
  }
  return taken;
}

/** The text, filled with spaces up to `width` columns. One that is longer stays as it is. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
