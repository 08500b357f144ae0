// `altinn dead-letters list|show|replay|drop`: what will not be sent, seen, put on its way again, or dropped for good.
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { columnsOf } from "../../terminal/columns.ts";
import { print, tell } from "../../terminal/output.ts";
import { createProgress } from "../../terminal/progress.ts";
import { deadLettersCommand } from "../deadLettersCommand.ts";
import type { Run } from "../program.ts";

/** Makes the command, for the terminal that we run in. `run` is given what is to be done. */
export function deadLettersHere(run: Run): Command {
  return deadLettersCommand(run, {
    columns: columnsOf(process.stdout),
    print,
    tell,
    confirm,
    progress: createProgress(),
  });
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
