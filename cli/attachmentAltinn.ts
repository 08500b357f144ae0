// Which Altinn the commands about attachments talk to: the one of the app's settings, or without them the local start's.
import { type AltinnClient, type AltinnSettings, createAltinnClient } from "../shared/altinn/altinnClient.ts";
import { systemClock } from "../shared/clock.ts";
import { readAltinnSettings } from "../shared/settings/settings.ts";
import { findAppSettings } from "./appSettings.ts";

/** The clients, and the settings that they were made from. */
export interface ReachedAltinn extends AltinnClient {
  readonly settings: AltinnSettings;
}

/** Makes no call yet. Rejects, for people, when settings are wrong and when nothing runs here. */
export async function reachAltinn(environment: NodeJS.ProcessEnv, stateDirectory: string): Promise<ReachedAltinn> {
  const read = readAltinnSettings((await findAppSettings({ environment, stateDirectory })).env);
  if (!read.ok) {
    const lines = read.problems.map(({ key, problem }) => `  ${key} ${problem}`);
    throw new Error(["The app's settings don't tell how to reach Altinn:", ...lines].join("\n"));
  }
  return { settings: read.settings, ...createAltinnClient(read.settings, systemClock) };
}
