// The list of senders where it is too long for a setting: a blob, read once at the start, and checked as the setting is.
import { storageClients } from "../storage/clients.ts";
import { createJsonBlobs } from "../storage/jsonBlobs.ts";
import { CONTAINERS, DOCUMENTS } from "../storage/names.ts";
import { IN_BLOB } from "./sendersSetting.ts";
import { readStorageSettings } from "./settings.ts";
import type { Env } from "./twoForms.ts";

/**
 * The environment with the list in place of `blob`. Where it can't be read, the environment as it is: reading the settings
 * then says so. Makes no call where SENDERS says anything else.
 */
export async function withSendersBlob(env: Env): Promise<Env> {
  if (env.SENDERS?.trim() !== IN_BLOB) return env;
  const storage = readStorageSettings(env);
  if (!storage.ok) return env;
  try {
    const { blobs } = await storageClients(storage.settings);
    const stored = await createJsonBlobs(blobs.getContainerClient(CONTAINERS.state)).read(DOCUMENTS.senders);
    // What is no JSON has no value: as text it would be no setting at all, and an app without senders.
    return stored?.value === undefined ? env : { ...env, SENDERS: JSON.stringify(stored.value) };
  } catch {
    return env;
  }
}
