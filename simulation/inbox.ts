// A model of the container of received letters: documents, and files that are put whole or in blocks.
import type { FileHeaders, StoredFile } from "../shared/receiving/inbox.ts";
import type { ModelBlobs } from "./blobs.ts";
import { StorageFault } from "./storageFault.ts";

/** A file that is stored. */
export interface InboxFile {
  readonly bytes: Buffer;
  /** What its header says, in lower case hex. */
  readonly md5: string;
}

/** The container. Every method is one call, done at once. */
export class ModelInbox {
  readonly documents: ModelBlobs;
  readonly files = new Map<string, InboxFile>();
  /** Blocks of files that are not committed, by their ids. */
  readonly #staged = new Map<string, Map<string, Buffer>>();
  /** The blocks that files consist of. */
  readonly #committed = new Map<string, Map<string, Buffer>>();

  constructor(documents: ModelBlobs) {
    this.documents = documents;
  }

  /** List Blobs, by a prefix. */
  list(prefix: string): Map<string, StoredFile> {
    const found = new Map<string, StoredFile>();
    for (const { name } of this.documents.list()) {
      if (name.startsWith(prefix)) found.set(name, { sizeBytes: this.documents.text(name)?.text.length ?? 0 });
    }
    for (const [name, { bytes, md5 }] of this.files) {
      if (name.startsWith(prefix)) found.set(name, { sizeBytes: bytes.length, md5 });
    }
    return found;
  }

  /** Put Blob, unless there is one. */
  upload(name: string, bytes: Buffer, headers: FileHeaders): void {
    if (!this.files.has(name)) this.#put(name, bytes, headers, new Map());
  }

  /** Put Block. The ids of all blocks of a blob are of one length. */
  stageBlock(name: string, id: string, bytes: Buffer): void {
    const staged = this.#staged.get(name) ?? new Map<string, Buffer>();
    for (const other of staged.keys())
      if (other.length !== id.length) throw new StorageFault(400, "InvalidBlobOrBlock");
    staged.set(id, Buffer.from(bytes));
    this.#staged.set(name, staged);
  }

  /** Put Block List, unless there is such a blob. The latest block of an id counts; what is not named is gone. */
  commitBlocks(name: string, ids: readonly string[], headers: FileHeaders): void {
    const blocks = new Map<string, Buffer>();
    for (const id of ids) {
      const block = this.#staged.get(name)?.get(id) ?? this.#committed.get(name)?.get(id);
      if (block === undefined) throw new StorageFault(400, "InvalidBlockList");
      blocks.set(id, block);
    }
    if (!this.files.has(name)) this.#put(name, Buffer.concat([...blocks.values()]), headers, blocks);
  }

  #put(name: string, bytes: Buffer, { blobHTTPHeaders }: FileHeaders, blocks: Map<string, Buffer>): void {
    this.files.set(name, { bytes: Buffer.from(bytes), md5: blobHTTPHeaders.blobContentMD5.toString("hex") });
    this.#committed.set(name, blocks);
    this.#staged.delete(name);
  }
}
