// `npm run dead-letters -- list|show|replay|drop`: what will not be sent, seen, put on its way again, or dropped for good.
import { createInterface } from "node:readline/promises";
import { columnsOf } from "../terminal/columns.ts";
import { print, tell } from "../terminal/output.ts";
import { runCommand } from "./deadLettersCommand.ts";

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

process.exitCode = await runCommand(process.argv.slice(2), {
  columns: columnsOf(process.stdout),
  print,
  tell,
  confirm,
});
