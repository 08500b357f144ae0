// From a producer's own code to Altinn and back: the kit, the app, storage and the simulator together.
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { beforeAll, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { type Announcement, announcementTypes, createProducer } from "../../producer/main.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aFile, aProducerRequest, blobNames } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

it("sends a letter too large for a message, with its attachments, and tells how it went", async () => {
  await using world = await World.start(storage);
  const producer = createProducer({ connectionString: world.storage.connectionString });
  const [decision, figures] = [randomBytes(9_000_001), randomBytes(1_000)];
  const request = aProducerRequest({
    id: "case-2030-1",
    body: "…".repeat(29_000),
    attachments: [aFile("vedtak.pdf"), aFile("Beløp (æøå) 100%.csv")],
  });
  const attachments = () => ({ "vedtak.pdf": Readable.from([decision]), "Beløp (æøå) 100%.csv": figures });
  expect(await producer.send(request, { attachments: attachments() })).toMatchObject({
    kind: "dropped",
    requestBlob: expect.any(String),
  });
  await world.run();

  const [letter, ...others] = world.letters();
  expect(others).toEqual([]);
  expect(letter?.files.map(({ fileName, sha256 }) => ({ fileName, sha256 }))).toEqual([
    { fileName: "vedtak.pdf", sha256: sha256(decision) },
    { fileName: "Beløp (æøå) 100%.csv", sha256: sha256(figures) },
  ]);

  // Sent again, as after an answer that was lost: it is the same letter, and said to be.
  await producer.send(request, { attachments: attachments() });
  await world.run();
  expect(world.letters()).toHaveLength(1);
  const told: Announcement[] = [];
  await producer.readAnnouncements((announcement) => void told.push(announcement), { untilEmpty: true });
  expect(told.map(({ type, data }) => [type, data.requestId])).toEqual([
    [announcementTypes.sent, "case-2030-1"],
    [announcementTypes.duplicate, "case-2030-1"],
  ]);
  expect(told[0]?.data.correspondenceId).toBe(letter?.correspondenceId);
  expect(await world.announcements()).toEqual([]);
});

it("sends one letter for a request without an id, however often it is sent", async () => {
  await using world = await World.start(storage);
  const producer = createProducer({ queues: world.storage.queues, blobs: world.storage.blobs });
  const request = aProducerRequest({ attachments: [aFile()], recipients: [organization(3)] });
  const send = () => producer.send(request, { attachments: { "vedtak.pdf": Buffer.from("%PDF") } });
  const [first, second] = [await send(), await send()];
  if (first.kind !== "dropped" || second.kind !== "dropped") throw new Error("nothing was dropped");
  await world.run();
  expect(world.letters()).toHaveLength(1);
  expect(second.requestId).toBe(first.requestId);
  expect((await world.announcements()).map(({ data }) => data.requestId)).toEqual([first.requestId, first.requestId]);
  expect(await blobNames(world.storage, CONTAINERS.attachments)).toHaveLength(1);
});
