// Attachments as producers put them: blobs that are looked at before a call is made, and streamed to Altinn.
import { Readable } from "node:stream";
import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import { isNoBlob } from "../storage/blobErrors.ts";
import { STORAGE_TIMEOUT_MS, within } from "../storage/within.ts";

/** What a blob says of itself. */
export interface AttachmentBlob {
  readonly sizeBytes: number;
  readonly etag: string;
  /** MD5 in lower case hex, where the blob tells. */
  readonly md5?: string;
}

export interface AttachmentBlobs {
  /** Looks at a blob; `undefined` if there is none. */
  look(path: string): Promise<AttachmentBlob | undefined>;
  /**
   * Streams the version `etag` of a blob, going on after a lost connection where it stopped. The stream fails if there
   * is another version now, and when storage brings nothing more.
   */
  open(path: string, etag: string): Promise<Readable>;
}

/** How often in a row a download may be cut without having brought a byte. */
const MOST_EMPTY_ANSWERS = 5;

/** The attachments of a container. Each answer is waited for as long as `timeoutMs`; what streams then, as long as it takes. */
export function createAttachmentBlobs(
  container: ContainerClient,
  timeoutMs: number = STORAGE_TIMEOUT_MS,
): AttachmentBlobs {
  return {
    async look(path) {
      try {
        const properties = await within(timeoutMs, (abortSignal) =>
          container.getBlobClient(path).getProperties({ abortSignal }),
        );
        return {
          sizeBytes: properties.contentLength ?? 0,
          etag: properties.etag ?? "",
          ...(properties.contentMD5 ? { md5: Buffer.from(properties.contentMD5).toString("hex") } : {}),
        };
      } catch (error) {
        if (isNoBlob(error)) return undefined;
        throw error;
      }
    },
    open: async (path, etag) =>
      Readable.from(bytesOf(container.getBlobClient(path), etag, timeoutMs), { objectMode: false }),
  };
}

/**
 * The bytes of a blob's version. Storage cuts a connection that lasts longer than the time limit of the client's tries,
 * and the SDK's own resuming (12.34) fails just then: it takes a cut for an abort of ours.
 */
async function* bytesOf(blob: BlobClient, etag: string, timeoutMs: number): AsyncGenerator<string | Buffer> {
  let offset = 0;
  let end = Number.POSITIVE_INFINITY;
  for (let empty = 0; offset < end; ) {
    const from = offset;
    const options = { conditions: { ifMatch: etag }, maxRetryRequests: 0 };
    // Whoever reads has a limit for the whole, which ends a stream that brings nothing.
    const answer = await within(timeoutMs, (abortSignal) =>
      blob.download(from, undefined, { ...options, abortSignal }),
    );
    if (!answer.readableStreamBody || answer.contentLength === undefined) {
      throw new Error("An attachment's blob gave no stream");
    }
    end = from + answer.contentLength;
    try {
      for await (const chunk of answer.readableStreamBody) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (error) {
      empty = offset > from ? 0 : empty + 1;
      if (empty >= MOST_EMPTY_ANSWERS) throw error;
    }
  }
}
