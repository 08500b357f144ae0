// `npm run dead-letters -- list|show|replay|drop`: what will not be sent, seen, put on its way again, or dropped for good.
import { createInterface } from "node:readline/promises";
import { columnsOf } from "../terminal/columns.ts";
import { runCommand } from "./deadLettersCommand.ts";
import { tell } from "./program.ts";

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

process.exitCode = await runCommand(process.argv.slice(2), {
  columns: columnsOf(process.stdout),
  print: (text) => void process.stdout.write(`${text}\n`),
  tell,
  confirm,
});
