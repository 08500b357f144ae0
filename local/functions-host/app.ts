// A built functions app as the host sees it: its host.json, its entry file, and the functions that this registers.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { HookCallback, HookName, ProgrammingModel } from "./coreTypes.ts";
import { collectRegistrations, currentProgrammingModel, type RegisteredFunction } from "./functionsCore.ts";
import { type HostOptions, readHostJson } from "./hostJson.ts";
import { describeError, type Log } from "./log.ts";

/** An app that has been loaded. */
export interface FunctionsApp {
  readonly directory: string;
  readonly host: HostOptions;
  readonly functions: readonly RegisteredFunction[];
  readonly hooks: Readonly<Record<HookName, readonly HookCallback[]>>;
  readonly model: ProgrammingModel;
  /** Shared by all hooks of the app for as long as it runs. */
  readonly appHookData: Record<string, unknown>;
}

const packageSchema = z.looseObject({ main: z.string().min(1) });

// Loading the same file twice in one process must run it twice, and Node runs a module once per address.
let loads = 0;

/**
 * Loads the app in `directory`: reads host.json and package.json, then runs the file that `main` names. The app's
 * settings must be in the environment by then. Throws what the app's entry throws, and when it registers nothing.
 */
export async function loadFunctionsApp(directory: string, log: Log): Promise<FunctionsApp> {
  const root = resolve(directory);
  const host = await readHostJson(join(root, "host.json"), process.env);
  const packagePath = join(root, "package.json");
  const parsed = packageSchema.safeParse(JSON.parse(await readFile(packagePath, "utf8")));
  if (!parsed.success) throw new Error(`${packagePath} has no "main", which names the app's entry file.`);
  loads += 1;
  const entry = pathToFileURL(join(root, parsed.data.main));
  if (loads > 1) entry.searchParams.set("load", String(loads));
  const registrations = await collectRegistrations(
    async () => {
      await import(/* @vite-ignore */ entry.href);
    },
    (level, category, message) => log(level, category === "user" ? "user" : "system", message),
  );
  const functions = [...registrations.functions.values()];
  if (functions.length === 0) throw new Error(`${join(root, parsed.data.main)} registers no functions.`);
  functions.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const model = currentProgrammingModel();
  await model.getCapabilities?.({});
  return { directory: root, host, functions, hooks: registrations.hooks, model, appHookData: {} };
}

/** Runs the app's appStart or appTerminate hooks, one after the other. An appStart hook that throws stops the start. */
export async function runAppHooks(app: FunctionsApp, name: "appStart" | "appTerminate", log: Log): Promise<void> {
  const context = { hookData: app.appHookData, appHookData: app.appHookData, functionAppDirectory: app.directory };
  for (const hook of app.hooks[name]) {
    try {
      await hook(context);
    } catch (error) {
      if (name === "appStart") throw error;
      log("error", "host", `An ${name} hook failed: ${describeError(error)}`);
    }
  }
}
