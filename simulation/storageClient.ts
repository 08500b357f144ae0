// The way of one instance to the models of storage.
import { Readable } from "node:stream";
import type { Connections } from "../shared/app.ts";
import type { AttachmentBlobs } from "../shared/attachments/attachmentBlobs.ts";
import type { RequestBlobs } from "../shared/intake/requestBlobs.ts";
import type { JsonBlobs } from "../shared/storage/jsonBlobs.ts";
import type { Queues } from "../shared/storage/queues.ts";
import type { ModelBlobs } from "./blobs.ts";
import { type Life, StorageFault, type Surroundings } from "./life.ts";
import type { ModelQueues } from "./queues.ts";

/** Makes a call: does `work` when its turn comes. */
type CallOf = <T>(name: string, work: () => T) => Promise<T>;

/** The clients of one instance. */
export function storageClient(life: Life, around: Surroundings): Omit<Connections, "tokens" | "altinn"> {
  const call: CallOf = (name, work) => life.storage(name, work);
  return {
    queues: queuesOf(call, around.queues),
    containers: {
      state: documentsOf(call, "state", around.state),
      accepted: documentsOf(call, "accepted", around.accepted),
      deadLetters: documentsOf(call, "dead-letters", around.deadLetters),
    },
    attachments: attachmentsOf(call, around.attachments),
    requestBlobs: requestBlobsOf(call, around.requests),
  };
}

/** Documents over a container. */
export function documentsOf(call: CallOf, container: string, model: ModelBlobs): JsonBlobs {
  const storage = <T>(verb: string, name: string, work: () => T) => call(`${verb} ${container} ${name}`, work);
  return {
    read: (name) => storage("GET", name, () => model.read(name)),
    create: (name, value, tags) => storage("PUT", name, () => model.create(name, value, tags)),
    replace: (name, value, etag, tags) => storage("PUT", name, () => model.replace(name, value, etag, tags)),
    remove: (name, etag) => storage("DELETE", name, () => model.remove(name, etag)),
    exists: (name) => storage("HEAD", name, () => model.exists(name)),
    async *find(where) {
      yield* await call(`FIND ${container}`, () => model.find(where));
    },
    async findPage(where, limit, token) {
      const all = await call(`FIND ${container}`, () => model.find(where));
      const from = token === undefined ? 0 : Number(token);
      const next = from + limit < all.length ? { next: String(from + limit) } : {};
      return { found: all.slice(from, from + limit), ...next };
    },
    async *list() {
      yield* await call(`LIST ${container}`, () => model.list());
    },
    isEmpty: (exceptFor) => call(`LIST ${container}`, () => model.isEmpty(exceptFor)),
  };
}

/** Queues as the app uses them. */
export function queuesOf(call: CallOf, queues: ModelQueues): Queues {
  return {
    put: async (queue, text, options) => {
      await call(`POST ${queue}`, () => queues.put(queue, text, options));
    },
    isBehind: (queue) => call(`PEEK ${queue}`, () => queues.peek(queue, 32) === 32),
    isEmpty: (queue) => call(`COUNT ${queue}`, () => queues.length(queue) === 0),
    length: (queue) => call(`COUNT ${queue}`, () => queues.length(queue)),
  };
}

function attachmentsOf(call: CallOf, model: ModelBlobs): AttachmentBlobs {
  return {
    look: (path) =>
      call(`HEAD attachments ${path}`, () => {
        const blob = model.text(path);
        return blob && { sizeBytes: Buffer.byteLength(blob.text), etag: blob.etag };
      }),
    use: (path) =>
      call(`GET attachments ${path}`, () => {
        const blob = model.text(path);
        return blob === undefined || blob.text === "" ? undefined : blob.etag;
      }),
    open: async (path, etag) => {
      const text = await call(`GET attachments ${path}`, () => {
        const blob = model.text(path);
        if (blob?.etag !== etag) throw new StorageFault(412, "ConditionNotMet");
        return blob.text;
      });
      return Readable.from([Buffer.from(text)], { objectMode: false });
    },
  };
}

function requestBlobsOf(call: CallOf, model: ModelBlobs): RequestBlobs {
  return {
    read: (path, maxBytes) =>
      call(`GET requests ${path}`, () => {
        const blob = model.text(path);
        if (blob === undefined) return { kind: "missing" };
        const content = Buffer.from(blob.text);
        if (content.length > maxBytes) return { kind: "tooLarge", sizeBytes: content.length };
        return { kind: "found", content, etag: blob.etag };
      }),
    remove: async (path, etag) => {
      await call(`DELETE requests ${path}`, () => model.remove(path, etag));
    },
  };
}
