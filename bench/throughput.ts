// How many letters one instance sends: the built app in a process of its own, with an Altinn that takes its time. Several
// answer times side by side in one run, letters one by one and by fan-out; and the app against a loop written by hand.
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readHostJson } from "../local/functions-host/hostJson.ts";
import { startService } from "../local/start/service.ts";
import { build } from "../scripts/build.ts";
import { type Parts, startApp, withParts } from "./parts.ts";
import { percentile } from "./percentile.ts";
import { ownerOf, profiling, readProfile, type SelfTimes } from "./throughput/profile.ts";
import { type Measured, measure, type Run, round } from "./throughput/run.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** How long Altinn takes for a letter, in milliseconds. */
const ANSWER_TIMES = [0, 300, 1_000];
/** How often app and loop take turns. */
const TURNS = 3;
/** As many letters go through each before its turn counts, so that its code is compiled as in an instance that has run a while. */
const WARM_UP = 200;

/** In the first milliseconds of a process its code is loaded, and most of it compiled: no profile counts them. */
const STARTING = 3_000;

/** What a run measured. */
export interface Throughput extends Measured, Omit<Run, "warmUp" | "letters"> {
  readonly lettersPerHour: number;
}

/**
 * The app against a loop that makes the same calls and decides nothing, in turns, with an Altinn that answers at once:
 * medians. Both ratios are 1 where the app costs nothing beyond its calls, and less where it costs more.
 */
export interface Against {
  /** Letters per second of the app, divided by those of the loop. */
  readonly ratio: number;
  /** Processor time a letter of the loop, divided by that of the app. */
  readonly processorRatio: number;
  readonly app: Omit<Measured, "peakMB">;
  readonly loop: Omit<Measured, "peakMB">;
}

/** Prints letters per second and hour, processor time per letter, and the peak of memory, for each way and answer time; then the ratios. */
export async function throughput({ json, letters }: { json: boolean; letters: number }): Promise<void> {
  await withParts(async (parts) => {
    for (const altinnMs of ANSWER_TIMES) {
      for (const way of ["one by one", "fan-out"] as const) {
        const measured = await measure(parts, { way, altinnMs, letters }, (onLog) => startApp(parts, onLog));
        print({ way, altinnMs, ...measured, lettersPerHour: Math.round(measured.lettersPerSecond * 3600) }, json);
      }
    }
    printAgainst(await againstLoop(parts, letters), json);
  });
}

/** Only the ratios. */
export async function ratio({ json, letters }: { json: boolean; letters: number }): Promise<void> {
  await withParts(async (parts) => printAgainst(await againstLoop(parts, letters), json));
}

/** What app and loop spend their processor time on, by package, in milliseconds a letter. */
export async function throughputProfile({ json, letters }: { json: boolean; letters: number }): Promise<void> {
  await withParts(async (parts) => {
    const run: Run = { way: "one by one", altinnMs: 0, letters, warmUp: WARM_UP };
    const profiled = async (name: string, of: Run, start: Parameters<typeof measure>[2]) => {
      const folder = join(parts.paths.logs, name.replaceAll(" ", "-"));
      await measure(parts, of, start);
      printProfile(name, await readProfile(folder, STARTING), letters, json);
    };
    const flags = (name: string) => profiling(join(parts.paths.logs, name));
    await profiled("app", run, (onLog) => startApp(parts, onLog, flags("app")));
    const fanOut: Run = { ...run, way: "fan-out" };
    await profiled("fan-out", fanOut, (onLog) => startApp(parts, onLog, flags("fan-out")));
    await withLoop((main) => profiled("loop", run, (onLog) => startLoop(parts, main, onLog, flags("loop"))));
  });
}

async function againstLoop(parts: Parts, letters: number): Promise<Against> {
  const run: Run = { way: "one by one", altinnMs: 0, letters, warmUp: WARM_UP };
  const [apps, loops]: [Measured[], Measured[]] = [[], []];
  await withLoop(async (main) => {
    for (let turn = 0; turn < TURNS; turn++) {
      apps.push(await measure(parts, run, (onLog) => startApp(parts, onLog)));
      loops.push(await measure(parts, run, (onLog) => startLoop(parts, main, onLog)));
    }
  });
  const [app, loop] = [medianOf(apps), medianOf(loops)];
  const hundredth = (value: number) => Math.round(value * 100) / 100;
  return {
    ratio: hundredth(app.lettersPerSecond / loop.lettersPerSecond),
    processorRatio: hundredth(loop.cpuMsPerLetter / app.cpuMsPerLetter),
    app,
    loop,
  };
}

/** Builds the loop as the app is built; it is gone when `work` is done. */
async function withLoop(work: (main: string) => Promise<void>): Promise<void> {
  // Below node_modules, where a bundle finds what is not in it.
  const directory = join(ROOT, "node_modules", ".cache", `throughput-${process.pid}`);
  try {
    const { main } = await build({ entry: join(import.meta.dirname, "throughput", "loop.ts"), directory });
    await work(main);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function startLoop(
  { paths, settings }: Parts,
  program: string,
  onLog: (line: string) => void,
  more: Readonly<Record<string, string>> = {},
) {
  const { batchSize, newBatchThreshold } = (await readHostJson(join(ROOT, "host.json"))).queues;
  return startService({
    name: "The loop",
    program,
    arguments: [String(batchSize), String(newBatchThreshold)],
    environment: { ...process.env, ...settings, ...more },
    logFile: join(paths.logs, "loop.log"),
    readySchema: z.object({ isReady: z.literal(true) }),
    onLog,
  });
}

function medianOf(measured: readonly Measured[]): Omit<Measured, "peakMB"> {
  const median = (of: (one: Measured) => number) => round(percentile(measured.map(of), 0.5));
  return {
    lettersPerSecond: median(({ lettersPerSecond }) => lettersPerSecond),
    cpuMsPerLetter: median(({ cpuMsPerLetter }) => cpuMsPerLetter),
  };
}

function print(result: Throughput, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { way, altinnMs, lettersPerSecond, lettersPerHour, cpuMsPerLetter, peakMB } = result;
  console.log(
    `${way.padEnd(11)} Altinn takes ${String(altinnMs).padStart(4)} ms: ${lettersPerSecond} letters/s, ${lettersPerHour} an hour; ` +
      `${cpuMsPerLetter} ms of a processor each; at most ${peakMB} MB`,
  );
}

function printAgainst(against: Against, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(against));
    return;
  }
  for (const [name, { lettersPerSecond, cpuMsPerLetter }] of [
    ["the app", against.app],
    ["by hand", against.loop],
  ] as const) {
    console.log(
      `${name}     Altinn takes    0 ms: ${lettersPerSecond} letters/s; ${cpuMsPerLetter} ms of a processor each`,
    );
  }
  console.log(`letters per second, app to loop: ${against.ratio}; processor, loop to app: ${against.processorRatio}`);
}

function printProfile(name: string, { packages, functions }: SelfTimes, letters: number, json: boolean): void {
  const perLetter = (milliseconds: number) => (milliseconds / letters).toFixed(3).padStart(8);
  const largest = (times: ReadonlyMap<string, number>, most: number) =>
    [...times].sort(([, a], [, b]) => b - a).slice(0, most);
  if (json) {
    for (const [of, time] of largest(packages, Number.POSITIVE_INFINITY)) {
      console.log(JSON.stringify({ name, of, msPerLetter: Math.round((time * 1000) / letters) / 1000 }));
    }
    return;
  }
  const sum = [...packages.values()].reduce((a, b) => a + b, 0);
  const owners = new Map<string, number>();
  for (const [of, time] of packages) owners.set(ownerOf(of), (owners.get(ownerOf(of)) ?? 0) + time);
  console.log(`${name}:${perLetter(sum)} ms a letter`);
  for (const [of, time] of largest(owners, owners.size)) {
    console.log(`${perLetter(time)} ${((time * 100) / sum).toFixed(1).padStart(5)} % ${of}`);
  }
  for (const [of, time] of largest(packages, 30)) console.log(`  ${perLetter(time)} ${of}`);
  for (const [of, time] of largest(functions, 40)) console.log(`    ${perLetter(time)} ${of}`);
}
