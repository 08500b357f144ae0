// What a start of the app takes until its functions are loaded, and the first letter then: under the Node worker's own
// protocol, beside an app with one empty function and one with the same SDKs unbundled, all in turns.
import { randomUUID } from "node:crypto";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as esbuild from "esbuild";
import { organization } from "../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { build } from "../scripts/build.ts";
import { type Host, type Moment, startHost, type Worker } from "./coldStart/host.ts";
import { type Running, startParts, withRunning } from "./parts.ts";
import { percentile } from "./percentile.ts";

const ROOT = resolve(import.meta.dirname, "..");
const RUNS = 9;

/** What a letter may need, imported by name as an app that is not bundled imports it. */
const SDKS = [
  ...["@azure/functions", "@azure/storage-blob", "@azure/storage-queue", "jose", "zod", "cockatiel", "form-data"],
  ...["libphonenumber-js/max", "parse5", "css-tree/parser", "css-select", "css-what", "markdown-it"],
  ...["dingbat-to-unicode", "fastest-levenshtein"],
];

/** One start: from a process that is not there, and from one that waits without an app. Milliseconds. */
interface Start {
  readonly cold: Moment;
  readonly specialised: Moment;
  /** From the loaded, specialised app to the end of its first letter; only where there are letters. */
  readonly firstLetter: Moment;
}

/** Prints the ratios, and the medians that they come from. `before`: the folder of another build, measured beside it. */
export async function coldStart({ json, before }: { json: boolean; before?: string | undefined }): Promise<void> {
  // Below node_modules, where what is not bundled finds its packages.
  const apps = join(ROOT, "node_modules", ".cache", `cold-start-${process.pid}`);
  try {
    print(await withRunning((directory, running) => measure(directory, apps, running, before)), json);
  } finally {
    await rm(apps, { recursive: true, force: true });
  }
}

async function measure(directory: string, apps: string, running: Running, before: string | undefined) {
  const { settings } = await startParts(directory, running);
  const { worker, placeholder, ...folders } = await prepareApps(apps, before);
  const host = await startHost(worker);
  running.push(host);
  const starts = new Map(Object.keys(folders).map((name): [string, Start[]] => [name, []]));
  for (let run = 0; run <= RUNS; run++) {
    for (const [name, folder] of Object.entries(folders)) {
      const start = await startOnce(host, folder, placeholder, settings, name === "app" || name === "before");
      // The first reads files that no later one has to.
      if (run > 0) starts.get(name)?.push(start);
    }
  }
  return new Map([...starts].map(([name, of]) => [name, medianOf(of)]));
}

/** Builds the worker and the apps. */
async function prepareApps(apps: string, before: string | undefined) {
  const folder = (name: string) => join(apps, name);
  for (const name of ["placeholder", "app", "empty", "unbundled"]) await mkdir(folder(name), { recursive: true });
  const manifest = (main: string) => JSON.stringify({ type: "module", main });
  await writeFile(join(folder("app"), "package.json"), manifest("dist/main.js"));
  await build({ directory: join(folder("app"), "dist") });
  const empty =
    'import { app } from "@azure/functions";\napp.storageQueue("empty", { queueName: "q", connection: "C", handler() {} });\n';
  await writeFile(join(folder("empty"), "package.json"), manifest("main.js"));
  // As the template has it: the library from node_modules.
  await writeFile(join(folder("empty"), "main.js"), empty);
  await writeFile(join(folder("unbundled"), "package.json"), manifest("main.js"));
  const imports = SDKS.map((name) => `import ${JSON.stringify(name)};\n`).join("");
  await writeFile(join(folder("unbundled"), "main.js"), `${imports}${empty}`);
  const worker = join(apps, "worker.cjs");
  await esbuild.build({
    bundle: true,
    platform: "node",
    target: "node22",
    logLevel: "warning",
    entryPoints: [join(import.meta.dirname, "coldStart", "worker.ts")],
    outfile: worker,
    format: "cjs",
  });
  await esbuild.stop();
  const others = { app: folder("app"), empty: folder("empty"), unbundled: folder("unbundled") };
  if (before === undefined) return { worker, placeholder: folder("placeholder"), ...others };
  await cp(before, join(folder("before"), "dist"), { recursive: true });
  await writeFile(join(folder("before"), "package.json"), manifest("dist/main.js"));
  return { worker, placeholder: folder("placeholder"), ...others, before: folder("before") };
}

async function startOnce(
  host: Host,
  app: string,
  placeholder: string,
  settings: Readonly<Record<string, string>>,
  sendsLetters: boolean,
): Promise<Start> {
  const fresh = await host.start(app, settings);
  const cold = await fresh.loadFunctions();
  await fresh.stop();
  const kept = await host.start(placeholder, {});
  const began = kept.now();
  await kept.specialise(app, settings);
  const { functions, ...loaded } = await kept.loadFunctions();
  const binding = functions.find(({ name }) => name === "sendCorrespondence")?.rawBindings[0] ?? "";
  const sent = sendsLetters ? await sendLetter(kept, JSON.parse(binding).name) : loaded;
  await kept.stop();
  return {
    cold,
    specialised: { wall: loaded.wall - began, cpu: loaded.cpu - kept.started.cpu },
    firstLetter: { wall: sent.wall - loaded.wall, cpu: sent.cpu - loaded.cpu },
  };
}

/** Has the app send a plain letter, as the host hands it over. */
function sendLetter(worker: Worker, binding: string): Promise<Moment> {
  const id = randomUUID();
  const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Søknaden er **innvilget**." };
  const correspondence = { resourceId: EXAMPLE_RESOURCE, sendersReference: id, content };
  const bytes = Buffer.from(JSON.stringify({ id, correspondence, recipients: [organization()] }));
  return worker.invoke({
    functionId: "sendCorrespondence",
    inputData: [{ name: binding, data: { bytes } }],
    triggerMetadata: { Id: { string: id }, DequeueCount: { json: "1" } },
  });
}

function medianOf(starts: readonly Start[]): Start {
  const median = (of: (start: Start) => number) => percentile(starts.map(of), 0.5);
  const moment = (of: (start: Start) => Moment): Moment => ({
    wall: median((start) => of(start).wall),
    cpu: median((start) => of(start).cpu),
  });
  return {
    cold: moment(({ cold }) => cold),
    specialised: moment(({ specialised }) => specialised),
    firstLetter: moment(({ firstLetter }) => firstLetter),
  };
}

function print(medians: ReadonlyMap<string, Start>, json: boolean): void {
  const none = { wall: Number.NaN, cpu: Number.NaN };
  const of = (name: string): Start => medians.get(name) ?? { cold: none, specialised: none, firstLetter: none };
  const ratio = (value: number, to: number) => Math.round((value / to) * 100) / 100;
  const ratios = (name: string) => {
    const { cold, specialised, firstLetter } = of(name);
    const [empty, unbundled] = [of("empty"), of("unbundled")];
    return {
      toEmpty: ratio(cold.wall, empty.cold.wall),
      toUnbundled: ratio(cold.wall, unbundled.cold.wall),
      toEmptyByProcessor: ratio(cold.cpu, empty.cold.cpu),
      toUnbundledByProcessor: ratio(cold.cpu, unbundled.cold.cpu),
      specialisedToEmpty: ratio(specialised.wall, empty.specialised.wall),
      specialisedToUnbundled: ratio(specialised.wall, unbundled.specialised.wall),
      firstLetterProcessorMs: Math.round(firstLetter.cpu),
    };
  };
  const found = medians.has("before") ? { ...ratios("app"), before: ratios("before") } : ratios("app");
  if (json) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  for (const [name, { cold, specialised, firstLetter }] of medians) {
    const [line, letter] = [
      `${name.padEnd(10)} start ${text(cold)}, specialised ${text(specialised)}`,
      firstLetter.cpu > 0 ? `, first letter ${text(firstLetter)}` : "",
    ];
    process.stdout.write(`${line}${letter}\n`);
  }
  console.log(found);
}

function text({ wall, cpu }: Moment): string {
  return `${Math.round(wall)} ms (${Math.round(cpu)} of a processor)`;
}
