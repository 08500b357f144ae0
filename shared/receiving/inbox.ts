// What is stored of letters to the organisation: a folder each, with its files, and a document that is written last.
import { createHash } from "node:crypto";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { inboxFolder } from "../storage/names.ts";

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

/** The calls to storage that an inbox makes. What goes wrong throws. */
export interface InboxBlobs {
  readonly documents: Inbox["documents"];
  /** The blobs whose names begin so, by name. */
  list(prefix: string): Promise<ReadonlyMap<string, StoredFile>>;
  /** Puts a whole blob. Leaves alone one that is there. */
  upload(name: string, bytes: Buffer, headers: FileHeaders): Promise<void>;
  /** Puts a part of a blob, which is nowhere to be seen until it is committed. Ids are base64, of one length for a blob. */
  stageBlock(name: string, blockId: string, bytes: Buffer): Promise<void>;
  /** Makes a blob of its parts. Leaves alone one that is there. */
  commitBlocks(name: string, blockIds: readonly string[], headers: FileHeaders): Promise<void>;
}

/** How a file is served, in the terms of the storage library. */
export type FileHeaders = ReturnType<typeof headersOf>;

/** So much is put at a time; a file has at most 50,000 such blocks, 195 GiB (Azure Storage, "Put Block"). */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** So much of an MD5 names a block: as long as names of blocks always were, since storage takes one length for a blob. */
const BLOCK_ID_BYTES = 8;

/** The letters of a container. */
export function createInbox(blobs: InboxBlobs, blockBytes: number = BLOCK_BYTES): Inbox {
  return {
    documents: blobs.documents,
    list: (correspondenceId) => blobs.list(inboxFolder(correspondenceId)),
    put: (name, bytes, about) => putFile(blobs, name, blocksOf(bytes, blockBytes), about),
  };
}

async function putFile(
  blobs: InboxBlobs,
  name: string,
  blocks: AsyncIterable<Buffer>,
  about: FileAbout,
): Promise<PutFile> {
  const md5 = createHash("md5");
  const ids: string[] = [];
  let sizeBytes = 0;
  let last: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    if (last.length > 0) await stage(last);
    md5.update(block);
    sizeBytes += block.length;
    last = block;
  }
  /**
   * A block is named by all that the file holds up to it: two that put the same file at once share its blocks, and what one
   * of them got otherwise has another name.
   */
  async function stage(block: Buffer): Promise<void> {
    const id = md5.copy().digest().subarray(0, BLOCK_ID_BYTES).toString("base64");
    await blobs.stageBlock(name, id, block);
    ids.push(id);
  }
  const digest = md5.copy().digest();
  const told = digest.toString("hex");
  if (about.checksum !== "" && about.checksum.toLowerCase() !== told) return { kind: "mismatch" };
  const headers = headersOf(about, digest);
  if (ids.length === 0) await blobs.upload(name, last, headers);
  else {
    await stage(last);
    await blobs.commitBlocks(name, ids, headers);
  }
  return { kind: "stored", sizeBytes, md5: told };
}

/** The bytes in blocks of one size, wherever their parts end; the last may be shorter. */
async function* blocksOf(bytes: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    parts.push(part);
    size += part.length;
    if (size < blockBytes) continue;
    let whole = Buffer.concat(parts);
    for (; whole.length >= blockBytes; whole = whole.subarray(blockBytes)) yield whole.subarray(0, blockBytes);
    parts = [whole];
    size = whole.length;
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
