// Which storage account a command works on: that of the app's settings, or that of the local start.

import { fileURLToPath } from "node:url";
import type { Started } from "../local/start/state.ts";
import { ALTINN_ENVIRONMENTS } from "../shared/altinn/environments.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { fromHere } from "../terminal/givenFile.ts";
import { explainAzure, isSignIn } from "./altinn/azureFailure.ts";

/** Where the local start keeps what it needs. */
export const STATE_DIRECTORY = fileURLToPath(new URL("../.local", import.meta.url));

/** A person waits: storage that does not answer is soon said to be down. */
const TRIES = { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 30_000 };

/** A reason for which a command can't be done, for people: the message says what to do. */
export class CannotDo extends Error {
  override readonly name = "CannotDo";
}

/**
 * The storage of the settings CORRESPONDENCE_STORAGE..., and without any of them that of the local start.
 * @throws CannotDo if there is neither, or the settings are wrong
 */
export async function findStorage(stateDirectory: string = STATE_DIRECTORY): Promise<StorageClients> {
  // Large, and not needed by a command that only says how it is used.
  const { storageClients } = await import("../shared/storage/clients.ts");
  if (!isStorageSaid()) return storageClients(await storageOfLocalStart(stateDirectory), { retryOptions: TRIES });
  const { readStorageSettings } = await import("../shared/settings/settings.ts");
  const read = readStorageSettings(process.env);
  if (!read.ok) throw new CannotDo(read.problems.map(({ key, problem }) => `${key} ${problem}`).join("\n"));
  return storageClients(read.settings, { retryOptions: TRIES });
}

/** True if the environment says by a setting of the app's which storage is meant: then nothing is the local start's. */
export function isStorageSaid(environment: NodeJS.ProcessEnv = process.env): boolean {
  return Object.entries(environment).some(
    ([key, value]) => key.startsWith("CORRESPONDENCE_STORAGE") && (value ?? "").trim() !== "",
  );
}

/** Where the local start can be reached; `undefined` if none runs. */
export async function readLocalStart(stateDirectory: string = STATE_DIRECTORY): Promise<Started | undefined> {
  const { readStarted, statePaths } = await import("../local/start/state.ts");
  return readStarted(statePaths(fromHere(stateDirectory)));
}

/** The setting SENDERS of the environment, and where that says nothing of the local start: whoever calls may stand in another terminal. */
export function sendersSaid(
  started: Started | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return environment.SENDERS?.trim() || started?.senders;
}

/** What a command that changes something is given where that may be production. */
export const PRODUCTION_OPTION = ["--production", "change something although it is production"] as const;

/** As far as it is said which storage a command works on, and that it may be production's. */
export interface StorageChoice {
  readonly stateDir?: string | undefined;
  readonly production?: boolean | undefined;
}

/**
 * Storage that is to be changed. Nothing in storage tells whether it is production's: ALTINN_ENVIRONMENT does, the app's own
 * setting, and storage on this machine is none.
 * @throws CannotDo as {@link findStorage} does, and if it is production's, or may be, and nobody said so
 */
export async function storageToChange({ stateDir, production }: StorageChoice): Promise<StorageClients> {
  const storage = await findStorage(stateDir);
  const environment = process.env.ALTINN_ENVIRONMENT?.trim();
  if (environment === "production") refuseProduction(true, { production });
  // What the app would not take for an environment says nothing here either.
  const isKnown = ALTINN_ENVIRONMENTS.some((known) => known === environment);
  if (isKnown || production || isOnThisMachine(storage.blobs.url)) return storage;
  throw new CannotDo(
    "It is not known whether this storage is production's, so nothing was changed. Set ALTINN_ENVIRONMENT as the app has it, to tt02 or production; or say --production.",
  );
}

/** @throws CannotDo if it is production, and nobody said so */
export function refuseProduction(isProduction: boolean, { production }: Pick<StorageChoice, "production">): void {
  if (isProduction && !production) {
    throw new CannotDo(
      "This is production (ALTINN_ENVIRONMENT), so nothing was changed. If it is meant: --production.",
    );
  }
}

function isOnThisMachine(url: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

async function storageOfLocalStart(stateDirectory: string) {
  const started = await readLocalStart(stateDirectory);
  if (started === undefined) {
    throw new CannotDo(
      "Nothing runs here: npm start first, or set CORRESPONDENCE_STORAGE to the connection string of the app's storage.",
    );
  }
  return { kind: "connectionString", connectionString: started.connectionString } as const;
}

/** What went wrong, for people: in words of our own where the reason is known. */
export function describeFailure(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === "ECONNREFUSED") return "The storage does not answer; is npm start still running?";
  if (code === "AuthorizationPermissionMismatch" || code === "AuthorizationFailure") {
    return "The storage refuses you. You need the roles Storage Queue Data Contributor and Storage Blob Data Owner.";
  }
  if (isSignIn(error)) return explainAzure(error);
  return error instanceof Error ? error.message : String(error);
}
