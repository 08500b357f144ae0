import { createHash } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { describe, expect, it } from "vitest";
import type { UploadFile } from "../../shared/altinn/fileBody.ts";
import { callHttp } from "../../shared/altinn/httpCall.ts";
import { multipartBody } from "../../shared/altinn/multipart.ts";
import { timeUpWhen } from "../harness/timeUp.ts";
import { answerJson, settableClock, startRawPeer } from "./peer.ts";

/** For what hangs. */
const LIMIT = 300_000;

const context = { http: fetch, clock: settableClock() };

/** A file of bytes that differ, made as they are read. */
function bigFile(
  fileName: string,
  sizeBytes: number,
  made: { bytes: number; streams: Readable[] },
  chunk = 65_536,
): UploadFile {
  return {
    fileName,
    sizeBytes,
    async open() {
      async function* bytes() {
        for (let left = sizeBytes; left > 0; left -= chunk) {
          const size = Math.min(left, chunk);
          made.bytes += size;
          yield Buffer.alloc(size, left % 251);
        }
      }
      const stream = Readable.from(bytes(), { objectMode: false });
      made.streams.push(stream);
      return stream;
    },
  };
}

function textFile(fileName: string, text: string): UploadFile {
  const bytes = Buffer.from(text);
  return { fileName, sizeBytes: bytes.length, open: async () => Readable.from([bytes]) };
}

function post(url: string, fields: readonly (readonly [string, string])[], files: readonly UploadFile[]) {
  const { contentType, length, stream } = multipartBody(fields, files);
  const headers = { "content-type": contentType, "content-length": String(length) };
  return callHttp(context, { name: "POST /upload", method: "POST", url, headers, body: stream, timeoutMs: LIMIT });
}

/** Parses forms as they come, and answers with what was in them. */
function startFormPeer() {
  return startRawPeer((request, response) => {
    const fields: [string, string][] = [];
    const files: { name: string; fileName: string; bytes: number; md5: string }[] = [];
    const parser = busboy({ headers: request.headers, defParamCharset: "utf8", limits: { fieldSize: 1e7 } });
    parser.on("field", (name, value) => fields.push([name, value]));
    parser.on("file", (name, stream, { filename }) => {
      const hash = createHash("md5");
      let bytes = 0;
      stream.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        hash.update(chunk);
      });
      stream.on("end", () => files.push({ name, fileName: filename ?? "(none)", bytes, md5: hash.digest("hex") }));
    });
    let total = 0;
    request.on("data", (chunk: Buffer) => {
      total += chunk.length;
    });
    pipeline(request, parser).then(
      () => answerJson(response, 200, { fields, files, length: request.headers["content-length"], total }),
      () => response.destroy(),
    );
  });
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

describe("a form", () => {
  it("arrives as it was: line ends, letters, names and bytes", async () => {
    await using peer = await startFormPeer();
    const fields: readonly (readonly [string, string])[] = [
      ["correspondence.content.messageBody", "# Brev\n\nLinje\r\nto\n\n  æøå 🎉\n"],
      ["correspondence.propertyList[0].Key", 'a"b.c[d'],
      ["recipients[0]", ""],
    ];
    const files = [
      textFile("vedtak æøå.pdf", "første"),
      textFile("tom.txt", ""),
      textFile("e\u0301 100%.pdf", "andre\n"),
    ];
    const answer = await post(peer.url, fields, files);
    if (answer.kind === "failed") throw new Error(answer.cause);
    expect(answer.json).toMatchObject({
      fields,
      files: [
        { name: "attachments", fileName: "vedtak æøå.pdf", md5: md5("første") },
        { name: "attachments", fileName: "tom.txt", bytes: 0 },
        { name: "attachments", fileName: "e\u0301 100%.pdf", md5: md5("andre\n") },
      ],
    });
    const { length, total } = Object.fromEntries(Object.entries(answer.json ?? {}));
    expect(length).toBe(String(total));
  });

  it("cannot be broken out of by a name", async () => {
    await using peer = await startFormPeer();
    const answer = await post(peer.url, [], [textFile('a"; x="b\r\nX: 1\\.pdf', "x")]);
    expect(answer).toMatchObject({ json: { files: [{ fileName: "a%22; x=%22b%0D%0AX: 1%5C.pdf" }] } });
  });

  it("can have no files, or a hundred", async () => {
    await using peer = await startFormPeer();
    expect(await post(peer.url, [["a", "b"]], [])).toMatchObject({ json: { fields: [["a", "b"]], files: [] } });
    const files = Array.from({ length: 100 }, (_, index) => textFile(`${index}.txt`, `text ${index}`));
    const names = files.map(({ fileName }) => ({ fileName }));
    expect(await post(peer.url, [], files)).toMatchObject({ json: { files: names } });
  });

  it("opens a file when its turn comes", async () => {
    await using peer = await startFormPeer();
    const open: string[] = [];
    const made = { bytes: 0, streams: [] };
    const watched = ["1.pdf", "2.pdf"].map((name): UploadFile => {
      const file = bigFile(name, 3_000_000, made);
      return {
        ...file,
        async open() {
          open.push(`${name} after ${made.bytes}`);
          return file.open();
        },
      };
    });
    await post(peer.url, [], watched);
    expect(open).toEqual(["1.pdf after 0", "2.pdf after 3000000"]);
  });
});

describe("a stream", () => {
  it("waits for a peer that is slow", async () => {
    const size = 64 * 1024 * 1024;
    const made: { bytes: number; streams: Readable[] } = { bytes: 0, streams: [] };
    let release: () => void = () => {};
    await using peer = await startRawPeer((request, response) => {
      request.pause();
      release = () => request.on("end", () => answerJson(response, 200, {})).resume();
    });
    const posted = post(peer.url, [], [bigFile("big.zip", size, made)]);
    // Nobody reads: what is under way fills the sockets' buffers, and then nothing more is made.
    let before = -1;
    while (before !== made.bytes || made.bytes === 0) {
      before = made.bytes;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(made.bytes).toBeLessThan(size / 4);
    release();
    expect(await posted).toMatchObject({ status: 200 });
    expect(made.bytes).toBe(size);
  });

  it("is closed when the answer comes early, when the call is cut, and when the time is up", async () => {
    const made: { bytes: number; streams: Readable[] } = { bytes: 0, streams: [] };
    const size = 512 * 1024 * 1024;
    await using early = await startRawPeer((_request, response) => {
      response.writeHead(413, { connection: "close" }).end();
    });
    expect(await post(early.url, [], [bigFile("a.zip", size, made)])).toMatchObject({ status: 413 });
    await using cut = await startRawPeer((request) => request.once("data", () => request.destroy()));
    expect(await post(cut.url, [], [bigFile("a.zip", size, made)])).toMatchObject({ cause: "connection" });
    await using silent = await startRawPeer((request) => request.pause());
    const toSilence = () => post(silent.url, [], [bigFile("a.zip", size, made)]);
    expect(await timeUpWhen(() => made.streams.length === 3, LIMIT, toSilence)).toMatchObject({ cause: "timeout" });
    expect(made.streams).toHaveLength(3);
    for (const stream of made.streams) if (!stream.closed) await once(stream, "close");
    expect(made.bytes).toBeLessThan(size);
  });

  it("that is opened after the call is over is closed at once", async () => {
    const made: { bytes: number; streams: Readable[] } = { bytes: 0, streams: [] };
    const file = bigFile("a.zip", 1_000_000, made);
    let opens: () => void = () => {};
    const mayOpen = new Promise<void>((resolve) => {
      opens = resolve;
    });
    const { stream } = multipartBody([], [{ ...file, open: () => mayOpen.then(() => file.open()) }]);
    stream.destroy();
    await once(stream, "close");
    opens();
    await mayOpen;
    while (made.streams.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [opened] = made.streams;
    if (opened && !opened.closed) await once(opened, "close");
    expect(opened?.destroyed).toBe(true);
    expect(made.bytes).toBe(0);
  });

  it.each([1, -1])("that is longer or shorter than was said does not become a letter (%i)", async (difference) => {
    let whole = false;
    await using peer = await startRawPeer((request, response) => {
      request.on("error", () => {});
      request.on("end", () => {
        whole = request.complete;
        answerJson(response, 200, {});
      });
      request.resume();
    });
    const file = textFile("a.txt", "x".repeat(1_000));
    const answer = await post(peer.url, [], [{ ...file, sizeBytes: file.sizeBytes + difference }]);
    expect(answer).toMatchObject({ kind: "failed", cause: "connection" });
    expect(whole).toBe(false);
  });

  it("that breaks, or cannot be opened, is a failure", async () => {
    await using peer = await startFormPeer();
    const broken: UploadFile = {
      fileName: "a.pdf",
      sizeBytes: 10,
      open: async () =>
        Readable.from(
          (async function* () {
            yield Buffer.from("x");
            throw new Error("broken");
          })(),
        ),
    };
    expect(await post(peer.url, [], [broken])).toMatchObject({ kind: "failed", cause: "connection" });
    const missing: UploadFile = { ...broken, open: () => Promise.reject(new Error("gone")) };
    expect(await post(peer.url, [], [textFile("b.pdf", "b"), missing])).toMatchObject({ kind: "failed" });
  });
});
