// What the commands with commands of their own have in common: how their help ends, and what they say to a mistake.
import type { Command } from "commander";
import { columnsOf } from "../terminal/columns.ts";
import { print, tell } from "../terminal/output.ts";
import { wrappedLines } from "../terminal/wrapped.ts";

/** Where a command's state directory is, if it is not told: the project's, wherever the user stands. */
export const STATE_DIRECTORY_OPTION = ["--state-dir <dir>", "the local start's directory (default .local)"] as const;

const EXITS = "Exits with 0 when it is done, with 1 when it is not, with 2 when it was not understood.";

/** Ends the help of a program, and that of each of its commands, with notes and exit statuses. Errors are thrown. */
export function withHelp(program: Command, ...notes: readonly string[]): Command {
  const text = ["", ...notes, EXITS].join("\n");
  return program
    .exitOverride()
    .configureOutput({ writeOut: (help) => print(help.trimEnd()), writeErr: (mistake) => tell(mistake.trimEnd()) })
    .addHelpText("afterAll", () => wrappedLines(text, columnsOf(process.stdout)));
}

/** Carries out a command, whose exit code is 0, or the one that it says. */
export type Run = (work: () => Promise<number | undefined>) => Promise<void>;

/**
 * Says how a command without commands of its own is used: because somebody asks, or because it was not understood. Returns
 * the exit code.
 */
export function tellUsage(why: "help" | { readonly wrong: string }, usage: string): number {
  if (why === "help") print(usage.trimEnd());
  else tell(`${why.wrong}\n\n${usage.trimEnd()}`);
  return why === "help" ? 0 : 2;
}
