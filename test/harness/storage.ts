// Azurite for tests: one for all that run in a process, and an account of its own for each, so that they can't meet. One
// for each file would spend more on starting, and on slow first calls, than most files do on their calls.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { type Azurite, startAzurite } from "../../local/azurite/start.ts";
import { ALL_CONTAINERS, ALL_QUEUES } from "../../shared/storage/names.ts";

/** How many accounts an Azurite has. More would make each call slower. */
const ACCOUNTS = 1_000;

export interface StorageAccount {
  readonly name: string;
  readonly blobOrigin: string;
  readonly queueOrigin: string;
  readonly connectionString: string;
  /** The same account, reached through other origins. */
  through(blobOrigin: string, queueOrigin: string): string;
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
}

export interface Storage {
  /** A fresh account with the app's queues and containers, and those that are named. */
  account(moreQueues?: readonly string[]): Promise<StorageAccount>;
}

/** A running Azurite, which ends with this process, and how many of its accounts are taken. */
interface Emulator {
  readonly azurite: Azurite;
  readonly key: string;
  used: number;
}

/** The newest last, and one before it at most, whose last accounts are still in use. */
const emulators: Promise<Emulator>[] = [];

/** Gives out accounts of this process's Azurite, which is started if none runs yet. */
export async function startStorage(): Promise<Storage> {
  if (emulators.length === 0) emulators.push(startEmulator());
  await emulators.at(-1);
  return { account };
}

/** For programs that end by themselves; the processes that run tests are ended, and Azurite with them. */
export async function stopStorage(): Promise<void> {
  await Promise.all(emulators.splice(0).map(stop));
}

async function account(moreQueues: readonly string[] = []): Promise<StorageAccount> {
  const { azurite, key, name } = await takeAccount();
  const blobOrigin = new URL(azurite.blobUrl).origin;
  const queueOrigin = new URL(azurite.queueUrl).origin;
  const through = (blob: string, queue: string) =>
    [
      "DefaultEndpointsProtocol=http",
      `AccountName=${name}`,
      `AccountKey=${key}`,
      `BlobEndpoint=${blob}/${name}`,
      `QueueEndpoint=${queue}/${name}`,
    ].join(";");
  const connectionString = through(blobOrigin, queueOrigin);
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  await Promise.all(moreQueues.map((queue) => queues.getQueueClient(queue).create()));
  return { name, blobOrigin, queueOrigin, connectionString, through, blobs, queues };
}

/** An account that nobody has had; of another Azurite, once the first has no more. */
async function takeAccount(): Promise<Pick<Emulator, "azurite" | "key"> & { readonly name: string }> {
  for (;;) {
    const newest = emulators.at(-1);
    const emulator = await newest;
    if (emulator !== undefined && emulator.used < ACCOUNTS) {
      return { ...emulator, name: `account${emulator.used++}` };
    }
    // Somebody else may have seen the same, and started one already.
    if (newest !== emulators.at(-1)) continue;
    emulators.push(startEmulator());
    await Promise.all(emulators.splice(0, emulators.length - 2).map(stop));
  }
}

async function stop(emulator: Promise<Emulator>): Promise<void> {
  await (await emulator).azurite.stop();
}

async function startEmulator(): Promise<Emulator> {
  const key = randomBytes(64).toString("base64");
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `account${index}`);
  const TEST_ACCOUNTS = JSON.stringify({ accounts, key, containers: ALL_CONTAINERS, queues: ALL_QUEUES });
  const preload = [join(import.meta.dirname, "testAccounts.cjs")];
  return { azurite: await startAzurite({ environment: { TEST_ACCOUNTS }, preload }), key, used: 0 };
}
