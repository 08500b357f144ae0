// Files as they are put into the inbox: what is there is the file, whoever puts it at the same time, and however its bytes come.
import { beforeAll, expect, test } from "vitest";
import { createInbox, type Inbox } from "../../shared/receiving/inbox.ts";
import { inboxBlobsOf } from "../../shared/receiving/inboxBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type StorageAccount, startStorage } from "../harness/storage.ts";

const BLOCK = 1_000;
const FILE = Buffer.from(Array.from({ length: 4_500 }, (_, index) => index % 251));

let storage: StorageAccount;
let inbox: Inbox;
beforeAll(async () => {
  storage = await (await startStorage()).account();
  inbox = createInbox(inboxBlobsOf(storage.blobs.getContainerClient(CONTAINERS.inbox)), BLOCK);
});

/** A download that brings so many bytes at a time, and waits before the last of them. */
function inParts(bytes: Buffer, size: number) {
  const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      if (at + size >= bytes.length) {
        reached.resolve();
        await goOn.promise;
      }
      yield bytes.subarray(at, at + size);
    }
  }
  return { parts: parts(), reached: reached.promise, goOn: () => goOn.resolve() };
}

const about = { contentType: "text/plain", fileName: "fil.txt", checksum: "" };
const stored = (name: string) =>
  storage.blobs.getContainerClient(CONTAINERS.inbox).getBlobClient(name).downloadToBuffer();

test.each([
  ["its bytes come in other parts to each", FILE],
  ["one of them got other bytes", Buffer.from(FILE).fill(7, 0, 2_000)],
])("two deliveries put one file at once, and %s: it is stored as it is", async (name, bytes) => {
  const [first, other] = [inParts(FILE, 700), inParts(bytes, 450)];
  const putting = inbox.put(name, first.parts, about);
  await first.reached;
  const puttingToo = inbox.put(name, other.parts, about);
  await other.reached;
  first.goOn();
  expect(await putting).toMatchObject({ kind: "stored", sizeBytes: FILE.length });
  expect((await stored(name)).equals(FILE)).toBe(true);
  other.goOn();
  // What is there already is not asked for anew.
  await puttingToo.catch(() => undefined);
  expect((await stored(name)).equals(FILE)).toBe(true);
});

test("a file that ends with a block, and an empty one", async () => {
  for (const size of [0, BLOCK, 3 * BLOCK]) {
    const bytes = FILE.subarray(0, size);
    const { parts, goOn } = inParts(bytes, 333);
    goOn();
    const put = await inbox.put(`letter/${size}`, parts, about);
    expect(put).toMatchObject({ kind: "stored", sizeBytes: size });
    expect((await stored(`letter/${size}`)).equals(bytes)).toBe(true);
  }
});
