// Starts Azurite, the storage emulator, as a child process: blobs and queues for the local start and for tests.
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../childProcess.ts";

/** What kind of Azurite to start. */
export interface AzuriteOptions {
  /** Where the data is kept, absolute; made when missing. Without it everything stays in memory. */
  readonly directory?: string;
  /** Port of the blob service on 127.0.0.1. Default: a free one. */
  readonly blobPort?: number;
  /** Port of the queue service on 127.0.0.1. Default: a free one. */
  readonly queuePort?: number;
  /** Keep everything in memory even though a directory is given. */
  readonly inMemory?: boolean;
  /** Take only who signs in (Microsoft Entra ID, its signatures unchecked), over https with this certificate. Paths of PEM files. */
  readonly signIn?: { readonly key: string; readonly cert: string };
  /** False: run Azurite as it comes, with its lossy tag queries. Only for the test that shows the loss. */
  readonly repairTagQueries?: boolean;
  /** More modules to preload, absolute paths, and environment variables for them. */
  readonly preload?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running Azurite. `stop` saves the data, `kill` loses what was not saved yet (up to 5 s). */
export interface Azurite extends Child {
  /** For the storage SDKs and for app settings. */
  readonly connectionString: string;
  /** For example `http://127.0.0.1:10000/devstoreaccount1`. */
  readonly blobUrl: string;
  readonly queueUrl: string;
}

/** The emulator's account and key, the same for everybody and documented by Microsoft: not a secret. */
const ACCOUNT = "devstoreaccount1";
const ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const LISTENING = /Azurite (Blob|Queue) service is successfully listening at (https?:\S+)/;

/**
 * Starts Azurite and resolves when both services answer. Rejects, with what Azurite said, when it ends before that
 * (a port that is taken, for example).
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { directory, signIn } = options;
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const inMemory = options.inMemory === true || directory === undefined;

  const addresses = new Map<string, string>();
  const said: string[] = [];
  let ready = () => {};
  const listening = new Promise<"listening">((resolve) => {
    ready = () => resolve("listening");
  });
  const child = startChild({
    program: createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js"),
    arguments: [
      ...["--skipApiVersionCheck", "--silent", "--disableTelemetry", "--disableProductStyleUrl"],
      ...["--blobHost", "127.0.0.1", "--blobPort", String(options.blobPort ?? 0)],
      ...["--queueHost", "127.0.0.1", "--queuePort", String(options.queuePort ?? 0)],
      ...(signIn === undefined ? [] : ["--oauth", "basic", "--key", signIn.key, "--cert", signIn.cert]),
      ...(inMemory ? ["--inMemoryPersistence"] : ["--location", directory]),
    ],
    preload: [...preloads(options.repairTagQueries ?? true), ...(options.preload ?? [])],
    environment: { ...process.env, ...options.environment },
    ...(directory === undefined ? {} : { workingDirectory: directory }),
    onLine(line) {
      said.push(line);
      if (said.length > 20) said.shift();
      const [, service, address] = LISTENING.exec(line) ?? [];
      if (service !== undefined && address !== undefined) addresses.set(service, address);
      if (addresses.size === 2) ready();
    },
  });

  const first = await Promise.race([listening, child.exited]);
  if (first !== "listening") throw new Error(`Azurite did not start:\n${said.join("\n")}`);
  const blobUrl = `${addresses.get("Blob")}/${ACCOUNT}`;
  const queueUrl = `${addresses.get("Queue")}/${ACCOUNT}`;
  return { ...child, blobUrl, queueUrl, connectionString: connectionString(blobUrl, queueUrl) };
}

function preloads(repair: boolean): string[] {
  const names = [
    "noTelemetry.cjs",
    "onlyBlobAndQueue.cjs",
    "quickRemoval.cjs",
    "refuseNoXml.cjs",
    ...(repair ? ["repairFilterBlobs.cjs"] : []),
  ];
  return names.map((name) => fileURLToPath(new URL(name, import.meta.url)));
}

function connectionString(blobUrl: string, queueUrl: string): string {
  const parts = {
    DefaultEndpointsProtocol: new URL(blobUrl).protocol.slice(0, -1),
    AccountName: ACCOUNT,
    AccountKey: ACCOUNT_KEY,
    BlobEndpoint: blobUrl,
    QueueEndpoint: queueUrl,
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${value};`)
    .join("");
}
