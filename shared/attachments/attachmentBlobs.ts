// Attachments as producers put them: blobs that are looked at before a call is made, and streamed to Altinn.
import { Readable } from "node:stream";
import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import { isEmptyBlob, isNoBlob } from "../storage/blobErrors.ts";
import { eachWithin, STORAGE_TIMEOUT_MS, within } from "../storage/within.ts";

/** What a blob says of itself. */
export interface AttachmentBlob {
  readonly sizeBytes: number;
  readonly etag: string;
  /** MD5 in lower case hex, where the blob tells. */
  readonly md5?: string;
}

/** The container that producers put attachments into. */
export interface AttachmentBlobs {
  /** Looks at a blob; `undefined` if there is none. */
  look(path: string): Promise<AttachmentBlob | undefined>;
  /**
   * The version of a blob that a letter is going to need; `undefined` if there is none, or it is empty. A byte of it is read: storage keeps
   * a file for so long after it was last read, and looking at it does not count as that.
   */
  use(path: string): Promise<string | undefined>;
  /**
   * Streams the version `etag` of a blob, going on after a lost connection where it stopped. The stream fails if there
   * is another version now, and when storage brings nothing more.
   */
  open(path: string, etag: string): Promise<Readable>;
}

/** How often in a row a download may be cut without having brought a byte. */
const MOST_EMPTY_ANSWERS = 5;

/** The attachments of a container. Each answer, and each part of what streams, is waited for as long as `timeoutMs`. */
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
    async use(path) {
      try {
        return await within(timeoutMs, async (abortSignal) => {
          const { etag, readableStreamBody } = await container.getBlobClient(path).download(0, 1, { abortSignal });
          for await (const _byte of readableStreamBody ?? []);
          return etag;
        });
      } catch (error) {
        if (isNoBlob(error) || isEmptyBlob(error)) return undefined;
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
    let hasBegun = false;
    const part = eachWithin(timeoutMs, (abortSignal) =>
      partOf(blob, { from, etag, abortSignal }, (length) => {
        end = from + length;
        hasBegun = true;
      }),
    );
    try {
      for await (const chunk of part) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (error) {
      // Storage refuses, or has said nothing: the library has tried that often enough.
      if (!hasBegun) throw error;
      empty = offset > from ? 0 : empty + 1;
      if (empty >= MOST_EMPTY_ANSWERS) throw error;
    }
  }
}

interface Part {
  readonly from: number;
  readonly etag: string;
  readonly abortSignal: AbortSignal;
}

/** The bytes from one on, as long as the connection lasts. `onLength` is told how many there are. */
async function* partOf(
  blob: BlobClient,
  { from, etag, abortSignal }: Part,
  onLength: (bytes: number) => void,
): AsyncGenerator<string | Buffer> {
  const options = { conditions: { ifMatch: etag }, maxRetryRequests: 0, abortSignal };
  const { readableStreamBody, contentLength } = await blob.download(from, undefined, options);
  if (!readableStreamBody || contentLength === undefined) throw new Error("An attachment's blob gave no stream");
  onLength(contentLength);
  yield* readableStreamBody;
}
