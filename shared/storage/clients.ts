// The clients of the storage account, by connection string or by the app's own identity.
import { BlobServiceClient, type StoragePipelineOptions } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

/** How storage is reached. */
export type StorageAccess =
  | { readonly kind: "connectionString"; readonly connectionString: string }
  | {
      readonly kind: "identity";
      readonly queueServiceUri: string;
      readonly blobServiceUri: string;
      /** Of a user-assigned identity; without it the system-assigned one is used. */
      readonly clientId?: string;
    };

/** The clients of one storage account. */
export interface StorageClients {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
}

/** A call is tried this often; then whoever made it goes on, the queue for one. */
const TRIES = { maxTries: 3, tryTimeoutInMs: 30_000, retryDelayInMs: 500 };

/** Makes the clients. Makes no call yet. */
export async function storageClients(
  access: StorageAccess,
  options: Pick<StoragePipelineOptions, "retryOptions"> = {},
): Promise<StorageClients> {
  const pipeline = { retryOptions: TRIES, ...options };
  if (access.kind === "connectionString") {
    return {
      blobs: BlobServiceClient.fromConnectionString(access.connectionString, pipeline),
      queues: QueueServiceClient.fromConnectionString(access.connectionString, pipeline),
    };
  }
  // Large, and not needed where there is a connection string.
  const { DefaultAzureCredential } = await import("@azure/identity");
  const credential = new DefaultAzureCredential(
    access.clientId === undefined ? {} : { managedIdentityClientId: access.clientId },
  );
  return {
    blobs: new BlobServiceClient(access.blobServiceUri, credential, pipeline),
    queues: new QueueServiceClient(access.queueServiceUri, credential, pipeline),
  };
}
