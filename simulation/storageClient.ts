// The way of one instance to the models of storage.
import { Readable } from "node:stream";
import type { Connections } from "../shared/app.ts";
import type { AttachmentBlobs } from "../shared/attachments/attachmentBlobs.ts";
import type { RequestBlobs } from "../shared/intake/requestBlobs.ts";
import type { InboxBlobs } from "../shared/receiving/inbox.ts";
import type { JsonBlobs } from "../shared/storage/jsonBlobs.ts";
import { MAX_DELAY_MS, type Queues } from "../shared/storage/queues.ts";
import type { ModelBlobs } from "./blobs.ts";
import type { Life, Surroundings } from "./life.ts";
import type { ModelQueues } from "./queues.ts";
import { StorageFault } from "./storageFault.ts";

/** Makes a call: does `work` when its turn comes. */
export type CallOf = <T>(name: string, work: () => T) => Promise<T>;

/** The clients of one instance. */
export function storageClient(life: Life, around: Surroundings): Omit<Connections, "clientOf"> {
  const call: CallOf = (name, work) => life.storage(name, work);
  return {
    queues: queuesOf(call, around.queues),
    containers: {
      state: documentsOf(call, "state", around.state),
      accepted: documentsOf(call, "accepted", around.accepted),
      deadLetters: documentsOf(call, "dead-letters", around.deadLetters),
    },
    attachments: attachmentsOf(call, around),
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
    findPage: (where, limit, token) => call(`FIND ${container}`, () => model.findPage(where, limit, token)),
    async *list(options) {
      yield* await call(`LIST ${container}`, () => model.list(options));
    },
    isEmpty: (...exceptFor) => call(`LIST ${container}`, () => model.isEmpty(...exceptFor)),
  };
}

/** Queues as the app uses them. */
export function queuesOf(call: CallOf, queues: ModelQueues): Queues {
  return {
    put: async (queue, text, { delayMs = 0, ...options } = {}) => {
      const hiddenMs = Math.min(Math.max(delayMs, 0), MAX_DELAY_MS);
      let isAgain = false;
      await call(`POST ${queue}`, () => {
        if (isAgain && !queues.isRare(text, queue)) return;
        isAgain = true;
        queues.put(queue, text, { ...options, delayMs: hiddenMs });
      });
    },
    isBehind: (queue) => call(`PEEK ${queue}`, () => queues.peek(queue, 16) === 16),
    isEmpty: (queue) => call(`COUNT ${queue}`, () => queues.length(queue) === 0),
    length: (queue) => call(`COUNT ${queue}`, () => queues.length(queue)),
  };
}

function attachmentsOf(call: CallOf, { attachments: model, sizes }: Surroundings): AttachmentBlobs {
  return {
    look: (path) =>
      call(`HEAD attachments ${path}`, () => {
        const blob = model.text(path);
        return blob && { sizeBytes: sizes.get(path) ?? Buffer.byteLength(blob.text), etag: blob.etag };
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

/** The way of one instance to the container of received letters. */
export function inboxBlobsOf(life: Life, { inbox, altinn }: Surroundings): InboxBlobs {
  const call = <T>(verb: string, name: string, work: () => T) => life.storage(`${verb} inbox ${named(name)}`, work);
  /** Calls are named without the ids that Altinn gave to files. */
  const named = (name: string): string => {
    const [id = "", file = ""] = name.split("/");
    const [attachmentId = ""] = file.split(".");
    return file === "" ? id : altinn.nameOfIncoming(id, attachmentId);
  };
  return {
    documents: documentsOf((name, work) => life.storage(name, work), "inbox", inbox.documents),
    list: (prefix) => call("LIST", prefix, () => inbox.list(prefix)),
    upload: (name, bytes, headers) => call("PUT", name, () => inbox.upload(name, bytes, headers)),
    stageBlock: (name, id, bytes) => call("PUT block of", name, () => inbox.stageBlock(name, id, bytes)),
    commitBlocks: (name, ids, headers) => call("PUT blocks of", name, () => inbox.commitBlocks(name, ids, headers)),
  };
}
