// Histories found later, about following letters and about what must hold for all of them: clocks that go wrong, records that
// cannot be read, events that nobody sent. Each bears its number.
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { organization } from "../../local/parties.ts";
import { DAY, dayOf, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { CONTAINERS, DOCUMENTS, QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, LOOK_UP, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

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

test("59: the brake is lifted from a machine whose clock is a day ahead: letters count towards the limit all the same", async () => {
  await using world = await World.start(storage, { settings: { MAX_LETTERS_PER_HOUR: "2" } });
  for (let index = 0; index < 6; index++) await world.drop(aLetter({ id: `letter-${index}` }));
  await world.run();
  expect(world.letters()).toHaveLength(2);
  await setBrake(world.app.sending.store.documents, {
    isOn: false,
    reason: "operator",
    now: world.clock.now() + DAY,
  });
  await world.settle(HOUR / 2);
  expect(world.letters()).toHaveLength(4);
});

test("50: brake.json cannot be read, or has a reason of a newer version: the brake is on, and says so, until it is lifted", async () => {
  await using world = await World.start(storage);
  const since = timestamp(world.clock.now());
  const contents = [
    "{",
    "{}",
    { version: 1, isOn: true, reason: "tooManyRefusals", since },
    { version: 1, isOn: false, reason: "operator", since: "yesterday" },
  ];
  for (const [index, content] of contents.entries()) {
    await write(world, DOCUMENTS.brake, content);
    world.clock.advance(MINUTE);
    await world.drop(aLetter({ id: `held-${index}` }));
    await world.run();
    expect(world.letters(), JSON.stringify(content)).toHaveLength(index);
    const alerts = world.logs.filter((line) => /^error .*"brakeOn".*"reason":"unreadable"/.test(line));
    expect(alerts).toHaveLength(index + 1);
    await turn(world, false);
    await world.settle(10 * MINUTE);
    expect(world.letters()).toHaveLength(index + 1);
  }
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

test("49: fifteen days under the brake between two look-ups that fail: nobody says yet that nothing is known", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("file.pdf", Buffer.from("file"));
  const attachments = [{ fileName: "file.pdf", sendersReference: "a", blob: "file.pdf" }];
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 100 });
  await world.drop(aLetter({ id: "with-file", attachments }));
  await world.settle(5 * MINUTE);
  await turn(world, true);
  world.clock.advance(15 * DAY);
  await turn(world, false);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual([]);
  world.clearFaults();
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
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

test("52: what is known of a notification cannot be read: its letter is followed all the same", async () => {
  await using world = await World.start(storage);
  const notification = { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Email" };
  await published(world, { notification });
  const ofOrder = z.object({ source: z.string().endsWith("/notification"), resourceinstance: z.string() });
  const [order] = world.simulator.control.events().flatMap((event) => ofOrder.safeParse(event).data ?? []);
  await write(world, `notification-orders/${order?.resourceinstance}.json`, { version: 2 });
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published"]);
  expect(world.logs.join("\n")).toContain("recordUnreadable");
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

/** Calls to Altinn about letters and attachments, since they were last forgotten; tokens and letters that are sent left aside. */
const questions = (world: World) => world.calls.filter((name) => /^altinn GET \/correspondence\//.test(name));

const OVERVIEW = /^altinn GET \/correspondence\/api\/v1\/correspondence\/\{id\}$/;

/** A letter that has been sent and, by Altinn's clock, published. */
async function published(world: World, letter: object = {}): Promise<string> {
  await world.drop(aLetter({ id: crypto.randomUUID(), letter }));
  await world.run();
  await world.advance(MINUTE);
  return world.letters().at(-1)?.correspondenceId ?? "";
}

/** Hands the app the newest event; the check that it makes due meets a 503. */
async function eventButNoCheck(world: World): Promise<void> {
  await world.event(world.simulator.control.events().at(-1));
  world.fault({ step: OVERVIEW, phase: "before", action: { status: 503 } });
  await world.run();
  world.clearFaults();
}

test.each([
  ["without CONFIRM_EVENTS", "false", 0],
  ["with CONFIRM_EVENTS", "true", 0],
  ["a hundred days after it was published", "false", 100 * DAY],
])("40: read, then purged, and the one check meets a 503: told by the next sweep: %s", async (_how, confirm, later) => {
  await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: confirm } });
  const id = await published(world);
  await world.simulator.control.act(id, "read");
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "read"]);
  world.clock.advance(later);
  await world.simulator.control.act(id, "purgedByRecipient");
  await eventButNoCheck(world);
  expect(await world.told()).toHaveLength(3);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "read", "purgedByRecipient"]);
  world.forgetCalls();
  await world.advance(DAY);
  await world.sweep();
  expect(questions(world)).toEqual([]);
});

test("40: with CONFIRM_EVENTS, confirmed after read, and the check meets a 503: told by the next sweep", async () => {
  await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: "true" } });
  const id = await published(world);
  await world.simulator.control.act(id, "read");
  await world.sweep();
  await world.simulator.control.act(id, "confirmed");
  await eventButNoCheck(world);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "read", "confirmed"]);
  world.forgetCalls();
  await world.advance(DAY);
  await world.sweep();
  expect(questions(world)).toEqual([]);
});

test("57: a letter that is published in a month is not asked about until then, its attachment's scan apart", async () => {
  await using world = await World.start(storage);
  const requestedPublishTime = new Date(world.clock.now() + 30 * DAY).toISOString();
  await world.drop(aLetter({ id: "plain", letter: { requestedPublishTime } }));
  await world.putAttachment("file.pdf", Buffer.from("file"));
  const attachments = [{ fileName: "file.pdf", sendersReference: "a", blob: "file.pdf" }];
  await world.drop(aLetter({ id: "scanned", letter: { requestedPublishTime }, attachments }));
  await world.run();
  await world.advance(HOUR);
  world.forgetCalls();
  await world.sweep();
  expect(questions(world)).toHaveLength(1);
  for (const days of [1, 10, 18]) {
    await world.advance(days * DAY);
    await world.sweep();
  }
  expect(questions(world)).toHaveLength(1);
  await world.advance(DAY);
  await world.sweep();
  expect((await world.told()).toSorted()).toEqual(["published", "published", "sent", "sent"]);
});

const SOURCE = "https://platform.tt02.altinn.no/correspondence/api/v1";

test("56: events that name letters and resources that are not ours cost no call to Altinn, and nothing is stored", async () => {
  await using world = await World.start(storage);
  await published(world);
  const before = await world.blobs(CONTAINERS.state);
  world.forgetCalls();
  for (let index = 0; index < 20; index++) {
    const resource = `urn:altinn:resource:another-${index}`;
    const made = (type: string, source: string) =>
      world.event(anEvent(crypto.randomUUID(), type, world.clock.now(), { resource, source: `${SOURCE}/${source}` }));
    expect(await made("correspondencepurged", "correspondence")).toBe("passedOver");
    expect(await made("attachmentuploadfailed", "attachment")).toBe("passedOver");
    expect(await made("correspondencenotificationfailed", "notification")).toBe("passedOver");
  }
  // One read for each letter and each order, and no write.
  expect(new Set(world.calls)).toEqual(
    new Set(["blob GET correspondence-state/correspondences", "blob GET correspondence-state/notification-orders"]),
  );
  expect(world.calls).toHaveLength(40);
  await world.run();
  await world.advance(2 * HOUR);
  expect(questions(world)).toEqual([]);
  expect(await world.blobs(CONTAINERS.state)).toHaveLength(before.length);
});

test("56: an event of our letter counts although its resource has been taken out of the settings", async () => {
  await using world = await World.start(storage);
  const id = await published(world);
  await world.restart({ ALTINN_RESOURCES: "cases" });
  await world.simulator.control.act(id, "read");
  expect(await world.event(world.simulator.control.events().at(-1))).toBe("kept");
  expect(await world.told()).toContain("read");
});

test.each([
  ["while none of our letters is missing, none", 0],
  ["while one of ours is missing, one", 1],
])("56: a made-up event costs no call to Altinn for an hour, and then: %s", async (_what, each) => {
  await using world = await World.start(storage);
  if (each === 1) {
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 1000 });
    await world.drop(aLetter({ id: "missing" }));
    await world.run();
  }
  const types = [
    "correspondencepublished",
    "correspondencepurged",
    "correspondencemadeup",
    "correspondencereceiverread",
  ];
  for (const type of types) await world.event(anEvent(crypto.randomUUID(), type, world.clock.now()));
  world.forgetCalls();
  await world.advance(50 * MINUTE);
  await world.sweep();
  expect(questions(world)).toEqual([]);
  // What an event has settled is not asked about at all, unless it says but part.
  for (let hours = 0; hours < 30; hours += 6) {
    await world.advance(6 * HOUR);
    await world.sweep();
  }
  expect(questions(world).filter((name) => name.includes("{id}"))).toHaveLength(types.length * each);
});

test("56: events about made-up attachments cost no call to Altinn while no file of ours is being scanned", async () => {
  await using world = await World.start(storage);
  await published(world);
  const event = () =>
    world.event(
      anEvent(crypto.randomUUID(), "attachmentuploadfailed", world.clock.now(), { source: `${SOURCE}/attachment` }),
    );
  // A made-up letter that waits for a scan opens no door.
  await world.event(anEvent(crypto.randomUUID(), "correspondenceinitialized", world.clock.now()));
  world.forgetCalls();
  for (let index = 0; index < 5; index++) expect(await event()).toBe("kept");
  await world.run();
  expect(questions(world)).toEqual([]);
  await world.putAttachment("file.pdf", Buffer.from("file"));
  const attachments = [{ fileName: "file.pdf", sendersReference: "a", blob: "file.pdf" }];
  await world.drop(aLetter({ id: "scanned", attachments }));
  await world.run();
  await event();
  await world.run();
  expect(questions(world)).toHaveLength(1);
});

test.each(["false", "true"])(
  "56: a made-up resource hides no confirmation and is in no announcement, CONFIRM_EVENTS=%s",
  async (confirm) => {
    await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: confirm } });
    const id = await published(world, { isConfirmationNeeded: true, dueDateTime: "2099-01-01T00:00:00Z" });
    // Both sort before the letter's own; one of them is even a resource of ours.
    for (const resource of ["urn:altinn:resource:aaa", "urn:altinn:resource:cases"]) {
      await world.event(anEvent(id, "correspondencemadeup", world.clock.now(), { resource }));
    }
    await world.simulator.control.act(id, "attachmentsDownloaded");
    await world.sweep();
    await world.simulator.control.act(id, "read");
    await world.simulator.control.act(id, "confirmed");
    await world.sweep();
    expect((await world.told()).toSorted()).toEqual([
      "attachmentsDownloaded",
      "confirmed",
      "published",
      "read",
      "sent",
    ]);
    const resources = (await world.announcements()).map(({ data }) => data.resourceId);
    expect(new Set(resources)).toEqual(new Set([RESOURCE]));
  },
);

test("56: an event that says it happened when nothing can have happened did so when it was heard", async () => {
  await using world = await World.start(storage);
  for (const time of ["0001-01-01T00:00:00Z", "2019-12-31T23:59:59Z", "9999-12-31T23:59:59Z"]) {
    const id = await published(world);
    await world.event(anEvent(id, "correspondencereceiverread", world.clock.now(), { time }));
    const last = (await world.announcements()).at(-1);
    expect(last?.data).toMatchObject({ status: "read", source: "event", time: timestamp(world.clock.now()) });
  }
});

test("56: with CONFIRM_EVENTS, many made-up events of one letter cost two questions", async () => {
  await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: "true" } });
  const id = await published(world);
  await world.simulator.control.act(id, "read");
  await world.sweep();
  world.forgetCalls();
  for (const type of ["correspondencereceiverreplied", "correspondencepurged", "correspondencereceiverconfirmed"]) {
    for (let index = 0; index < 5; index++) await world.event(anEvent(id, type, world.clock.now() - index));
    await world.run();
  }
  expect(questions(world)).toHaveLength(1);
  for (let quarter = 0; quarter < 4; quarter++) {
    await world.advance(15 * MINUTE);
    await world.sweep();
  }
  expect(questions(world)).toHaveLength(2);
  expect(await world.told()).toEqual(["sent", "published", "read"]);
});

test("56: a letter that is gone, and that no list knows, is noticed in the log", async () => {
  await using world = await World.start(storage);
  const id = await published(world);
  await world.sweep();
  await world.simulator.control.act(id, "attachmentsDownloaded");
  await world.simulator.control.act(id, "purgedByRecipient");
  world.simulator.control.fault({
    method: "GET",
    path: "/correspondence",
    status: 200,
    contentType: "application/json",
    body: '{"ids":[]}',
    times: 2,
  });
  await world.sweep();
  expect(world.logs.join("\n")).toMatch(/^warn .*"purgeNotListed"/m);
  await world.sweep();
  expect(await world.told()).toContain("purgedByRecipient");
});
