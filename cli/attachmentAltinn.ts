// Which Altinn the commands about attachments talk to: the one of the app's settings, or without them the local start's.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { appSettings } from "../local/start/appSettings.ts";
import { loadCredentials, statePaths } from "../local/start/state.ts";
import { type AltinnClient, createAltinnClient } from "../shared/altinnClient.ts";
import { systemClock } from "../shared/clock.ts";
import { type AltinnSettings, readAltinnSettings, settingsTable } from "../shared/settings.ts";

/** The clients, and the settings that they were made from. */
export interface ReachedAltinn extends AltinnClient {
  readonly settings: AltinnSettings;
}

const startedSchema = z.object({ connectionString: z.string(), altinn: z.string() });

/** Makes no call yet. Rejects, for people, when settings are wrong and when nothing runs here. */
export async function reachAltinn(environment: NodeJS.ProcessEnv, stateDirectory: string): Promise<ReachedAltinn> {
  const read = readAltinnSettings(isSetUp(environment) ? environment : await localSettings(stateDirectory));
  if (!read.ok) {
    const lines = read.problems.map(({ key, problem }) => `  ${key} ${problem}`);
    throw new Error(["The app's settings don't tell how to reach Altinn:", ...lines].join("\n"));
  }
  return { settings: read.settings, ...createAltinnClient(read.settings, systemClock) };
}

/** One of the settings is enough: what is missing beside it is named, and the local start not taken for it. */
function isSetUp(environment: NodeJS.ProcessEnv): boolean {
  return settingsTable.some(
    ({ name }) => /^(ALTINN|MASKINPORTEN)_/.test(name) && (environment[name]?.trim() ?? "") !== "",
  );
}

async function localSettings(stateDirectory: string): Promise<Record<string, string>> {
  const text = await readFile(join(stateDirectory, "start.json"), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new Error("Nothing runs here: npm start first, or set the app's settings (ALTINN_..., MASKINPORTEN_...).");
  }
  const { connectionString, altinn } = startedSchema.parse(JSON.parse(text));
  const credentials = await loadCredentials(statePaths(stateDirectory));
  return appSettings({ connectionString, altinnUrl: altinn, credentials });
}
