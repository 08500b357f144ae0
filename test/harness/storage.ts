// Azurite for tests: one for all tests of a file, and an account of its own for each, so that they can't meet.
import { randomBytes } from "node:crypto";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { type Azurite, startAzurite } from "../../local/azurite/start.ts";
import { ALL_CONTAINERS, ALL_QUEUES } from "../../shared/storage/names.ts";

/** What tests of a file usually need at most. */
const ACCOUNTS = 200;

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
  stop(): Promise<void>;
}

/** Starts Azurite with so many accounts (1,000 at most: they are told in an environment variable). */
export async function startStorage(accounts: number = ACCOUNTS): Promise<Storage> {
  const key = randomBytes(64).toString("base64");
  const names = Array.from({ length: accounts }, (_, index) => `account${index}`);
  // Azurite reads its accounts from the environment that it inherits.
  process.env.AZURITE_ACCOUNTS = names.map((name) => `${name}:${key}`).join(";");
  const azurite: Azurite = await startAzurite();
  delete process.env.AZURITE_ACCOUNTS;
  const blobOrigin = new URL(azurite.blobUrl).origin;
  const queueOrigin = new URL(azurite.queueUrl).origin;
  let used = 0;

  return {
    async account(moreQueues = []) {
      const name = names[used++];
      if (name === undefined) throw new Error("There are no more accounts: start another storage");
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
      await Promise.all([
        ...ALL_CONTAINERS.map((container) => blobs.getContainerClient(container).create()),
        ...[...ALL_QUEUES, ...moreQueues].map((queue) => queues.getQueueClient(queue).create()),
      ]);
      return { name, blobOrigin, queueOrigin, connectionString, through, blobs, queues };
    },
    stop: () => azurite.stop(),
  };
}
