// The app settings that a command works with: of a file, of the environment, or of the local start.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { appSettings } from "../local/start/appSettings.ts";
import { loadCredentials, statePaths } from "../local/start/state.ts";
import { withSendersBlob } from "../shared/settings/sendersBlob.ts";
import { settingsTable } from "../shared/settings/settingsTable.ts";
import { fromHere } from "../terminal/givenFile.ts";
import { readVaultSecret, resolveReferences, type UnresolvedReference } from "./keyVaultReferences.ts";
import { CannotDo, readLocalStart, STATE_DIRECTORY, sendersSaid } from "./storage.ts";

/** App settings, and where the app is if it is the local start's. */
export interface FoundSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly from: "file" | "environment" | "localStart";
  /** References to Key Vault that could not be resolved. */
  readonly unresolved: readonly UnresolvedReference[];
  readonly app?: string;
  readonly functionKey?: string;
}

export interface SettingsSource {
  /** A file of app settings: what `az functionapp config appsettings list` prints, local.settings.json, or an object. */
  readonly file?: string | undefined;
  /** The local start's directory. */
  readonly stateDirectory?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Finds them: the file's; or the environment's, if one of them is there; or the local start's.
 * @throws CannotDo if the file is none, or nothing runs here
 */
export async function findAppSettings({
  file,
  stateDirectory,
  environment = process.env,
}: SettingsSource): Promise<FoundSettings> {
  if (file !== undefined) {
    const { env, unresolved } = await resolveReferences(await readSettingsFile(fromHere(file)), readVaultSecret);
    return { env: await withSendersBlob(env), from: "file", unresolved };
  }
  if (isSetUp(environment)) return { env: await withSendersBlob(environment), from: "environment", unresolved: [] };
  return settingsOfLocalStart(stateDirectory, environment);
}

/** One of the settings is enough: what is missing beside it is named, and the local start not taken for it. */
function isSetUp(environment: NodeJS.ProcessEnv): boolean {
  return settingsTable.some(
    ({ name }) => /^(ALTINN|MASKINPORTEN)_/.test(name) && (environment[name]?.trim() ?? "") !== "",
  );
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const flat = z.record(z.string(), text);
const settingsFile = z.union([
  z
    .array(z.object({ name: z.string(), value: text.nullish() }))
    .transform((list) => Object.fromEntries(list.map(({ name, value }) => [name, value ?? undefined]))),
  z.object({ Values: flat }).transform(({ Values }) => Values),
  flat,
]);

async function readSettingsFile(path: string): Promise<Record<string, string | undefined>> {
  const content = await readFile(path, "utf8").catch(() => undefined);
  if (content === undefined) throw new CannotDo(`${path} can't be read.`);
  const parsed = settingsFile.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  throw new CannotDo(`${path} holds no app settings: az functionapp config appsettings list prints them as JSON.`);
}

/** A parser's error would quote what it could not read, and there are secrets in it. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

async function settingsOfLocalStart(
  stateDirectory: string = STATE_DIRECTORY,
  environment: NodeJS.ProcessEnv,
): Promise<FoundSettings> {
  const started = await readLocalStart(stateDirectory);
  if (started === undefined) {
    throw new CannotDo("Nothing runs here: npm start first, or set the app's settings (ALTINN_..., MASKINPORTEN_...).");
  }
  const { connectionString, altinn, functions } = started;
  const senders = sendersSaid(started, environment);
  const credentials = await loadCredentials(statePaths(fromHere(stateDirectory)));
  return {
    env: await withSendersBlob(appSettings({ connectionString, altinnUrl: altinn, credentials, senders })),
    from: "localStart",
    unresolved: [],
    functionKey: credentials.functionKey,
    app: functions,
  };
}
