// JSON documents in a blob container: conditional writes and index tags. Everything the app remembers goes through here.
import { Readable } from "node:stream";
import type { ContainerClient } from "@azure/storage-blob";
import { isGone, isLostRace, isNoBlob } from "./blobErrors.ts";
import { eachWithin, STORAGE_TIMEOUT_MS, within } from "./within.ts";

/** A document as it was read. */
export interface StoredDocument {
  /** Undefined where somebody has put something that is not JSON, or is too large to be ours: no schema takes it. */
  readonly value: unknown;
  /** The version that `replace` and `remove` can be made conditional on. */
  readonly etag: string;
}

/** Index tags, written in the same request as the document. */
export type Tags = Readonly<Record<string, string>>;

/** A blob that an index query found, with those of its tags that the query named. */
export interface FoundBlob {
  readonly name: string;
  readonly tags: Tags;
}

/** One page of what an index query found, and by which token the next page is asked for; absent after the last. */
export interface FoundPage<T> {
  readonly found: readonly T[];
  readonly next?: string;
}

/** A blob as a listing shows it, with all of its tags. */
export interface ListedBlob extends FoundBlob {
  /** When it was last written, in epoch milliseconds. */
  readonly writtenAt: number;
}

/**
 * JSON documents of one container. What a conditional write loses to another writer is a value; everything else that
 * goes wrong (storage down, no access) throws, and the Functions host tries the message again.
 */
export interface JsonBlobs {
  read(name: string): Promise<StoredDocument | undefined>;
  /** Creates the document; `undefined` if there is one already. */
  create(name: string, value: unknown, tags?: Tags): Promise<string | undefined>;
  /** Replaces the version `etag`; `undefined` if it is not the latest one any more, or is gone. Returns the new version. */
  replace(name: string, value: unknown, etag: string, tags?: Tags): Promise<string | undefined>;
  /** Deletes the document, whichever version or only `etag`; true if there was one to delete. */
  remove(name: string, etag?: string): Promise<boolean>;
  exists(name: string): Promise<boolean>;
  /** Finds documents by their tags (Find Blobs by Tags). In Azure the index lags by seconds: read before acting. */
  find(where: string): AsyncIterable<FoundBlob>;
  /** One page of the same, of at most `limit`: it may hold fewer, even none, although more follow. */
  findPage(where: string, limit: number, token?: string): Promise<FoundPage<FoundBlob>>;
  /** Every document, by name; without tags where these may not be read, or are not needed. */
  list(options?: { readonly withTags?: boolean }): AsyncIterable<ListedBlob>;
  /** True if the container holds no blob at all, save perhaps those of these names. */
  isEmpty(...exceptFor: readonly string[]): Promise<boolean>;
}

/** Documents larger than this are neither written nor read: 64 MiB. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** The documents of a container. Each call is given up after `timeoutMs`. */
export function createJsonBlobs(container: ContainerClient, timeoutMs: number = STORAGE_TIMEOUT_MS): JsonBlobs {
  const headers = { blobHTTPHeaders: { blobContentType: "application/json" } };

  async function write(
    name: string,
    value: unknown,
    conditions: { ifMatch?: string; ifNoneMatch?: string },
    tags?: Tags,
  ): Promise<string | undefined> {
    const body = Buffer.from(JSON.stringify(value), "utf8");
    if (body.length > MAX_DOCUMENT_BYTES) {
      throw new Error(`The document ${name} for ${container.containerName} would be too large to be read again`);
    }
    try {
      const options = { ...headers, conditions, ...(tags ? { tags: { ...tags } } : {}) };
      const blob = container.getBlockBlobClient(name);
      const answer = await within(timeoutMs, (abortSignal) =>
        blob.upload(body, body.length, { ...options, abortSignal }),
      );
      return answer.etag;
    } catch (error) {
      if (isLostRace(error)) return undefined;
      throw error;
    }
  }

  return {
    async read(name) {
      const blob = container.getBlobClient(name);
      try {
        return await within(timeoutMs, async (abortSignal) => {
          const answer = await blob.download(0, undefined, { abortSignal });
          const { etag = "", contentLength = 0, readableStreamBody } = answer;
          if (contentLength > MAX_DOCUMENT_BYTES) {
            if (readableStreamBody instanceof Readable) readableStreamBody.destroy();
            return { value: undefined, etag };
          }
          const chunks: Buffer[] = [];
          for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
          return { value: parseJson(Buffer.concat(chunks).toString("utf8")), etag };
        });
      } catch (error) {
        if (isNoBlob(error)) return undefined;
        throw error;
      }
    },
    create: (name, value, tags) => write(name, value, { ifNoneMatch: "*" }, tags),
    replace: (name, value, etag, tags) => write(name, value, { ifMatch: etag }, tags),
    async remove(name, etag) {
      try {
        const conditions = etag === undefined ? {} : { ifMatch: etag };
        const blob = container.getBlobClient(name);
        const answer = await within(timeoutMs, (abortSignal) => blob.deleteIfExists({ conditions, abortSignal }));
        return answer.succeeded;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },
    exists: (name) => within(timeoutMs, (abortSignal) => container.getBlobClient(name).exists({ abortSignal })),
    async *find(where) {
      const found = eachWithin(timeoutMs, (abortSignal) => container.findBlobsByTags(where, { abortSignal }));
      for await (const item of found) yield { name: item.name, tags: item.tags ?? {} };
    },
    async findPage(where, limit, token) {
      return within(timeoutMs, async (abortSignal) => {
        const settings = { maxPageSize: limit, ...(token === undefined ? {} : { continuationToken: token }) };
        const pages = container.findBlobsByTags(where, { abortSignal }).byPage(settings);
        const { done, value } = await pages.next();
        if (done === true) return { found: [] };
        const next = value.continuationToken ?? "";
        const found = value.blobs.map(({ name, tags = {} }) => ({ name, tags }));
        return { found, ...(next === "" ? {} : { next }) };
      });
    },
    async *list({ withTags: includeTags = true } = {}) {
      const listed = eachWithin(timeoutMs, (abortSignal) => container.listBlobsFlat({ includeTags, abortSignal }));
      for await (const { name, tags = {}, properties } of listed) {
        yield { name, tags, writtenAt: properties.lastModified.getTime() };
      }
    },
    async isEmpty(...exceptFor) {
      const pages = eachWithin(timeoutMs, (abortSignal) =>
        container.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: 2 }),
      );
      for await (const page of pages) {
        if (page.segment.blobItems.some(({ name }) => !exceptFor.includes(name))) return false;
      }
      return true;
    },
  };
}

/** A parser's error would quote what it could not read. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
