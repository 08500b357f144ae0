// What commands write: results to standard output, alone, and what people read besides to standard error. Whatever is
// printed goes through here, so that nothing which others wrote steers the terminal.
import { columnsOf } from "./columns.ts";
import { shownLines } from "./foreign.ts";
import { wrappedLines } from "./wrapped.ts";

/** A result: a line, or several. One for a program is JSON by `shownJson`. */
export function print(text: string): void {
  process.stdout.write(`${shownLines(text)}\n`);
}

/** A text for people. A pipe gets its lines as they are, a terminal so that they fit. */
export function tell(text: string): void {
  const lines = shownLines(text);
  process.stderr.write(`${process.stderr.isTTY ? wrappedLines(lines, columnsOf(process.stderr)) : lines}\n`);
}
