// Attachments as producers put them: blobs that are looked at before a call is made, and streamed to Altinn.
import type { Readable } from "node:stream";
import type { ContainerClient, RestError } from "@azure/storage-blob";

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
  /** Streams the version `etag` of a blob, resuming where a lost connection stopped. Throws if it is another version now. */
  open(path: string, etag: string): Promise<Readable>;
}

/** How often a download is taken up again where it was cut. */
const RESUMPTIONS = 5;

export function createAttachmentBlobs(container: ContainerClient): AttachmentBlobs {
  return {
    async look(path) {
      try {
        const properties = await container.getBlobClient(path).getProperties();
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
    async open(path, etag) {
      const answer = await container
        .getBlobClient(path)
        .download(0, undefined, { conditions: { ifMatch: etag }, maxRetryRequests: RESUMPTIONS });
      if (!answer.readableStreamBody) throw new Error("An attachment's blob gave no stream");
      const stream = answer.readableStreamBody;
      if (!isReadable(stream)) throw new Error("An attachment's blob gave a stream of another kind");
      return stream;
    },
  };
}

function isReadable(stream: NodeJS.ReadableStream): stream is Readable {
  return "destroy" in stream;
}

function isNoBlob(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "RestError") return false;
  const { statusCode, code }: Partial<RestError> = error;
  return statusCode === 404 && code !== "ContainerNotFound";
}
