// `npm run simulate:changes`: changes the deciding code in one place at a time, and looks whether the simulated world finds out.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { eachAtOnce } from "../shared/eachAtOnce.ts";
import type { Change } from "./changes/change.ts";
import { CHANGES } from "./changes.ts";
import type { Tried } from "./tryChange.ts";

interface Options {
  readonly only?: string;
  readonly letters: string;
  readonly seconds: string;
  readonly seed: string;
  readonly atOnce: string;
  readonly json: boolean;
  readonly table: boolean;
}

/** How long a history that never ends is waited for, beyond the time that a change has, in seconds. */
const PATIENCE = 120;

const options = new Command("simulate:changes")
  .description(
    "Changes the deciding code in one place at a time (simulation/changes/), as it is loaded, and runs the simulated world " +
      "until it finds that out. One line for each change: after how many letters it was found and by what, or that it was not.",
  )
  .option("--only <name>", "only changes whose name, or file, has this in it")
  .option("--letters <n>", "how many letters each change has", "50000")
  .option("--seconds <n>", "how many seconds each change has", "300")
  .option("--seed <n>", "the first history's seed", "1")
  .option("--at-once <n>", "how many are tried at once", "2")
  .option("--json", "one JSON object for each change", false)
  .option("--table", "one row of a table in Markdown for each change", false)
  .addHelpText(
    "after",
    "\nExit status: 0 if each is found that is to be, 1 if one is not, 2 if the command was not understood.",
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

const { only = "" } = options;
const chosen = CHANGES.filter(({ name, file }) => name.includes(only) || file.includes(only));
let missed = 0;
await eachAtOnce(Number(options.atOnce), chosen, async (change) => {
  const tried = await tryOut(change);
  const isFound = tried.kind !== undefined;
  if (!isFound && change.harmless === undefined) missed++;
  process.stdout.write(`${lineOf(change, tried)}\n`);
});
process.exit(missed > 0 ? 1 : 0);

/** In a process of its own, which has the changed code alone. One that dies, or never ends, has found the change too. */
function tryOut({ name }: Change): Promise<Tried> {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("tryChange.ts", import.meta.url)),
      name,
      options.letters,
      options.seconds,
      options.seed,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const timeUp = setTimeout(() => child.kill("SIGKILL"), (Number(options.seconds) + PATIENCE) * 1_000);
  let output = "";
  let complaint = "";
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      clearTimeout(timeUp);
      if (code === 0) return resolve(JSON.parse(output));
      const what = signal === "SIGKILL" ? "a history never ends" : (/^\w*Error.*$/m.exec(complaint)?.[0] ?? complaint);
      if (signal === "SIGKILL") return resolve({ letters: 0, seconds: 0, kind: "stuck", text: what });
      reject(new Error(`The run with the change "${name}" broke: ${what}`));
    });
  });
}

function lineOf(change: Change, tried: Tried): string {
  const { name, file, harmless } = change;
  const { letters, seconds, kind, text } = tried;
  if (options.json) return JSON.stringify({ name, file, ...tried, ...(harmless === undefined ? {} : { harmless }) });
  if (options.table) {
    const not = harmless === undefined ? `not within ${letters} letters` : `no: ${harmless}`;
    return `| ${name} (\`${file}\`) | ${kind === undefined ? not : `\`${kind}\`, within ${letters} letters`} |`;
  }
  const found = `found after ${letters} letters in ${seconds} s (${kind}: ${text})`;
  const not = harmless === undefined ? "NOT FOUND, and it should be" : "not found, as expected";
  return `${name} (${file}): ${kind === undefined ? `${not}, in ${letters} letters` : found}`;
}
