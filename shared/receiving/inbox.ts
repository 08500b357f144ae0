// What is stored of letters to the organisation: a folder each, with its files, and a document that is written last.
import { createHash } from "node:crypto";
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { isLostRace } from "../storage/blobErrors.ts";
import { createJsonBlobs, type JsonBlobs } from "../storage/jsonBlobs.ts";
import { inboxFolder } from "../storage/names.ts";
import { eachWithin, STORAGE_TIMEOUT_MS, within } from "../storage/within.ts";

/** The container of received letters. */
export interface Inbox {
  /** What is known of each letter. */
  readonly documents: Pick<JsonBlobs, "read" | "create">;
  /** What is stored of a letter, by name. A file that is there is there whole. */
  list(correspondenceId: string): Promise<ReadonlyMap<string, StoredFile>>;
  /**
   * Stores a file as it comes, a few megabytes of it in memory at a time. It is there when all of it has come, and not
   * before; rejects with what `bytes` rejects with.
   */
  put(name: string, bytes: AsyncIterable<Uint8Array>, about: FileAbout): Promise<PutFile>;
}

/** A file that is stored. */
export interface StoredFile {
  readonly sizeBytes: number;
  /** MD5 in lower case hex, where storage tells. */
  readonly md5?: string;
}

/** What goes along with a file. */
export interface FileAbout {
  readonly contentType: string;
  /** As its sender called it. */
  readonly fileName: string;
  /** The MD5 that it must have, in hex; empty where nobody told. */
  readonly checksum: string;
}

/** What came of storing a file. */
export type PutFile =
  | ({ readonly kind: "stored" } & Required<StoredFile>)
  /** It is not what it was said to be, and was not stored. */
  | { readonly kind: "mismatch" };

/** So much is put at a time; a file has at most 50,000 such blocks, 195 GiB (Azure Storage, "Put Block"). */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** The letters of a container. Each call to storage is waited for as long as `timeoutMs`. */
export function createInbox(container: ContainerClient, timeoutMs: number = STORAGE_TIMEOUT_MS): Inbox {
  return {
    documents: createJsonBlobs(container, timeoutMs),
    async list(correspondenceId) {
      const found = new Map<string, StoredFile>();
      const prefix = inboxFolder(correspondenceId);
      const blobs = eachWithin(timeoutMs, (abortSignal) => container.listBlobsFlat({ prefix, abortSignal }));
      for await (const { name, properties } of blobs) {
        const { contentLength: sizeBytes = 0, contentMD5 } = properties;
        found.set(name, { sizeBytes, ...(contentMD5 ? { md5: Buffer.from(contentMD5).toString("hex") } : {}) });
      }
      return found;
    },
    put: (name, bytes, about) => putFile(container.getBlockBlobClient(name), bytes, about, timeoutMs),
  };
}

async function putFile(
  blob: BlockBlobClient,
  bytes: AsyncIterable<Uint8Array>,
  about: FileAbout,
  timeoutMs: number,
): Promise<PutFile> {
  const md5 = createHash("md5");
  const ids: string[] = [];
  let sizeBytes = 0;
  let last: Buffer = Buffer.alloc(0);
  for await (const block of blocksOf(bytes)) {
    if (last.length > 0) await stage(last);
    md5.update(block);
    sizeBytes += block.length;
    last = block;
  }
  async function stage(block: Buffer): Promise<void> {
    // All ids of a blob are of one length; the same file has the same ones, whoever puts it.
    const id = Buffer.from(String(ids.length).padStart(8, "0")).toString("base64");
    await within(timeoutMs, (abortSignal) => blob.stageBlock(id, block, block.length, { abortSignal }));
    ids.push(id);
  }
  const digest = md5.digest();
  const told = digest.toString("hex");
  if (about.checksum !== "" && about.checksum.toLowerCase() !== told) return { kind: "mismatch" };
  const options = { ...headersOf(about, digest), conditions: { ifNoneMatch: "*" } };
  try {
    if (ids.length === 0) {
      await within(timeoutMs, (abortSignal) => blob.upload(last, last.length, { ...options, abortSignal }));
    } else {
      await stage(last);
      await within(timeoutMs, (abortSignal) => blob.commitBlockList(ids, { ...options, abortSignal }));
    }
  } catch (error) {
    // Another delivery has stored it meanwhile.
    if (!isLostRace(error)) throw error;
  }
  return { kind: "stored", sizeBytes, md5: told };
}

async function* blocksOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    parts.push(part);
    size += part.length;
    if (size < BLOCK_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(parts);
}

/**
 * Whoever serves it from here serves it as something to be saved, since its content is its sender's. Its name goes into
 * metadata and header in percent-encoding, as these are ASCII.
 */
function headersOf({ contentType, fileName }: FileAbout, md5: Buffer) {
  const name = percentEncoded(fileName);
  return {
    blobHTTPHeaders: {
      blobContentType: contentType,
      blobContentMD5: md5,
      blobContentDisposition: `attachment; filename*=UTF-8''${name}`,
    },
    metadata: { filename: name },
  };
}

/** RFC 8187; half a character counts as one that is not known. */
function percentEncoded(text: string): string {
  const encoded = encodeURIComponent(Buffer.from(text).toString());
  return encoded.replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
