// Histories found later, about following letters and about what must hold for all of them: clocks that go wrong, records that
// cannot be read, events that nobody sent. Each bears its number.
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY, dayOf, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { setBrake } from "../../shared/sending/emergencyBrake.ts";
import { CONTAINERS, DOCUMENTS, QUEUES } from "../../shared/storage/names.ts";
import { organization } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

/** Puts something else into a document of the state container, as another version or a hand would. */
async function write(world: World, name: string, content: unknown): Promise<void> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const blob = world.storage.blobs.getContainerClient(CONTAINERS.state).getBlockBlobClient(name);
  await blob.uploadData(Buffer.from(text));
}

async function turn(world: World, isOn: boolean): Promise<void> {
  const { documents } = world.app.sending.store;
  await setBrake(documents, { isOn, reason: "operator", now: world.clock.now() });
}

test("59: an instance's clock is set back by a day: the brake still works there within half a minute", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "before" }));
  await world.run();
  world.clock.setBack(DAY);
  await turn(world, true);
  world.clock.advance(30 * SECOND);
  await world.drop(aLetter({ id: "after" }));
  await world.run();
  expect(world.letters()).toHaveLength(1);
  await turn(world, false);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(2);
});

test("59: an instance whose clock was a year ahead has told of a pause: what is lost is put back all the same", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
  await world.drop(aLetter({ id: "forgotten" }));
  await world.run();
  for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
  await write(world, DOCUMENTS.contact, { pausedAt: world.clock.now() + 365 * DAY });
  await world.advance(HOUR);
  await world.sweep();
  expect(await world.told()).toEqual(["sent"]);
});

test.each([
  ["is no JSON", "{"],
  ["says nothing", "{}"],
  [
    "has a reason of a newer version",
    { version: 1, isOn: true, reason: "tooManyRefusals", since: "2026-11-28T12:00:00Z" },
  ],
  ["was lifted at no time", { version: 1, isOn: false, reason: "operator", since: "yesterday" }],
])("50: brake.json %s: the brake is on, and says so, until it is lifted", async (_what, content) => {
  await using world = await World.start(storage);
  await write(world, DOCUMENTS.brake, content);
  await world.drop(aLetter({ id: "held" }));
  await world.run();
  expect(world.letters()).toEqual([]);
  expect(world.logs.join("\n")).toMatch(/^error .*"brakeOn".*"reason":"unreadable"/m);
  await turn(world, false);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(1);
});

test("49: fifteen days under the brake, then one failure of each kind: all wait, and go", async () => {
  await using world = await World.start(storage);
  const accepted = world.storage.blobs.getContainerClient(CONTAINERS.accepted);
  await turn(world, true);
  await world.drop(aLetter({ id: "without-content" }));
  await world.run();
  const [content] = await world.blobs(CONTAINERS.accepted);
  await accepted.deleteBlob(content?.name ?? "");
  await world.putAttachment("shared.pdf", Buffer.from("shared"));
  const attachments = [{ fileName: "shared.pdf", sendersReference: "a", blob: "shared.pdf" }];
  await world.drop(aLetter({ id: "shared", attachments, recipients: [organization(0), organization(3)] }));
  await world.drop(aLetter({ id: "refused" }));
  await world.run();
  world.clock.advance(15 * DAY);
  await turn(world, false);
  world.clock.advance(MINUTE);
  world.fault({
    step: /^altinn POST .*\/(attachment|correspondence)$/,
    phase: "before",
    action: { status: 503 },
    times: 2,
  });
  await world.run();
  world.clearFaults();
  expect(await world.ends()).toEqual([]);
  await accepted.getBlockBlobClient(content?.name ?? "").uploadData(Buffer.from(JSON.stringify(content?.value)));
  await world.settle(2 * HOUR);
  expect(await world.ends()).toEqual(["sent", "sent", "sent", "sent"]);
});

/** Drops letters whose messages are lost with their dispatch records: what is left is that they came, and what they say. */
async function lose(world: World, ...ids: readonly string[]): Promise<void> {
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: ids.length });
  for (const id of ids) await world.drop(aLetter({ id }));
  await world.run();
  world.clearFaults();
  for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
}

const state = (world: World) => world.storage.blobs.getContainerClient(CONTAINERS.state);

async function deleteDispatches(world: World): Promise<void> {
  for (const { name } of await world.blobs(CONTAINERS.state, "dispatches/")) await state(world).deleteBlob(name);
}

test("52: one record cannot be read: sweeps, checks and reconciliation go on without it", async () => {
  await using world = await World.start(storage);
  const oneUnread = async (folder: string) => {
    world.fault({
      step: new RegExp(`^blob GET correspondence-state/${folder}$`),
      phase: "before",
      action: { status: 403 },
    });
    await world.sweep();
    world.clearFaults();
    return world.told();
  };
  // Forgotten dispatches.
  await lose(world, "a", "b");
  await world.advance(HOUR);
  expect(await oneUnread("dispatches")).toEqual(["sent"]);
  expect(world.logs.join("\n")).toMatch(/"recordPassedOver".*"dispatchId"/);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "sent"]);
  // Letters that are followed.
  await world.advance(MINUTE);
  expect(await oneUnread("correspondences")).toEqual(["sent", "sent", "published"]);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "sent", "published", "published"]);
  // Requests of a day, of which nothing else is left; and one whose dead letter is of a newer version.
  await deleteDispatches(world);
  await lose(world, "c", "d", "e");
  const dispatches = await world.blobs(CONTAINERS.state, "dispatches/");
  const ofE = dispatches.find(({ value }) => JSON.stringify(value).includes('"requestId":"e"'));
  const deadLetters = world.storage.blobs.getContainerClient(CONTAINERS.deadLetters);
  await deadLetters.getBlockBlobClient(ofE?.name.replace("dispatches/", "") ?? "").upload("{}", 2);
  await deleteDispatches(world);
  world.clock.advance(2 * DAY);
  expect((await oneUnread("requests")).filter((told) => told === "sent")).toHaveLength(3);
  expect(world.logs.join("\n")).toMatch(/"recordUnreadable".*"requestHash"/);
  const { reconciled } = JSON.parse((await state(world).getBlobClient(DOCUMENTS.sweep).downloadToBuffer()).toString());
  expect(reconciled).toBe(dayOf(world.clock.now() - DAY - 2 * HOUR));
});

test("53: sweep.json is lost, old or of a clock that was ahead: every day that is not reconciled is", async () => {
  await using world = await World.start(storage);
  const left: (string | undefined)[] = [];
  for (const age of [undefined, -80, 365]) {
    await lose(world, `lost-${age}`);
    await deleteDispatches(world);
    world.clock.advance(60 * DAY);
    const reconciled = age === undefined ? undefined : dayOf(world.clock.now() + age * DAY);
    left.push(reconciled);
    await state(world).getBlobClient(DOCUMENTS.sweep).deleteIfExists();
    if (reconciled) await write(world, DOCUMENTS.sweep, { lastSweep: world.clock.now(), reconciled });
    await world.sweep();
    expect((await world.ends()).length, String(reconciled)).toBe(left.length);
  }
  expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
});
