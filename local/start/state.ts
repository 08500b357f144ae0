// What the local start keeps between starts, in .local: the services' data, keys made for this machine, and whether the
// examples were sent.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";
import { isFree } from "./ports.ts";

/** Where things are kept. */
export interface StatePaths {
  readonly directory: string;
  readonly azurite: string;
  readonly simulator: string;
  /** The simulator's attachments. */
  readonly files: string;
  readonly logs: string;
}

const credentialsSchema = z.object({
  clientId: z.string(),
  /** Base64 of the private JWK, as the app setting MASKINPORTEN_JWK takes it. */
  jwk: z.string(),
  functionKey: z.string(),
});

/** Made on the first start, for this machine alone. */
export type Credentials = z.infer<typeof credentialsSchema>;

const startedSchema = z.object({
  pid: z.number(),
  connectionString: z.string(),
  altinn: z.string(),
  functions: z.string(),
  /** The setting SENDERS, where there is one. */
  senders: z.string().optional(),
});

/** Where a running start can be reached; for the commands. */
export type Started = z.infer<typeof startedSchema>;

const EXAMPLES = "examples-sent.json";
const CREDENTIALS = "credentials.json";
const STARTED = "start.json";

export function statePaths(directory: string): StatePaths {
  return {
    directory,
    azurite: join(directory, "azurite"),
    simulator: join(directory, "simulator.json"),
    files: join(directory, "simulator-files"),
    logs: join(directory, "logs"),
  };
}

/** Removes what starts keep, and nothing else that may be in the directory. */
export async function forget(paths: StatePaths): Promise<void> {
  const files = [EXAMPLES, CREDENTIALS, STARTED].map((name) => join(paths.directory, name));
  for (const path of [paths.azurite, paths.simulator, paths.files, paths.logs, ...files]) {
    await rm(path, { recursive: true, force: true });
  }
}

/** Closes to others what an earlier start, of a version that did not, has left open. New files are for their user alone. */
export async function closeToOthers({ azurite, logs, simulator }: StatePaths): Promise<void> {
  for (const [path, mode] of [
    [azurite, 0o700],
    [logs, 0o700],
    [simulator, 0o600],
  ] as const) {
    await chmod(path, mode).catch(() => undefined);
  }
}

/** The keys of this machine; made when there are none. */
export async function loadCredentials(paths: StatePaths): Promise<Credentials> {
  const path = join(paths.directory, CREDENTIALS);
  const existing = await readJson(path);
  if (existing !== undefined) return credentialsSchema.parse(existing);
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomBytes(8).toString("hex"), alg: "RS256", use: "sig" };
  const credentials = {
    clientId: "local-client",
    jwk: Buffer.from(JSON.stringify(jwk)).toString("base64"),
    functionKey: randomBytes(24).toString("base64url"),
  };
  await writeJson(path, credentials);
  return credentials;
}

/** True when an earlier start sent the examples: sent again they would only be announced as duplicates. */
export async function wereExamplesSent(paths: StatePaths): Promise<boolean> {
  return (await readJson(join(paths.directory, EXAMPLES))) !== undefined;
}

export async function noteExamplesSent(paths: StatePaths, requestIds: readonly string[]): Promise<void> {
  await writeJson(join(paths.directory, EXAMPLES), { requestIds });
}

/** Throws when another start uses the directory: two Azurites on the same files would destroy them. */
export async function refuseSecondStart(paths: StatePaths): Promise<void> {
  const started = await readStarted(paths);
  if (started === undefined) return;
  const { pid, connectionString } = started;
  const [, port] = /BlobEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(connectionString) ?? [];
  if (port === undefined || (await isFree(Number(port)))) return;
  throw new Error(
    `Another start (process ${pid}, blob port ${port}) uses ${paths.directory}. Stop it, or take another --state-dir.`,
  );
}

/** What the start that runs on the directory has noted; undefined where none does. */
export async function readStarted(paths: StatePaths): Promise<Started | undefined> {
  return startedSchema.safeParse(await readJson(join(paths.directory, STARTED))).data;
}

export async function noteStarted(paths: StatePaths, started: Started): Promise<void> {
  await writeJson(join(paths.directory, STARTED), started);
}

export async function noteStopped(paths: StatePaths): Promise<void> {
  await rm(join(paths.directory, STARTED), { force: true });
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Whole or not at all, and readable by nobody else: there are keys in some. */
async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}
