// Puts an attachment where the app fetches it, once: the same bytes again are fine, other bytes are refused.
import { createHash, randomUUID } from "node:crypto";
import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import { isNoBlob } from "../shared/storage/blobErrors.ts";
import { CONTAINERS } from "../shared/storage/names.ts";
import { type AttachmentContent, piecesOf } from "./attachmentContent.ts";

/** What came of an upload. */
export type Uploaded =
  | { readonly kind: "uploaded" }
  /** The very same bytes were there. */
  | { readonly kind: "thereAlready" }
  /** Other bytes are there, or such as nobody noted the MD5 of. They are left alone. */
  | { readonly kind: "otherFile" }
  | { readonly kind: "empty" }
  /** The bytes are not those that the request's checksum promises. */
  | { readonly kind: "checksumMismatch" };

/** Held in memory of each upload, and sent at once. A blob has at most 50,000 such pieces, which is 400 GB. */
const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Streams content into the container `correspondence-attachments`, with its MD5, which the app hands on to Altinn. The
 * blob appears whole or not at all. Rejects with what storage says, and with what a file or stream fails with.
 *
 * @param path a path as `isBlobPath` wants it
 * @param checksum the MD5 that the request promises, in lower case hex
 */
export async function uploadAttachment(
  blobs: BlobServiceClient,
  path: string,
  content: AttachmentContent,
  checksum?: string,
): Promise<Uploaded> {
  const blob = blobs.getContainerClient(CONTAINERS.attachments).getBlockBlobClient(path);
  const before = await look(blob);
  const read = await readThrough(content, before === undefined ? blob : undefined);
  if (read.sizeBytes === 0) return { kind: "empty" };
  if (checksum !== undefined && checksum !== read.md5.toString("hex")) return { kind: "checksumMismatch" };
  if (before !== undefined) return compare(before, read);
  try {
    await blob.commitBlockList(read.pieces, {
      blobHTTPHeaders: { blobContentMD5: read.md5 },
      conditions: { ifNoneMatch: "*" },
    });
    return { kind: "uploaded" };
  } catch (error) {
    // Somebody was faster, and took our pieces away by it; or the SDK repeated what had been done.
    const now = await look(blob);
    if (now === undefined) throw error;
    return compare(now, read);
  }
}

interface StoredBlob {
  readonly sizeBytes: number;
  readonly md5: Uint8Array | undefined;
}

async function look(blob: BlockBlobClient): Promise<StoredBlob | undefined> {
  try {
    const { contentLength, contentMD5 } = await blob.getProperties();
    return { sizeBytes: contentLength ?? 0, md5: contentMD5 };
  } catch (error) {
    if (isNoBlob(error)) return undefined;
    throw error;
  }
}

interface Read {
  readonly sizeBytes: number;
  readonly md5: Buffer;
  /** Ids of the pieces that were staged, in order. */
  readonly pieces: string[];
}

/** Reads content to its end, and stages it piece by piece when there is a blob to stage it for. */
async function readThrough(content: AttachmentContent, blob: BlockBlobClient | undefined): Promise<Read> {
  const digest = createHash("md5");
  // Ids of our own, so that two uploads to one path do not mix their pieces.
  const upload = randomUUID();
  const pieces: string[] = [];
  let sizeBytes = 0;
  for await (const piece of piecesOf(content, PIECE_BYTES)) {
    digest.update(piece);
    sizeBytes += piece.byteLength;
    if (blob === undefined) continue;
    const id = Buffer.from(`${upload}-${String(pieces.length).padStart(6, "0")}`).toString("base64");
    await blob.stageBlock(id, piece, piece.byteLength);
    pieces.push(id);
  }
  return { sizeBytes, md5: digest.digest(), pieces };
}

function compare(stored: StoredBlob, read: Read): Uploaded {
  const isSame = stored.sizeBytes === read.sizeBytes && stored.md5 !== undefined && read.md5.compare(stored.md5) === 0;
  return { kind: isSame ? "thereAlready" : "otherFile" };
}
