// A blob that is swapped between the check and the send: what was checked goes, or nothing.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organization, person } from "../../local/parties.ts";
import { HOUR } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, INITIALIZE } from "../integration/letters.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const CHECKED = Buffer.from("as it was checked");
/** As long, so that no length tells. */
const SWAPPED = Buffer.from("swapped later ...");

/** A letter whose file is there. */
async function aLetterWithFile(id: string, more: { checksum?: string; recipients?: string[] } = {}): Promise<object> {
  const { recipients = [person()], checksum } = more;
  await world.putAttachment(`${id}.pdf`, CHECKED);
  const attachment = { fileName: "a.pdf", sendersReference: "a", blob: `${id}.pdf` };
  return aLetter({ id, recipients, attachments: [checksum === undefined ? attachment : { ...attachment, checksum }] });
}

/** What was told of one request. */
async function fate(id: string): Promise<string[]> {
  const told = (await world.announcements()).filter(({ data }) => data.requestId === id);
  return told.map(({ data }) => [data.status, data.reason].filter(Boolean).join(" "));
}

function putOffOnce(path: string): void {
  world.simulator.control.fault({ method: "POST", path, status: 429, times: 1 });
}

/** Swaps a file when it is opened, after it has been looked at. */
function swapWhenOpened(): void {
  const { attachments } = world.app.sending;
  const open = attachments.open.bind(attachments);
  attachments.open = async (path, etag) => {
    attachments.open = open;
    await world.putAttachment(path, SWAPPED);
    return open(path, etag);
  };
}

test("a file, in the invocation that looked at it: nothing is sent", async () => {
  swapWhenOpened();
  await world.drop(await aLetterWithFile("hot"));
  await world.settle(HOUR);
  expect(await fate("hot")).toEqual(["rejected attachmentMissing"]);
});

test("a file of a letter that waits: nothing is sent", async () => {
  putOffOnce(`${INITIALIZE}/upload`);
  await world.drop(await aLetterWithFile("waits"));
  await world.run();
  await world.putAttachment("waits.pdf", SWAPPED);
  await world.settle(HOUR);
  expect(await fate("waits")).toEqual(["rejected attachmentMissing"]);
});

test("a file that many share: nothing is sent", async () => {
  swapWhenOpened();
  await world.drop(await aLetterWithFile("shared", { recipients: [person(1), organization(1)] }));
  await world.settle(HOUR);
  expect(await fate("shared")).toEqual(["rejected attachmentMissing"]);
});

test("a file before its letter is taken up, against the producer's checksum: nothing is sent", async () => {
  const checksum = createHash("md5").update(CHECKED).digest("hex");
  const letter = await aLetterWithFile("pinned", { checksum });
  await world.putAttachment("pinned.pdf", SWAPPED);
  await world.drop(letter);
  await world.settle(HOUR);
  expect(await fate("pinned")).toEqual(["rejected checksumMismatch"]);
  expect(world.letters()).toEqual([]);
});

test("a claim check of a letter that waits: what was read first is sent", async () => {
  const put = async (messageTitle: string) => {
    const bytes = Buffer.from(JSON.stringify(aLetter({ id: "claim", content: { messageTitle } })));
    await world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient("a.json").uploadData(bytes);
  };
  await put("Som lest");
  putOffOnce(INITIALIZE);
  await world.drop({ requestBlob: "a.json" });
  await world.run();
  await put("Byttet");
  await world.settle(HOUR);
  expect(await fate("claim")).toEqual(["sent"]);
  const kept = JSON.stringify((await world.blobs(CONTAINERS.accepted)).map(({ value }) => value));
  expect(kept).toContain("Som lest");
  expect(kept).not.toContain("Byttet");
});
