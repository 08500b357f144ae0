// What a benchmark of the deployed app runs beside it: storage and the simulator, each a process of its own.
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

/** The same, with an app whose timer never runs: it asks about each letter of which no event came, and none comes here. */
export function withoutTimer(parts: Parts): Parts {
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
export function whenStopped(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => reject(new Error("The benchmark was stopped.")));
    }
  });
}
