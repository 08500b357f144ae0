// The storage account that the app listens on, as a producer reaches it.
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { StorageClients } from "../shared/storage/clients.ts";

/** What any credential of `@azure/identity` is. */
export interface TokenCredential {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/**
 * How to reach the account: with an identity, with a connection string, or by clients that are there already. An
 * identity needs the roles Storage Queue Data Message Sender (and Processor, to read announcements) and Storage Blob
 * Data Contributor on the containers `correspondence-attachments` and `correspondence-requests`.
 */
export type ProducerStorage =
  | {
      /** `https://<account>.queue.core.windows.net` */
      readonly queueServiceUri: string;
      /** `https://<account>.blob.core.windows.net` */
      readonly blobServiceUri: string;
      readonly credential: TokenCredential;
    }
  | { readonly connectionString: string }
  | StorageClients;

/** Makes the clients; no call yet. Throws what the SDK throws at a connection string or address that is none. */
export function connect(access: ProducerStorage): StorageClients {
  if ("queues" in access) return access;
  if ("connectionString" in access) {
    return {
      queues: QueueServiceClient.fromConnectionString(access.connectionString),
      blobs: BlobServiceClient.fromConnectionString(access.connectionString),
    };
  }
  return {
    queues: new QueueServiceClient(access.queueServiceUri, access.credential),
    blobs: new BlobServiceClient(access.blobServiceUri, access.credential),
  };
}
