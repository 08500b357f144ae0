// Attachments that `send` uploads: every byte, once, under a path of their own, and never over another file.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AttachmentContent, createProducer, type Producer } from "../../producer/main.ts";
import { isBlobPath } from "../../shared/requests/blobPath.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";
import { aFile, aProducerRequest, blobNames, blobsOf, dropped, md5, storedAttachment } from "./letters.ts";

let emulator: Storage;
let storage: StorageAccount;
let producer: Producer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "producer-"));
  emulator = await startStorage();
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  storage = await emulator.account();
  producer = createProducer({ connectionString: storage.connectionString });
});

/** Bytes in chunks of uneven sizes, as a network brings them. */
function streamOf(content: Buffer, chunkBytes = 70_001): Readable {
  const chunks = Array.from({ length: Math.ceil(content.length / chunkBytes) }, (_, index) =>
    content.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return Readable.from(chunks, { objectMode: false });
}

async function asFile(content: Buffer): Promise<AttachmentContent> {
  const file = join(directory, `${randomBytes(8).toString("hex")}.pdf`);
  await writeFile(file, content);
  return { file };
}

const web = (content: Buffer): AttachmentContent => new Response(Uint8Array.from(content)).body ?? content;

describe.each<[string, (content: Buffer) => AttachmentContent | Promise<AttachmentContent>]>([
  ["bytes", (content) => content],
  ["a local file", asFile],
  ["a stream", (content) => streamOf(content)],
  ["the body of a fetch", web],
])("content given as %s", (_what, give) => {
  // More than one piece, and not a whole number of them.
  const content = randomBytes(9_000_001);

  it("is uploaded with its digest before the request is dropped, and once only", async () => {
    const request = aProducerRequest({ id: "case-1", attachments: [aFile()] });
    const outcome = await producer.send(request, { attachments: { "vedtak.pdf": await give(content) } });
    const [path = ""] = blobsOf((await dropped(storage))[0]);
    expect(outcome).toEqual({ kind: "dropped", requestId: "case-1", uploaded: [path], warnings: [] });
    const stored = await storedAttachment(storage, path);
    expect(stored.content.equals(content)).toBe(true);
    expect(stored.md5).toBe(md5(content));

    const again = await producer.send(request, { attachments: { "vedtak.pdf": await give(content) } });
    expect(again).toEqual({ kind: "dropped", requestId: "case-1", uploaded: [], warnings: [] });
    const [first, second] = await dropped(storage);
    expect(second).toBe(first);
  });

  it("is never put over another letter's file", async () => {
    const [before, after] = [Buffer.from("before"), Buffer.from("after!")];
    const request = aProducerRequest({ id: "case-1", attachments: [aFile()] });
    await producer.send(request, { attachments: { "vedtak.pdf": await give(before) } });
    expect(await producer.send(request, { attachments: { "vedtak.pdf": await give(after) } })).toMatchObject({
      kind: "refused",
      problems: [{ path: "correspondence.content.attachments[0].blob", rule: "otherFile" }],
    });
    const messages = await dropped(storage);
    expect(messages).toHaveLength(1);
    const [path = ""] = blobsOf(messages[0]);
    expect((await storedAttachment(storage, path)).content.equals(before)).toBe(true);
  });

  it("is refused when the checksum is another file's", async () => {
    const attachments = [aFile("vedtak.pdf", { checksum: md5(Buffer.from("another")) })];
    const outcome = await producer.send(aProducerRequest({ attachments }), {
      attachments: { "vedtak.pdf": await give(Buffer.from("this one")) },
    });
    expect(outcome).toMatchObject({
      kind: "refused",
      problems: [{ path: "correspondence.content.attachments[0].checksum", rule: "checksumMismatch" }],
    });
    expect(await blobNames(storage, CONTAINERS.attachments)).toEqual([]);
    expect(await dropped(storage)).toEqual([]);
  });
});

describe("paths", () => {
  it("differ between letters, also where the files are named alike", async () => {
    const letters: readonly [string, string][] = [
      ["case-1", "vedtak.pdf"],
      ["case-1/vedtak.pdf", "vedtak.pdf"],
      ["..", "vedtak.pdf"],
      ["case-2", "vedtak.pdf"],
      ["case-2", "Vedtak.pdf"],
      ["case 3%2F?#æ", "vedlegg nr. 1 (æøå) 100%.pdf"],
      ["case-4", "vedlegg\u0085.pdf"],
    ];
    for (const [index, [id, name]] of letters.entries()) {
      const content = Buffer.from(`content ${index}`);
      const request = aProducerRequest({ id, attachments: [aFile(name)] });
      expect(await producer.send(request, { attachments: { [name]: content } })).toMatchObject({ kind: "dropped" });
    }
    const paths = (await dropped(storage)).flatMap(blobsOf);
    expect(new Set(paths).size).toBe(letters.length);
    expect(paths.every(isBlobPath)).toBe(true);
    expect((await blobNames(storage, CONTAINERS.attachments)).toSorted()).toEqual(paths.toSorted());
    for (const [index, path] of paths.entries()) {
      expect((await storedAttachment(storage, path)).content.toString()).toBe(`content ${index}`);
    }
  });

  it("are those that the request says, where it does", async () => {
    const attachments = [aFile("vedtak.pdf", { blob: "2030/1/vedtak.pdf" }), aFile("bilag.pdf", { blob: "there.pdf" })];
    const outcome = await producer.send(aProducerRequest({ attachments }), {
      attachments: { "2030/1/vedtak.pdf": Buffer.from("%PDF") },
    });
    expect(outcome).toMatchObject({ kind: "dropped", uploaded: ["2030/1/vedtak.pdf"] });
    expect(blobsOf((await dropped(storage))[0])).toEqual(["2030/1/vedtak.pdf", "there.pdf"]);
  });

  it("keep a letter without an id the same letter; with another file it needs an id", async () => {
    const send = (content: string) =>
      producer.send(aProducerRequest({ attachments: [aFile()] }), {
        attachments: { "vedtak.pdf": Buffer.from(content) },
      });
    const first = await send("one");
    expect(await send("one")).toEqual({ ...first, uploaded: [] });
    expect(await send("two")).toMatchObject({ kind: "refused", problems: [{ rule: "otherFile" }] });
  });

  it("can't be told apart when two files of a letter are named alike", async () => {
    const request = aProducerRequest({ attachments: [aFile(), aFile()] });
    expect(await producer.send(request, { attachments: { "vedtak.pdf": Buffer.from("%PDF") } })).toMatchObject({
      kind: "refused",
      problems: [{ path: "correspondence.content.attachments[1]", rule: "ambiguousContent" }],
    });
  });
});

describe("many at once", () => {
  it("of one letter end in one whole blob", async () => {
    const content = randomBytes(9_000_000);
    const request = aProducerRequest({ id: "race", attachments: [aFile()] });
    const send = () => producer.send(request, { attachments: { "vedtak.pdf": streamOf(content) } });
    const outcomes = await Promise.all([send(), send(), send()]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["dropped", "dropped", "dropped"]);
    const messages = await dropped(storage);
    expect(new Set(messages).size).toBe(1);
    expect((await storedAttachment(storage, blobsOf(messages[0])[0] ?? "")).content.equals(content)).toBe(true);
  });

  it("do not overwrite the file that came first, however late the other one looks", async () => {
    const request = aProducerRequest({ id: "race", attachments: [aFile()] });
    const [first, second] = [Buffer.from("first"), Buffer.from("second")];
    const overtaken = Readable.from(
      (async function* () {
        // Storage has been asked by now, and had no such file.
        expect(await producer.send(request, { attachments: { "vedtak.pdf": first } })).toMatchObject({
          kind: "dropped",
        });
        yield second;
      })(),
    );
    expect(await producer.send(request, { attachments: { "vedtak.pdf": overtaken } })).toMatchObject({
      kind: "refused",
      problems: [{ rule: "otherFile" }],
    });
    const [path = ""] = blobsOf((await dropped(storage))[0]);
    expect((await storedAttachment(storage, path)).content.equals(first)).toBe(true);
  });

  it("with different files: one is dropped, and has its own", async () => {
    const request = aProducerRequest({ id: "race", attachments: [aFile()] });
    const contents = [randomBytes(9_000_000), randomBytes(9_000_000)];
    const outcomes = await Promise.all(
      contents.map((content) => producer.send(request, { attachments: { "vedtak.pdf": content } })),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["dropped", "refused"]);
    const winner = contents[outcomes.findIndex(({ kind }) => kind === "dropped")] ?? Buffer.alloc(0);
    const [path = ""] = blobsOf((await dropped(storage))[0]);
    expect((await storedAttachment(storage, path)).content.equals(winner)).toBe(true);
  });
});

describe("a stream", () => {
  it("that breaks makes send reject, and leaves no half file", async () => {
    const broken = Readable.from(
      (async function* () {
        yield randomBytes(9_000_000);
        throw new Error("the connection broke");
      })(),
    );
    const request = aProducerRequest({ id: "broken", attachments: [aFile()] });
    await expect(producer.send(request, { attachments: { "vedtak.pdf": broken } })).rejects.toThrow("connection broke");
    expect(await blobNames(storage, CONTAINERS.attachments)).toEqual([]);
    expect(await dropped(storage)).toEqual([]);
  });

  it("without a byte is refused", async () => {
    const request = aProducerRequest({ attachments: [aFile()] });
    const attachments = { "vedtak.pdf": Readable.from([], { objectMode: false }) };
    expect(await producer.send(request, { attachments })).toMatchObject({
      kind: "refused",
      problems: [{ path: "correspondence.content.attachments[0]", rule: "emptyFile" }],
    });
    expect(await dropped(storage)).toEqual([]);
  });

  it("of texts is a mistake, and said to be one", async () => {
    const request = aProducerRequest({ attachments: [aFile()] });
    const attachments = { "vedtak.pdf": Readable.from(["%PDF"]) };
    await expect(producer.send(request, { attachments })).rejects.toThrow("must consist of bytes");
  });
});
