// The services of the local start, each a child process: storage, the Altinn simulator, and the functions.
import { access, constants } from "node:fs/promises";
import { delimiter, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { SUBSCRIPTION_KEY } from "./appSettings.ts";
import { freePort } from "./ports.ts";
import { type Service, startService } from "./service.ts";
import type { StatePaths } from "./state.ts";

const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));

const simulatorReady = z.object({ url: z.string() });
const functionsReady = z.object({ url: z.string(), functions: z.array(z.string()) });

export type Simulator = Service<z.infer<typeof simulatorReady>>;
export type FunctionsHost = Service<z.infer<typeof functionsReady>>;

/** The one clock of simulator and functions: agreed with real time at `origin` (epoch ms), and runs `scale` times as fast. */
export interface StartClock {
  readonly scale: number;
  readonly origin: number;
}

export interface SimulatorOptions {
  readonly paths: StatePaths;
  readonly port: number;
  readonly clock: StartClock;
}

export function startSimulator({ paths, port, clock }: SimulatorOptions): Promise<Simulator> {
  return startService({
    name: "The Altinn simulator",
    program: join(ROOT, "local", "altinn-simulator", "main.ts"),
    arguments: [
      // Whoever is at the inbox reads, and nobody else: save the letters of the start itself (simulation.ts).
      ...["--port", String(port), "--state", paths.simulator, "--files", paths.files, "--rule", "none"],
      ...["--subscription-key", SUBSCRIPTION_KEY],
      ...["--time-scale", String(clock.scale), "--time-origin", String(clock.origin)],
    ],
    logFile: join(paths.logs, "altinn.log"),
    readySchema: simulatorReady,
  });
}

export interface FunctionsOptions {
  readonly paths: StatePaths;
  readonly port: number;
  readonly clock: StartClock;
  readonly settings: Readonly<Record<string, string>>;
  readonly functionKey: string;
  /** Azure Functions Core Tools in the place of our own host. */
  readonly func: boolean;
  /** The port on which a debugger may attach to the process that runs the functions. */
  readonly inspectPort?: number | undefined;
  readonly onLog: (line: string) => void;
}

export async function startFunctions(options: FunctionsOptions): Promise<FunctionsHost> {
  const { func, clock, inspectPort } = options;
  const port = func && options.port === 0 ? await freePort() : options.port;
  const time = func ? {} : { TIME_SCALE: String(clock.scale), TIME_ORIGIN: String(clock.origin) };
  const inspect = inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`];
  const host = join(ROOT, "local", "functions-host", "main.ts");
  return startService({
    name: func ? "Azure Functions Core Tools" : "The functions host",
    program: func ? join(ROOT, "local", "start", "runFunc.ts") : host,
    arguments: func ? [String(port)] : ["--app", ROOT, "--port", String(port)],
    // Arguments are seen by everybody on the machine.
    environment: {
      ...process.env,
      ...options.settings,
      ...time,
      ...(func ? {} : { FUNCTION_KEY: options.functionKey }),
      // The functions run in a worker process that the tools start: with these flags.
      ...(func && inspect.length > 0 ? { languageWorkers__node__arguments: inspect.join(" ") } : {}),
    },
    ...(func ? {} : { nodeFlags: inspect }),
    workingDirectory: ROOT,
    logFile: functionsLog(options.paths),
    readySchema: functionsReady,
    onLog: options.onLog,
  });
}

/** Throws when Azure Functions Core Tools are asked for and are not on the path. */
export async function requireFunc(): Promise<void> {
  if (await isOnPath("func")) return;
  throw new Error(
    "Azure Functions Core Tools are not on the path (func). Install them (npm install -g azure-functions-core-tools@4), " +
      "or use npm start, which needs none.",
  );
}

/** Where the functions' log lines go. */
export function functionsLog(paths: StatePaths): string {
  return join(paths.logs, "functions.log");
}

/** A path as short as it can be said in the project's root. */
export function shortPath(path: string): string {
  const inRoot = relative(ROOT, path);
  return inRoot.startsWith("..") ? path : inRoot;
}

async function isOnPath(program: string): Promise<boolean> {
  const names = process.platform === "win32" ? [`${program}.cmd`, `${program}.exe`] : [program];
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const found = await access(join(directory, name), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return true;
    }
  }
  return false;
}
