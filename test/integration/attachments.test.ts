// Attachments on their way from storage to Altinn, where connections break: over Azurite, the simulator, and a proxy
// between the app and storage that cuts downloads.
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { HOUR } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { listen } from "../harness/listen.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

const MEGABYTE = 1_000_000;
const UPLOAD = "/correspondence/upload";
const CHECKSUM = "correspondence.content.attachments[0].checksum";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** A letter with the blob `path` as its one attachment. */
function withAttachment(path: string, attachment: object = {}): object {
  const attachments = [{ fileName: "vedlegg.pdf", sendersReference: "v", blob: path, ...attachment }];
  return aLetter({ id: path, attachments });
}

test("a byte of each file of a letter that waits is read at once, so that storage knows that it is used", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("old.pdf", Buffer.from("old"));
  const { attachments } = world.app.sending;
  const used: (string | undefined)[] = [];
  const use = attachments.use.bind(attachments);
  Object.assign(attachments, {
    use: async (path: string) => {
      const etag = await use(path);
      used.push(etag);
      return etag;
    },
  });
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
  await world.drop(withAttachment("old.pdf"));
  await world.run();
  world.clearFaults();
  expect(used).toEqual([(await attachments.look("old.pdf"))?.etag]);
  expect(await attachments.use("none.pdf")).toBeUndefined();
  expect(world.calls.filter((name) => name.startsWith("blob GET correspondence-attachments"))).toHaveLength(3);
});

describe("a download that is cut", () => {
  test("goes on where it stopped, as long as it gets on: Altinn has every byte once", async () => {
    await using world = await World.start(storage);
    const content = randomBytes(9 * MEGABYTE);
    await world.putAttachment("cut.pdf", content);
    await using cutter = await cutDownloads(world, { afterBytes: MEGABYTE, times: 8 });
    await world.drop(withAttachment("cut.pdf"));
    await world.run();
    expect(await world.told()).toEqual(["sent"]);
    expect(sentFiles(world)).toEqual([sha256(content)]);
    expect(world.simulator.control.callCount("POST", UPLOAD)).toBe(1);
    expect(cutter.begins).toHaveLength(9);
    expect(cutter.begins).toEqual(cutter.begins.toSorted((a, b) => a - b));
  });

  test("and never gets on again: nothing is sent, and all of it later", async () => {
    await using world = await World.start(storage);
    const content = randomBytes(2 * MEGABYTE);
    await world.putAttachment("stuck.pdf", content);
    const cutter = await cutDownloads(world, { afterBytes: 0, times: Number.POSITIVE_INFINITY });
    await world.drop(withAttachment("stuck.pdf"));
    await world.run();
    // Five tries, and the byte that is read of a file that waits.
    expect(cutter.begins).toHaveLength(6);
    expect(world.letters()).toEqual([]);
    await cutter[Symbol.asyncDispose]();
    await world.restart();
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent"]);
    expect(sentFiles(world)).toEqual([sha256(content)]);
  });

  test("does not go on with another version of the blob, nor begins again with it", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("changed.pdf", randomBytes(3 * MEGABYTE));
    const onCut = () => world.putAttachment("changed.pdf", randomBytes(3 * MEGABYTE));
    await using _cutter = await cutDownloads(world, { afterBytes: MEGABYTE, times: 1, onCut });
    await world.drop(withAttachment("changed.pdf"));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected attachmentMissing"]);
    expect(world.letters()).toEqual([]);
  });
});

describe("an upload that is cut", () => {
  test("is no letter and no file; the next one is both", async () => {
    await using world = await World.start(storage);
    const content = randomBytes(5 * MEGABYTE);
    await world.putAttachment("lost.pdf", content);
    world.simulator.control.fault({ method: "POST", path: UPLOAD, drop: "before" });
    await world.drop(withAttachment("lost.pdf"));
    await world.run();
    expect(await world.told()).toEqual([]);
    expect(world.letters()).toEqual([]);
    expect(world.simulator.control.attachments()).toEqual([]);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent"]);
    expect(sentFiles(world)).toEqual([sha256(content)]);
  });

  test("after Altinn has it all: the letter is found, and the file does not go twice", async () => {
    await using world = await World.start(storage);
    const content = randomBytes(MEGABYTE);
    await world.putAttachment("answered.pdf", content);
    world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
    await world.drop(withAttachment("answered.pdf"));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent"]);
    expect(sentFiles(world)).toEqual([sha256(content)]);
    expect(world.simulator.control.callCount("POST", UPLOAD)).toBe(1);
  });

  test("leaves an attachment of its own without its bytes, and is a failure that does not say whether", async () => {
    await using world = await World.start(storage);
    const { attachments } = world.app.sending;
    const altinn = world.app.sending.altinn(RESOURCE);
    const content = randomBytes(5 * MEGABYTE);
    await world.putAttachment("own.pdf", content);
    const sizeBytes = content.length;
    const file = { fileName: "own.pdf", sizeBytes, open: () => openBlob("own.pdf") };
    const openBlob = async (path: string) => attachments.open(path, (await attachments.look(path))?.etag ?? "");
    const made = await altinn.initializeAttachment({
      resourceId: RESOURCE,
      fileName: file.fileName,
      sendersReference: "own",
      checksum: md5(content),
    });
    if (made.kind !== "initialized") throw new Error(made.kind);
    world.simulator.control.fault({ method: "POST", path: "/attachment/{id}/upload", drop: "before" });
    expect(await altinn.uploadAttachment(made.attachmentId, file)).toMatchObject({
      kind: "failed",
      cause: "connection",
    });
    expect(world.simulator.control.attachments()).toMatchObject([
      { size: null, statuses: [{ status: "Initialized" }] },
    ]);
    expect(await altinn.uploadAttachment(made.attachmentId, file)).toMatchObject({ kind: "uploaded" });
    expect(world.simulator.control.attachments()).toMatchObject([{ size: sizeBytes, sha256: sha256(content) }]);
  });
});

test("a file of more than 50 GB is refused while its first bytes are on their way", async () => {
  await using world = await World.start(storage);
  // The proxy before Altinn passes an answer on when it has the whole request.
  await world.restart({ ALTINN_PLATFORM_URL: world.simulator.url });
  const altinn = world.app.sending.altinn(RESOURCE);
  const body = { resourceId: RESOURCE, fileName: "huge.zip", sendersReference: "huge" };
  const made = await altinn.initializeAttachment(body);
  if (made.kind !== "initialized") throw new Error(made.kind);
  let isClosed = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(65_536);
    } finally {
      isClosed = true;
    }
  }
  const open = async () => Readable.from(endless(), { objectMode: false });
  const file = { fileName: "huge.zip", sizeBytes: 50_000_000_001, open };
  const answer = await altinn.uploadAttachment(made.attachmentId, file);
  expect(answer).toMatchObject({ kind: "refused", errorCode: 2004 });
  await expect.poll(() => isClosed).toBe(true);
});

test("a file in external storage is refused, and the ways that work are named", async () => {
  await using world = await World.start(storage);
  const attachments = [
    {
      fileName: "a.pdf",
      sendersReference: "a",
      dataLocationType: "ExistingExternalStorage",
      dataLocationUrl: "https://example.no/a",
    },
  ];
  await world.drop(aLetter({ id: "external", attachments }));
  await world.run();
  const [rejected] = await world.announcements();
  expect(rejected?.data.problems).toMatchObject([
    {
      path: "correspondence.content.attachments[0].dataLocationType",
      message: expect.stringMatching(/replyOptions.*npm run attachment -- upload.*existingAttachments/),
    },
  ]);
});

describe("the checksum of an attachment", () => {
  const content = Buffer.from("vedlegg");

  test("is that of its blob", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("known.pdf", content);
    await world.drop(withAttachment("known.pdf"));
    await world.run();
    expect(checksums(world)).toEqual([md5(content)]);
  });

  test("is the producer's, where the blob knows none: Altinn checks it", async () => {
    await using world = await World.start(storage);
    await putWithoutDigest(world, "unknown.pdf", content);
    await world.drop(withAttachment("unknown.pdf"));
    await world.drop(aLetter({ id: "right", attachments: [anAttachment("unknown.pdf", md5(content))] }));
    await world.drop(aLetter({ id: "wrong", attachments: [anAttachment("unknown.pdf", md5(Buffer.from("another")))] }));
    await world.run();
    expect(await world.told()).toEqual(["sent", "sent", "rejected checksumMismatch"]);
    expect(checksums(world)).toEqual([undefined, md5(content)]);
  });

  test("that is not the blob's is refused before any call", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("other.pdf", content);
    await world.drop(withAttachment("other.pdf", { checksum: md5(Buffer.from("another")) }));
    await world.run();
    expect(await world.told()).toEqual(["rejected checksumMismatch"]);
    expect(world.calls.filter((name) => name.startsWith("altinn "))).toEqual([]);
  });
});

function anAttachment(blob: string, checksum: string): object {
  return { fileName: "vedlegg.pdf", sendersReference: "v", blob, checksum };
}

/** A blob that is put together from blocks has no digest of its own. */
async function putWithoutDigest(world: World, path: string, content: Buffer): Promise<void> {
  const blob = world.storage.blobs.getContainerClient(CONTAINERS.attachments).getBlockBlobClient(path);
  await blob.uploadStream(Readable.from([content], { objectMode: false }));
}

/** What the requests that became letters said the digests of their files were. */
function checksums(world: World): unknown[] {
  const named = z.object({ [CHECKSUM]: z.string().optional() });
  return world.letters().map(({ request }) => named.parse(request)[CHECKSUM]);
}

interface Cutter extends AsyncDisposable {
  /** The first byte that each download asked for. */
  readonly begins: number[];
}

/**
 * Restarts the app with a proxy before its blobs that passes on so many bytes of an attachment, and then cuts the
 * connection; `times` times, and then no more. `onCut` runs before a cut.
 */
async function cutDownloads(
  world: World,
  { afterBytes, times, onCut }: { afterBytes: number; times: number; onCut?: () => Promise<void> },
): Promise<Cutter> {
  const begins: number[] = [];
  const { blobOrigin, queueOrigin } = world.storage;
  const server = http.createServer((request, response) => {
    const isDownload = request.method === "GET" && request.url?.includes(`/${CONTAINERS.attachments}/`) === true;
    const { method, headers } = request;
    const outgoing = http.request(new URL(request.url ?? "/", blobOrigin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!isDownload) return void answer.pipe(response);
      begins.push(Number(/bytes=(\d+)-/.exec(String(headers["x-ms-range"] ?? headers.range))?.[1] ?? 0));
      if (begins.length > times) return void answer.pipe(response);
      forwardAndCut(answer, response).catch(() => response.destroy());
    });
    request.pipe(outgoing);
  });
  async function forwardAndCut(answer: Readable, response: http.ServerResponse): Promise<void> {
    response.flushHeaders();
    let left = afterBytes;
    for await (const chunk of answer) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError("An answer consists of bytes.");
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) await new Promise<void>((resolve) => response.write(part, () => resolve()));
      if (left === 0) break;
    }
    await onCut?.();
    response.socket?.destroySoon();
  }
  const { url, close } = await listen(server);
  await world.restart({ CORRESPONDENCE_STORAGE: world.storage.through(url, queueOrigin) });
  return { begins, [Symbol.asyncDispose]: close };
}

function sentFiles(world: World): (string | null)[] {
  return world.letters().flatMap(({ files }) => files.map((file) => file.sha256));
}

function md5(content: Buffer): string {
  return createHash("md5").update(content).digest("hex");
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
