// What all commands have in common: how they are run and called, how their help ends, and what they say to a mistake.
import { type Command, CommanderError } from "commander";
import { columnsOf } from "../terminal/columns.ts";
import { print, tell } from "../terminal/output.ts";
import { wrappedLines } from "../terminal/wrapped.ts";
import { explainAzure } from "./altinn/azureFailure.ts";

/** Where a command's state directory is, if it is not told: the project's, wherever the user stands. */
export const STATE_DIRECTORY_OPTION = ["--state-dir <dir>", "the local start's directory (default .local)"] as const;

/** The option of commands that are about one sender's letters, if it is named. */
export const OF_SENDER_OPTION = ["--sender <name>", "of this sender of SENDERS alone"] as const;

const EXITS = "Exits with 0 when it is done, with 1 when it is not, with 2 when it was not understood.";

/** Carries out a command, whose exit code is 0, or the one that it says. */
export type Run = (work: () => Promise<number | undefined>) => Promise<void>;

/** Makes a command. It is given the way to carry out what it is asked for. */
export type MakeCommand = (run: Run) => Command;

/** The command was not understood: the message says what is wrong with it. */
export class NotUnderstood extends Error {
  override readonly name = "NotUnderstood";
}

/** What each command's help ends with, as the command line is to be called. */
const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** Adds notes to the end of a command's help, and of that of each of its commands. */
export function withNotes(command: Command, ...notes: readonly string[]): Command {
  return command.addHelpText("afterAll", () => wrappedLines(["", ...notes].join("\n"), columnsOf(process.stdout)));
}

/** Adds examples to a command's help: what stands after its name, one of them to a line. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  EXAMPLES.set(command, examples);
  return command.addHelpText("after", () => {
    const lines = ["", "Examples:", ...examples.map((example) => `  ${calledAs(command)} ${example}`.trimEnd())];
    return wrappedLines(lines.join("\n"), columnsOf(process.stdout));
  });
}

/** The examples in a command's own help: what stands after its name. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}

/** How a command is called, from the program on: `npm run altinn -- letters find`. */
export function calledAs(command: Command): string {
  return command.parent === null ? command.name() : `${calledAs(command.parent)} ${command.name()}`;
}

/** Ends the help of a program, and that of each of its commands, with notes and exit statuses. Errors are thrown. */
export function withHelp(program: Command, ...notes: readonly string[]): Command {
  program
    .exitOverride()
    .showHelpAfterError()
    .configureOutput({ writeOut: (help) => print(help.trimEnd()), writeErr: (mistake) => tell(mistake.trimEnd()) });
  return withNotes(program, ...notes, EXITS);
}

/** Gives every command of a program, and theirs, what the program has: where output goes, and that errors are thrown. */
export function inherit(program: Command): Command {
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    inherit(command);
  }
  return program;
}

/** Runs the command that `make` makes as a program of this name. Returns its exit code; never rejects. */
export async function runProgram(
  make: MakeCommand,
  name: string,
  args: readonly string[] = process.argv.slice(2),
): Promise<number> {
  let exit = 0;
  // Whoever reads has had enough, as `head` has: that is no failure.
  process.stdout.on("error", (error) => {
    if ("code" in error && error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const program = inherit(
    withHelp(
      make(async (work) => {
        exit = (await work()) ?? 0;
      }).name(name),
    ),
  );
  try {
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    return exitOf(error);
  }
}

/** What a command that failed exits with, once it was said why. */
function exitOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  tell(explainAzure(error));
  return error instanceof NotUnderstood ? 2 : 1;
}

/**
 * Does work that can be stopped: by Ctrl-C, by a signal, or because the process that started us is gone; the second time at
 * once.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= Date.now();
    // The same request often comes twice at once.
    if (Date.now() - firstAt > 1_000) process.exit(1);
    if (!stop.signal.aborted) tell("Stopping ...");
    stop.abort();
  };
  const onDisconnect = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  process.on("disconnect", onDisconnect);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    process.off("disconnect", onDisconnect);
  }
}
