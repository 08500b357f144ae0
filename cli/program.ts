// What the commands with commands of their own have in common: how their help ends, and what they write to people.
import type { Command } from "commander";
import { columnsOf } from "../terminal/columns.ts";
import { wrappedLines } from "../terminal/wrapped.ts";

/** Where a command's state directory is, if it is not told: the project's, wherever the user stands. */
export const STATE_DIRECTORY_OPTION = ["--state-dir <dir>", "the local start's directory (default .local)"] as const;

const EXITS = "Exits with 0 when it is done, with 1 when it is not, with 2 when it was not understood.";

/** Ends the help of a program, and that of each of its commands, with notes and exit statuses. Errors are thrown. */
export function withHelp(program: Command, ...notes: readonly string[]): Command {
  const text = ["", ...notes, EXITS].join("\n");
  return program.exitOverride().addHelpText("afterAll", () => wrappedLines(text, columnsOf(process.stdout)));
}

/** A text for people, on standard error: results go to standard output, alone. A pipe gets its lines as they are. */
export function tell(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? wrappedLines(text, columnsOf(process.stderr)) : text}\n`);
}
