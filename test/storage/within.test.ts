// Storage that takes a call and says nothing: the call ends, and says why.
import { BlobClient, BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createAttachmentBlobs } from "../../shared/attachments/attachmentBlobs.ts";
import { systemClock } from "../../shared/clock.ts";
import { createRequestBlobs } from "../../shared/intake/requestBlobs.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { createQueues } from "../../shared/storage/queues.ts";
import { eachWithin, within } from "../../shared/storage/within.ts";
import { type Peer, startRawPeer } from "../altinn/peer.ts";

const LIMIT = 50;
/** More than is read ahead, in bytes. */
const LARGE = 8 * 1024 * 1024;
const CONNECTION = "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5";

let silent: Peer;
beforeAll(async () => {
  silent = await startRawPeer((request) => void request.resume());
});
afterAll(() => silent[Symbol.asyncDispose]());

describe("a call to storage that says nothing ends:", () => {
  const at = () => `${CONNECTION};BlobEndpoint=${silent.url}/account;QueueEndpoint=${silent.url}/account`;
  const container = () => BlobServiceClient.fromConnectionString(at()).getContainerClient("container");
  const documents = () => createJsonBlobs(container(), LIMIT);
  const queues = () => createQueues(QueueServiceClient.fromConnectionString(at()), systemClock, LIMIT);

  it.each<[string, () => Promise<unknown>]>([
    ["reading", () => documents().read("a.json")],
    ["creating", () => documents().create("a.json", {})],
    ["replacing", () => documents().replace("a.json", {}, "etag")],
    ["removing", () => documents().remove("a.json")],
    ["asking whether there is one", () => documents().exists("a.json")],
    ["asking whether there is any", () => documents().isEmpty()],
    ["finding", () => documents().find("a = 'b'")[Symbol.asyncIterator]().next()],
    ["listing", () => documents().list()[Symbol.asyncIterator]().next()],
    ["putting a message", () => queues().put("queue", "text")],
    ["peeking", () => queues().isBehind("queue")],
    ["counting messages", () => queues().isEmpty("queue")],
    ["looking at an attachment", () => createAttachmentBlobs(container(), LIMIT).look("a.pdf")],
    [
      "opening an attachment",
      async () => (await createAttachmentBlobs(container(), LIMIT).open("a.pdf", "etag")).toArray(),
    ],
    ["reading a request", () => createRequestBlobs(container(), LIMIT).read("a.json", 1_000)],
    ["removing a request", () => createRequestBlobs(container(), LIMIT).remove("a.json", "etag")],
  ])("%s", async (_what, call) => {
    await expect(call()).rejects.toMatchObject({ name: "StorageTimeout", code: "ETIMEDOUT" });
  });
});

it("an attachment that begins and then goes silent is asked for again from there, a few times", async () => {
  let asked = 0;
  await using stalling = await startRawPeer((request, response) => {
    asked++;
    request.resume();
    response.writeHead(200, { "content-length": "100", etag: '"1"' }).flushHeaders();
  });
  const container = BlobServiceClient.fromConnectionString(
    `${CONNECTION};BlobEndpoint=${stalling.url}/account;QueueEndpoint=${stalling.url}/account`,
  ).getContainerClient("container");
  const download = vi.spyOn(BlobClient.prototype, "download");
  const begun = () => download.mock.settledResults.filter(({ type }) => type === "fulfilled").length;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const stream = await createAttachmentBlobs(container, LIMIT).open("a.pdf", "1");
    const read = stream.toArray().catch((error: unknown) => error);
    for (let times = 1; times <= 5; times++) {
      await expect.poll(begun).toBe(times);
      vi.advanceTimersByTime(LIMIT);
    }
    expect(await read).toMatchObject({ name: "StorageTimeout" });
  } finally {
    vi.useRealTimers();
    download.mockRestore();
  }
  expect(asked).toBe(5);
});

it("what a call throws by itself is thrown", async () => {
  const fault = new Error("of its own");
  await expect(within(LIMIT, () => Promise.reject(fault))).rejects.toBe(fault);
});

it("a listing may take longer than each of its steps", async () => {
  async function* three() {
    for (let item = 0; item < 3; item++) yield item;
  }
  vi.useFakeTimers();
  try {
    const seen: number[] = [];
    for await (const item of eachWithin(LIMIT, three)) {
      vi.advanceTimersByTime(LIMIT * 2);
      seen.push(item);
    }
    expect(seen).toEqual([0, 1, 2]);
  } finally {
    vi.useRealTimers();
  }
});

describe("what is left before its end is closed:", () => {
  it("a listing", async () => {
    let isClosed = false;
    async function* endless() {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        isClosed = true;
      }
    }
    for await (const item of eachWithin(LIMIT, endless)) if (item === 2) break;
    expect(isClosed).toBe(true);
  });

  it("a download that is given up, with its connection", async () => {
    let onClose = () => {};
    const closed = new Promise<void>((resolve) => {
      onClose = resolve;
    });
    await using slow = await startRawPeer((request, response) => {
      request.resume();
      response.on("close", () => onClose());
      response.writeHead(200, { "content-length": `${2 * LARGE}`, etag: '"1"' }).write(Buffer.alloc(LARGE));
    });
    const container = BlobServiceClient.fromConnectionString(
      `${CONNECTION};BlobEndpoint=${slow.url}/account;QueueEndpoint=${slow.url}/account`,
    ).getContainerClient("container");
    const stream = await createAttachmentBlobs(container, 60_000).open("a.pdf", "1");
    for await (const _bytes of stream) break;
    // If it stays open, the test takes too long.
    await closed;
  });
});
