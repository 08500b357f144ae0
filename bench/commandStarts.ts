// What it takes to start a command: from its sources, and from its bundle, in turns. Without npm, whose share is its own.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { bundleOf } from "../scripts/commands.mjs";
import { median } from "./percentile.ts";

const ROOT = resolve(import.meta.dirname, "..");
const RUNS = 7;

const COMMANDS: readonly (readonly [script: string, ...args: string[]])[] = [
  ["cli/check.ts", "examples/letter.json"],
  ["cli/send.ts", "--help"],
  ["cli/deadLetters.ts", "--help"],
  ["cli/altinn.ts", "--help"],
];

/** Says at the end of a process what it has used: milliseconds of processor time. */
const TELL = `data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("cpu "+(user+system)/1000)})`;

/** Processor time and time by the clock, both in milliseconds. */
interface Start {
  readonly cpu: number;
  readonly wall: number;
}

function start(path: string, args: readonly string[]): Start {
  const began = performance.now();
  const flags = ["--disable-warning=ExperimentalWarning", `--import=${TELL}`];
  const { stderr } = spawnSync(process.execPath, [...flags, path, ...args], { cwd: ROOT, encoding: "utf8" });
  return { cpu: Number(/cpu ([\d.]+)$/.exec(stderr)?.[1]), wall: performance.now() - began };
}

/** Measures each command, and prints a line for it: medians in milliseconds. */
export async function commandStarts({ json }: { readonly json: boolean }): Promise<void> {
  // Makes the bundles.
  spawnSync(process.execPath, [join(ROOT, "scripts", "run.mjs"), "cli/check.ts", "--help"]);
  for (const [script, ...args] of COMMANDS) {
    const sources: Start[] = [];
    const bundle: Start[] = [];
    for (let run = 0; run < RUNS; run++) {
      sources.push(start(join(ROOT, script), args));
      bundle.push(start(bundleOf(ROOT, script) ?? "", args));
    }
    const of = (starts: readonly Start[]) => ({
      cpu: Math.round(median(starts.map(({ cpu }) => cpu))),
      wall: Math.round(median(starts.map(({ wall }) => wall))),
    });
    const result = { command: [script, ...args].join(" "), sources: of(sources), bundle: of(bundle) };
    const { command, sources: before, bundle: after } = result;
    const line = `${command.padEnd(36)} sources ${before.cpu} ms (${before.wall} by the clock), bundle ${after.cpu} ms (${after.wall})`;
    process.stdout.write(`${json ? JSON.stringify(result) : line}\n`);
  }
}
