// `npm run dead-letters -- list|show|replay|drop`: what will not be sent, seen, put on its way again, or dropped for good.
import { createInterface } from "node:readline/promises";
import { runCommand } from "./deadLettersCommand.ts";

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => void process.stdout.write(`${text}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
  confirm,
});
