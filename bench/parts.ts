// What a benchmark of the deployed app runs beside it: storage and the simulator, each a process of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAzurite } from "../local/azurite/start.ts";
import type { Child } from "../local/childProcess.ts";
import { appSettings } from "../local/start/appSettings.ts";
import { startFunctions, startSimulator } from "../local/start/services.ts";
import { registerClient } from "../local/start/simulation.ts";
import { loadCredentials, type StatePaths, statePaths } from "../local/start/state.ts";
import { type LocalStorage, prepareStorage } from "../local/start/storage.ts";
import { build } from "../scripts/build.ts";

/** Where the parts run, and what the app is told of them. */
export interface Parts {
  readonly paths: StatePaths;
  readonly storage: LocalStorage;
  readonly altinnUrl: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Something that is stopped in the end. */
export type Running = Pick<Child, "stop">[];

/**
 * Has `work` done in a directory of its own, and takes that away, and all that runs, when it ends or is stopped. What `work`
 * adds to `running` is stopped, the last first.
 */
export async function withRunning<T>(work: (directory: string, running: Running) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  const running: Running = [];
  try {
    return await Promise.race([work(directory, running), whenStopped()]);
  } finally {
    for (const { stop } of running.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same, with storage and the simulator, for an app whose timer never runs. */
export function withParts<T>(work: (parts: Parts, running: Running) => Promise<T>): Promise<T> {
  return withRunning(async (directory, running) => work(withoutTimer(await startParts(directory, running)), running));
}

/** Builds the app, and starts what it needs. What runs is added to `running`, the last to be stopped first. */
export async function startParts(directory: string, running: Running): Promise<Parts> {
  const paths = statePaths(directory);
  await build();
  const azurite = await startAzurite({ directory: paths.azurite });
  running.push(azurite);
  const simulator = await startSimulator({ paths, port: 0, clock: { scale: 1, origin: Date.now() } });
  running.push(simulator);
  const altinnUrl = simulator.ready.url;
  const credentials = await loadCredentials(paths);
  await registerClient(altinnUrl, credentials);
  const { connectionString } = azurite;
  const storage = await prepareStorage(connectionString);
  return { paths, storage, altinnUrl, settings: appSettings({ connectionString, altinnUrl, credentials }) };
}

/** Without the timer, which would ask about each letter of which no event came: none comes here. */
function withoutTimer(parts: Parts): Parts {
  return { ...parts, settings: { ...parts.settings, "AzureWebJobs.checkStatuses.Disabled": "true" } };
}

/** Starts the built app in a process of its own; `more`: settings besides. */
export function startApp(
  { paths, settings }: Parts,
  onLog: (line: string) => void,
  more: Readonly<Record<string, string>> = {},
) {
  const clock = { scale: 1, origin: Date.now() };
  const all = { ...settings, ...more };
  return startFunctions({ paths, port: 0, clock, settings: all, functionKey: "not-used", func: false, onLog });
}

/** Rejects on Ctrl-C and the like: what is on disk, and what runs, is too much to leave behind. */
function whenStopped(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => reject(new Error("The benchmark was stopped.")));
    }
  });
}
