// Requests that producers have put into blobs because a queue message has no room for them.
import type { ContainerClient } from "@azure/storage-blob";
import { isGone, isNoBlob } from "../storage/blobErrors.ts";

export type RequestBlob =
  | { readonly kind: "found"; readonly content: Buffer; readonly etag: string }
  | { readonly kind: "missing" }
  | { readonly kind: "tooLarge"; readonly sizeBytes: number };

export interface RequestBlobs {
  /** Reads a blob, unless it is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<RequestBlob>;
  /** Deletes the version `etag` of a blob; one that was changed since, or is gone, is left alone. */
  remove(path: string, etag: string): Promise<void>;
}

export function createRequestBlobs(container: ContainerClient): RequestBlobs {
  return {
    async read(path, maxBytes) {
      const blob = container.getBlobClient(path);
      try {
        const { contentLength: sizeBytes = 0, etag = "" } = await blob.getProperties();
        if (sizeBytes > maxBytes) return { kind: "tooLarge", sizeBytes };
        // Exactly the version that was measured, so that no more comes than that.
        const content = await blob.downloadToBuffer(0, sizeBytes, { conditions: { ifMatch: etag } });
        return { kind: "found", content, etag };
      } catch (error) {
        if (isNoBlob(error)) return { kind: "missing" };
        throw error;
      }
    },
    async remove(path, etag) {
      try {
        await container.getBlobClient(path).delete({ conditions: { ifMatch: etag } });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}
