// The settings of a simulated deployment.

import { SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import { createClientKey } from "../local/altinn-simulator/clientKey.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { readSettings, type Settings } from "../shared/settings/settings.ts";

/** Settings as in Azure; nothing of what they name is called. */
export async function simulatedSettings(): Promise<Settings> {
  const { base64 } = await createClientKey();
  const read = readSettings({
    CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_SUBSCRIPTION_KEY: "simulated",
    ALTINN_RESOURCES: EXAMPLE_RESOURCE,
    MASKINPORTEN_CLIENT_ID: "simulated",
    MASKINPORTEN_JWK: base64,
    STATUS_QUEUES: SECOND_STATUS_QUEUE,
  });
  if (!read.ok) throw new Error(read.problems.map(({ key, problem }) => `${key}: ${problem}`).join("; "));
  return read.settings;
}
