// Requests that producers have put into blobs because a queue message has no room for them.
import type { ContainerClient } from "@azure/storage-blob";
import { isGone, isNoBlob } from "../storage/blobErrors.ts";
import { STORAGE_TIMEOUT_MS, within } from "../storage/within.ts";

/** The blob of a claim check, as it was found. */
export type RequestBlob =
  | { readonly kind: "found"; readonly content: Buffer; readonly etag: string }
  | { readonly kind: "missing" }
  | { readonly kind: "tooLarge"; readonly sizeBytes: number };

/** The container that producers put requests into. */
export interface RequestBlobs {
  /** Reads a blob, unless it is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<RequestBlob>;
  /** Deletes the version `etag` of a blob; one that was changed since, or is gone, is left alone. */
  remove(path: string, etag: string): Promise<void>;
}

/** The requests of a container. Each call is given up after `timeoutMs`. */
export function createRequestBlobs(container: ContainerClient, timeoutMs: number = STORAGE_TIMEOUT_MS): RequestBlobs {
  return {
    async read(path, maxBytes) {
      const blob = container.getBlobClient(path);
      try {
        const { contentLength: sizeBytes = 0, etag = "" } = await within(timeoutMs, (abortSignal) =>
          blob.getProperties({ abortSignal }),
        );
        if (sizeBytes > maxBytes) return { kind: "tooLarge", sizeBytes };
        // Exactly the version that was measured, so that no more comes than that.
        const content = await within(timeoutMs, (abortSignal) =>
          blob.downloadToBuffer(0, sizeBytes, { conditions: { ifMatch: etag }, abortSignal }),
        );
        return { kind: "found", content, etag };
      } catch (error) {
        if (isNoBlob(error)) return { kind: "missing" };
        throw error;
      }
    },
    async remove(path, etag) {
      try {
        await within(timeoutMs, (abortSignal) =>
          container.getBlobClient(path).delete({ conditions: { ifMatch: etag }, abortSignal }),
        );
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}
