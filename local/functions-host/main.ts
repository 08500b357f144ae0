// The local host as a process of its own: `main.ts --app <folder> --port <number>`, with the function key in FUNCTION_KEY.
import { Console } from "node:console";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { LogLevel } from "./coreTypes.ts";
import { LOG_LEVELS, type LogEntry } from "./log.ts";
import type { Settings } from "./settings.ts";
import { startFunctionsHost } from "./start.ts";

const USAGE =
  "Use: main.ts --app <folder> --port <number> [--only <function,function>] [--log-level information] " +
  "[--stop-limit <milliseconds>]. The function key is in FUNCTION_KEY.";

/** In Azure the worker ends at once and waits for nothing that runs: what was under way comes again. So it is here. */
const DEFAULT_STOP_LIMIT = 0;

const localSettingsSchema = z.looseObject({ Values: z.record(z.string(), z.string()).default({}) });

interface Arguments {
  readonly app: string;
  readonly port: number;
  readonly only: readonly string[] | undefined;
  readonly logLevel: LogLevel;
  readonly stopLimit: number;
}

function readArguments(): Arguments {
  try {
    return parseArguments();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function parseArguments(): Arguments {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { app: text, port: text, only: text, "log-level": text, "stop-limit": text },
  });
  const level = values["log-level"] ?? "information";
  const logLevel = LOG_LEVELS.find((name) => name === level);
  const port = Number(values.port ?? "7071");
  const stopLimit = Number(values["stop-limit"] ?? DEFAULT_STOP_LIMIT);
  if (values.app === undefined) throw new Error("--app is missing.");
  if (logLevel === undefined) throw new Error(`--log-level is one of ${LOG_LEVELS.join(", ")}.`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("--port is a number from 0 to 65535.");
  if (!Number.isFinite(stopLimit) || stopLimit < 0) throw new Error("--stop-limit is a number of milliseconds.");
  return { app: resolve(values.app), port, only: values.only?.split(","), logLevel, stopLimit };
}

/** The Values of local.settings.json, where there is one; the environment goes before them. */
async function readLocalSettings(directory: string): Promise<Settings> {
  const path = join(directory, "local.settings.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return {};
  }
  const parsed = localSettingsSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not valid:\n${z.prettifyError(parsed.error)}`);
  return Object.fromEntries(Object.entries(parsed.data.Values).filter(([name]) => process.env[name] === undefined));
}

/** The stack only of errors that nobody throws on purpose. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" || error.stack === undefined ? error.message : error.stack;
}

async function main(): Promise<void> {
  // Standard output carries one line, the one that says where the host is; what the app prints goes elsewhere.
  globalThis.console = new Console(process.stderr, process.stderr);
  let stop: () => Promise<void> = async () => {};
  let asked = 0;
  const onStop = () => {
    asked += 1;
    // Asked again by a person who is out of patience; the same request often comes twice at the same time.
    if (asked > 2) process.exit(1);
    if (asked === 1) stop().then(() => process.exit(0), fail);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onStop);
  process.on("disconnect", onStop);
  process.channel?.unref();

  const { app, port, only, logLevel, stopLimit } = readArguments();
  const { FUNCTION_KEY: key } = process.env;
  // The app has no use for it.
  delete process.env.FUNCTION_KEY;
  const host = await startFunctionsHost({
    appDirectory: app,
    port,
    settings: await readLocalSettings(app),
    logLevel,
    onLog: createLineWriter(),
    stopLimit,
    ...(key === undefined ? {} : { functionKey: key }),
    ...(only === undefined ? {} : { only }),
  });
  stop = host.stop;
  process.stdout.write(`${JSON.stringify({ url: host.url, functions: host.functions })}\n`);
}

/**
 * Writes log lines to standard error, those of one turn of the event loop at once: a letter has four, and each write to a
 * pipe is waited for.
 */
function createLineWriter(): (entry: LogEntry) => void {
  let waiting = "";
  const write = () => {
    const lines = waiting;
    waiting = "";
    if (lines !== "") process.stderr.write(lines);
  };
  process.on("exit", write);
  return ({ line }) => {
    if (waiting === "") setImmediate(write);
    waiting += `${line}\n`;
  };
}

function fail(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  process.stderr.write("The functions host could not start.\n");
  fail(error);
});
