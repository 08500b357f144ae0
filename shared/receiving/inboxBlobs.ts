// The inbox's calls to Azure Storage.
import type { ContainerClient } from "@azure/storage-blob";
import { isLostRace } from "../storage/blobErrors.ts";
import { createJsonBlobs } from "../storage/jsonBlobs.ts";
import { eachWithin, STORAGE_TIMEOUT_MS, within } from "../storage/within.ts";
import type { InboxBlobs, StoredFile } from "./inbox.ts";

/** The blobs of a container. Each call to storage is waited for as long as `timeoutMs`. */
export function inboxBlobsOf(container: ContainerClient, timeoutMs: number = STORAGE_TIMEOUT_MS): InboxBlobs {
  const isNew = { conditions: { ifNoneMatch: "*" } };
  const blob = (name: string) => container.getBlockBlobClient(name);
  return {
    documents: createJsonBlobs(container, timeoutMs),
    async list(prefix) {
      const found = new Map<string, StoredFile>();
      const blobs = eachWithin(timeoutMs, (abortSignal) => container.listBlobsFlat({ prefix, abortSignal }));
      for await (const { name, properties } of blobs) {
        const { contentLength: sizeBytes = 0, contentMD5 } = properties;
        found.set(name, { sizeBytes, ...(contentMD5 ? { md5: Buffer.from(contentMD5).toString("hex") } : {}) });
      }
      return found;
    },
    upload: (name, bytes, headers) =>
      unlessThere(timeoutMs, (abortSignal) =>
        blob(name).upload(bytes, bytes.length, { ...headers, ...isNew, abortSignal }),
      ),
    async stageBlock(name, blockId, bytes) {
      await within(timeoutMs, (abortSignal) => blob(name).stageBlock(blockId, bytes, bytes.length, { abortSignal }));
    },
    commitBlocks: (name, blockIds, headers) =>
      unlessThere(timeoutMs, (abortSignal) =>
        blob(name).commitBlockList([...blockIds], { ...headers, ...isNew, abortSignal }),
      ),
  };
}

/** Another delivery may have stored it meanwhile. */
async function unlessThere(timeoutMs: number, put: (abortSignal: AbortSignal) => Promise<unknown>): Promise<void> {
  try {
    await within(timeoutMs, put);
  } catch (error) {
    if (!isLostRace(error)) throw error;
  }
}
