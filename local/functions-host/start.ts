// Runs a built functions app without Azure's host: HTTP, queue and timer triggers, on the loopback address.
import { loadFunctionsApp, runAppHooks } from "./app.ts";
import { CLOCK_SYMBOL, parseTimeOrigin, parseTimeScale, scaledClock } from "./clock.ts";
import type { LogLevel } from "./coreTypes.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import { startHttpServer } from "./httpServer.ts";
import { createInvoker } from "./invocation.ts";
import { createLog, type LogEntry } from "./log.ts";
import type { Settings } from "./settings.ts";
import { buildTriggers } from "./triggers.ts";

/** What the host is started with. */
export interface FunctionsHostOptions {
  /** Folder with host.json and package.json, whose `main` is the app's entry file. */
  readonly appDirectory: string;
  /** On 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /** App settings, put into `process.env` before the app loads; undefined removes one. Taken back by `stop`. */
  readonly settings: Settings;
  /** How many times faster than real time the app's time runs. Default: TIME_SCALE, else 1. */
  readonly timeScale?: number;
  /** The least that is logged. Default: information. */
  readonly logLevel?: LogLevel;
  /** Gets each log entry. Default: its line goes to standard error. */
  readonly onLog?: (entry: LogEntry) => void;
  /** The key of HTTP functions that are not anonymous. Without one they are open, as with Azure's tools for local runs. */
  readonly functionKey?: string;
  /** Names of the functions to run. Default: all that are not disabled (`AzureWebJobs.<name>.Disabled`). */
  readonly only?: readonly string[];
  /** Real milliseconds that running functions get to end when the host stops. Default: 10,000. */
  readonly stopLimit?: number;
}

/** A running host. */
export interface FunctionsHost {
  /** Without a slash at the end; HTTP functions are below it at host.json's routePrefix. */
  readonly url: string;
  /** Names of the functions that run, sorted. */
  readonly functions: readonly string[];
  /**
   * Takes nothing more, waits for what runs up to the limit, gives messages that still run back to their queues, and
   * runs the appTerminate hooks. The same promise however often it is called.
   */
  stop(): Promise<void>;
}

const DEFAULT_STOP_LIMIT = 10_000;

/** Real milliseconds within which a storage that answers has answered what it was asked last. */
const TAKING_LIMIT = 5_000;

/**
 * Starts the host and resolves when every trigger listens. Rejects with what the app's entry file throws, and with an
 * Error that names the problem: a bad host.json, a missing setting, a trigger that can't be run here, a taken port.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const restoreEnvironment = applySettings(options.settings);
  const previousClock: unknown = Reflect.get(globalThis, CLOCK_SYMBOL);
  const restore = () => {
    Reflect.set(globalThis, CLOCK_SYMBOL, previousClock);
    restoreEnvironment();
  };
  try {
    return await start(options, restore);
  } catch (error) {
    restore();
    throw error;
  }
}

async function start(options: FunctionsHostOptions, restore: () => void): Promise<FunctionsHost> {
  const clock = scaledClock({
    scale: options.timeScale ?? parseTimeScale(process.env.TIME_SCALE),
    origin: parseTimeOrigin(process.env.TIME_ORIGIN, Date.now()),
  });
  Reflect.set(globalThis, CLOCK_SYMBOL, clock);
  const write = options.onLog ?? ((entry: LogEntry) => process.stderr.write(`${entry.line}\n`));
  const log = createLog(options.logLevel ?? "information", clock.now, write);

  const app = await loadFunctionsApp(options.appDirectory, log);
  const settings: Settings = { ...process.env };
  const functions = selectFunctions(app.functions, options.only, settings);
  const invoker = createInvoker(app, log);
  const triggers = await buildTriggers(functions, { app, settings, clock, invoker, log });
  if (options.functionKey === undefined && triggers.http.some(({ anonymous }) => !anonymous)) {
    log("warning", "host", "No function key is set: HTTP functions are open to everybody on this machine.");
  }
  const { functionKey } = options;
  await runAppHooks(app, "appStart", log);
  const serverOptions = { port: options.port, functions: triggers.http, invoker, functionKey };
  const server = await startHttpServer(serverOptions).catch(async (error: unknown) => {
    await runAppHooks(app, "appTerminate", log);
    throw error;
  });
  const listeners = triggers.starters.map((startListener) => startListener());

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    const closed = server.close();
    // What a queue has handed out and nobody has seen would be invisible for a whole lease.
    await endsWithin(Promise.all(listeners.map((listener) => listener.stopTaking())), TAKING_LIMIT);
    const idle = Promise.all([closed, ...listeners.map((listener) => listener.idle())]);
    const limit = options.stopLimit ?? DEFAULT_STOP_LIMIT;
    if (!(await endsWithin(idle, limit))) {
      const given = await Promise.all(listeners.map((listener) => listener.giveBack()));
      // Without a limit it is not known yet whether anything runs.
      if (limit > 0 || given.some((count) => count > 0)) {
        log("warning", "host", "Functions still run; their messages are given back to the queues.");
      }
      server.cut();
    }
    await runAppHooks(app, "appTerminate", log);
    restore();
  }
  return {
    url: server.url,
    functions: functions.map(({ metadata }) => metadata.name),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Puts settings into the environment, and answers with what takes them back. */
function applySettings(settings: Settings): () => void {
  const before = new Map<string, string | undefined>();
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(settings)) {
    before.set(name, process.env[name]);
    set(name, value);
  }
  return () => {
    for (const [name, value] of before) set(name, value);
  };
}

function selectFunctions(
  functions: readonly RegisteredFunction[],
  only: readonly string[] | undefined,
  settings: Settings,
): readonly RegisteredFunction[] {
  const names = functions.map(({ metadata }) => metadata.name);
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`The app has no function ${unknown.join(", ")}; it has ${names.join(", ")}.`);
  }
  const isDisabled = (name: string) =>
    /^(true|1)$/i.test(settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`] ?? "");
  return functions.filter(({ metadata: { name } }) => only?.includes(name) ?? !isDisabled(name));
}

async function endsWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
