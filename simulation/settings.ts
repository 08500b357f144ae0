// The settings of a simulated deployment.

import { SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import { createClientKey } from "../local/altinn-simulator/clientKey.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { readSettings, type Settings } from "../shared/settings/settings.ts";

/** One key for all: it signs nothing. */
const key = lazily(createClientKey);

/** Settings as in Azure, and others if they are given; nothing of what they name is called. */
export async function simulatedSettings(others: Readonly<Record<string, string>> = {}): Promise<Settings> {
  const { base64 } = await key();
  const read = readSettings({
    CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_SUBSCRIPTION_KEY: "simulated",
    ALTINN_RESOURCES: EXAMPLE_RESOURCE,
    MASKINPORTEN_CLIENT_ID: "simulated",
    MASKINPORTEN_JWK: base64,
    STATUS_QUEUES: SECOND_STATUS_QUEUE,
    ...others,
  });
  if (!read.ok) throw new Error(read.problems.map(({ key, problem }) => `${key}: ${problem}`).join("; "));
  return read.settings;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
