// `npm run simulate:changes`: changes the deciding code in one place at a time, and looks whether the simulated world finds out.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { eachAtOnce } from "../shared/eachAtOnce.ts";
import type { Change } from "./changes/change.ts";
import { CHANGES } from "./changes.ts";
import { tableOf } from "./changesTable.ts";
import type { Playing, Tried } from "./tryChange.ts";

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
    "Changes the deciding code in one place at a time (simulation/changes/), as it is loaded, plays all scenarios, and then runs " +
      "histories until one fails. One line for each change: what found it, or that nothing did.",
  )
  .option("--only <name>", "only changes whose name, or file, has this in it")
  .option("--letters <n>", "how many letters each change has", "50000")
  .option("--seconds <n>", "how many seconds each change has", "300")
  .option("--seed <n>", "the first history's seed", "1")
  .option("--at-once <n>", "how many are tried at once", "2")
  .option("--json", "one JSON object for each change", false)
  .option("--table", "try nothing: only what is said to find each, as the table in simulation/README.md", false)
  .addHelpText(
    "after",
    "\nExit status: 0 if all is as it is said of the changes, 1 if not, 2 if the command was not understood.",
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

const { only = "" } = options;
const chosen = CHANGES.filter(({ name, file }) => name.includes(only) || file.includes(only));
if (options.table) {
  process.stdout.write(`${tableOf(chosen)}\n`);
  process.exit(0);
}
let wrong = 0;
await eachAtOnce(Number(options.atOnce), chosen, async (change) => {
  const tried = await tryOut(change);
  if (!isAsSaid(change, tried)) wrong++;
  process.stdout.write(`${lineOf(change, tried)}\n`);
});
process.exit(wrong > 0 ? 1 : 0);

/** In a process of its own, which has the changed code alone. One that never ends has found the change too. */
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
      const line = output.trim().split("\n").at(-1);
      const last: Playing | Tried | undefined = line ? JSON.parse(line) : undefined;
      if (code === 0 && last !== undefined && !("playing" in last)) return resolve(last);
      const text = "it never ends";
      const never = { letters: 0, seconds: 0, text };
      if (signal === "SIGKILL") {
        return resolve(last && "playing" in last ? { ...never, scenario: last.playing } : { ...never, kind: "stuck" });
      }
      const what = /^\w*Error.*$/m.exec(complaint)?.[0] ?? complaint;
      reject(new Error(`The run with the change "${name}" broke: ${what}`));
    });
  });
}

/** Whether that found it by which it is said to be found. */
function isAsSaid({ foundBy }: Change, { scenario, kind }: Tried): boolean {
  return "scenario" in foundBy ? scenario === foundBy.scenario : scenario === undefined && kind === undefined;
}

function lineOf(change: Change, tried: Tried): string {
  const { name, file } = change;
  if (options.json) return JSON.stringify({ name, file, ...tried });
  const { letters, seconds, scenario, kind, text } = tried;
  const how = scenario === undefined ? `${kind}, after ${letters} letters` : `the scenario "${scenario}"`;
  const isFound = scenario !== undefined || kind !== undefined;
  const what = isFound ? `found by ${how}, in ${seconds} s: ${text}` : `not found, in ${letters} letters`;
  return `${name} (${file}): ${what}${isAsSaid(change, tried) ? "" : "; ANOTHER THING IS SAID OF IT"}`;
}
