// The largest claim checks, of contents that stand for many times their own memory: each is handled by a process with room
// for little, and becomes a dead letter with a reason at its first delivery, whichever queue it comes by.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_REQUEST_BYTES } from "../../shared/requests/claimCheck.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { aRequest } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const filled = (part: string, length: number) => part.repeat(Math.floor(length / part.length));
const whole = MAX_REQUEST_BYTES;
/** Characters of two bytes in memory, and one in the blob. */
const wide = `{"a":"\u0100${filled("x", whole - 20)}"}`;

test.each([
  ["brackets that are not, after the host gave up", filled("[", whole), poisonQueueOf(QUEUES.requests), "depth"],
  ["a long text with one wide character", wide, QUEUES.requests, "size"],
])("32 MB of %s take little memory", async (name, content, queue, rule) => {
  const path = `${name}.json`;
  const blob = world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient(path);
  await blob.uploadData(Buffer.from(content));
  const before = (await world.announcements()).length;
  await world.drop({ requestBlob: path }, queue);
  await world.run({ inChild: true });
  const [announcement] = (await world.announcements()).slice(before);
  expect(announcement?.data).toMatchObject({ reason: "invalidRequest", problems: [{ path: "", rule }] });
  expect(world.peakMB).toBeLessThan(256);
  expect(await world.host.waiting()).toEqual([]);
});

describe("a request at every limit", () => {
  const letter = (text: string) => aRequest({ content: { bodyFormat: "text", messageBody: text } });
  test("is read: 10,000 recipients, and a million characters in the body, each written as an escape", () => {
    const recipients = Array.from({ length: 10_000 }, (_, index) => `0192:${100_000_000 + index}`);
    const json = JSON.stringify({ ...letter("BODY"), recipients }).replace("BODY", filled("\\u00f8", 6_000_000));
    const twice = Buffer.from(Buffer.from(json).toString("base64")).toString("base64");
    for (const way of [json, twice]) expect(decodeMessage(way)).toMatchObject({ ok: true });
  });

  test("and beyond tells of one recipient too many, and of no more mistakes than that", async () => {
    const parsed = await parseRequest(
      { ...letter("a"), recipients: Array(20_000).fill("") },
      { environment: "tt02", now: new Date(0) },
    );
    expect(parsed.ok ? [] : parsed.problems).toHaveLength(10_001);
  });
});

test.each([
  [
    "a link that ends in spaces and a letter",
    { letter: { replyOptions: [{ linkURL: `https://a.no/${filled(" ", 300_000)}x` }] } },
  ],
  [
    "an address of points",
    { letter: { notification: { customRecipients: [{ emailAddress: filled("a.", 7_900_000) }] } } },
  ],
  [
    "a recipient in capitals",
    { request: { recipients: [`urn:altinn:person:idporten-email:${filled("Ø", 7_900_000)}@a.no`] } },
  ],
])("%s is judged in one pass", async (_, parts) => {
  // Once these took minutes, or as much memory as ended the process: a test that hangs or throws has failed.
  expect(await parseRequest(aRequest(parts), { environment: "tt02", now: new Date(0) })).toHaveProperty("ok");
});
