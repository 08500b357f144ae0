// The queues and containers of the local start. In Azure the Bicep makes them.
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { ALL_CONTAINERS, ALL_QUEUES } from "../../shared/storage/names.ts";
import { EXAMPLE_STATUS_QUEUE } from "./appSettings.ts";

export interface LocalStorage {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
}

/** Makes what is missing, and gives the clients. */
export async function prepareStorage(connectionString: string): Promise<LocalStorage> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  await Promise.all([
    ...ALL_CONTAINERS.map((name) => blobs.getContainerClient(name).createIfNotExists()),
    ...[...ALL_QUEUES, EXAMPLE_STATUS_QUEUE].map((name) => queues.getQueueClient(name).createIfNotExists()),
  ]);
  return { blobs, queues };
}
