// Histories of requests as a whole: begun, lost, taken back, replayed. The numbers are those of the design's list.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { askForReplay, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { sendRequest } from "../../shared/intake/sendRequest.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { dispatchId } from "../../shared/requests/dispatchId.ts";
import { canonicalRecipient } from "../../shared/requests/recipients.ts";
import { CONTAINERS, FOLDERS, QUEUES, recordName } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { refuseOnce } from "./deadLetterSteps.ts";
import { aLetter, dieAndLose, liveOn, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const CONTENT = Buffer.from("vedtak");
const FILE = { fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" };
const PURGE = /^altinn DELETE \/correspondence\/api\/v1\/attachment\/\{id\}$/;
const twenty = Array.from({ length: 20 }, (_, index) => organization(20 + index));

/** A request to twenty, whose first sixteen dispatches have been made when the process dies, before the cursor says so. */
async function dieAfterSixteen(world: World, message: object): Promise<void> {
  await world.drop(message);
  world.fault({ step: /^blob PUT correspondence-state\/requests$/, phase: "before", action: "kill", nth: 3 });
  await world.run({ anew: true });
  world.clearFaults();
  for (const waiting of await world.host.waiting(QUEUES.dispatches)) {
    if (waiting.text.includes("dispatchId")) await world.handle(waiting);
  }
  expect(world.letters()).toHaveLength(16);
}

async function loseContent(world: World): Promise<void> {
  const container = world.storage.blobs.getContainerClient(CONTAINERS.accepted);
  for await (const { name } of container.listBlobsFlat()) await container.deleteBlob(name);
  await world.restart();
}

/** All letters' ends, by recipient where there is one. */
async function endsByRecipient(world: World): Promise<string[]> {
  const ended = (await world.announcements()).filter(({ type }) => type.includes(".dispatch."));
  return [...new Set(ended.map(({ data }) => `${data.recipient ?? "all"} ${data.status}`))];
}

test("35: sixteen of twenty letters have been begun, uncounted, when the due date passes: each comes to its own end", async () => {
  await using world = await World.start(storage);
  const dueDateTime = timestamp(world.clock.now() + 2 * HOUR);
  await dieAfterSixteen(world, aLetter({ id: "many", recipients: twenty, letter: { dueDateTime } }));
  await world.restart();
  world.clock.advance(3 * HOUR);
  await world.settle(2 * DAY);
  expect(world.letters()).toHaveLength(16);
  const ends = await endsByRecipient(world);
  expect(ends.filter((end) => end.endsWith(" sent"))).toHaveLength(16);
  expect(ends.filter((end) => end.endsWith(" rejected"))).toHaveLength(4);
  expect(ends.filter((end) => end.startsWith("all"))).toEqual([]);
  expect(await requestProgress(world.app.sending, "many")).toMatchObject({
    sent: 16,
    ended: { rejected: 4 },
    waiting: 0,
  });
});

test.each([1, 2])(
  "a request to %i that is prepared was not kept yet when the app died, and the due date passed: ended once",
  async (count) => {
    await using world = await World.start(storage);
    await makeLarge(world);
    const dueDateTime = timestamp(world.clock.now() + 2 * HOUR);
    const recipients = twenty.slice(0, count);
    world.fault({ step: /^blob PUT correspondence-accepted/, phase: "before", action: { status: 403 } });
    await world.drop(aLetter({ id: "not kept", recipients, attachments: [FILE], letter: { dueDateTime } }));
    const [message] = await world.host.waiting();
    await expect(message && world.handle(message)).rejects.toThrow();
    world.clearFaults();
    world.clock.advance(3 * HOUR);
    await world.settle(HOUR);
    await world.sweep();
    await world.settle(4 * DAY);
    expect(await world.ends()).toEqual(["rejected expired"]);
    expect(await world.deadLetters()).toHaveLength(1);
    expect(await requestProgress(world.app.sending, "not kept")).toMatchObject({
      ended: { rejected: count },
      waiting: 0,
    });
  },
);

test("35: and where it is poisoned too often after that: the other four go too", async () => {
  await using world = await World.start(storage);
  await dieAfterSixteen(world, aLetter({ id: "many", recipients: twenty }));
  for (let round = 0; round < 5; round++) {
    const preparing = (await world.host.waiting(QUEUES.dispatches)).find(({ text }) => text.includes("requestHash"));
    if (!preparing) throw new Error("The request is not being prepared");
    await world.host.poison(preparing);
    const poisoned = (await world.host.waiting()).find(({ queue }) => queue.endsWith("-poison"));
    if (!poisoned) throw new Error("Nothing is poisoned");
    await world.handle(poisoned);
    await world.host.lose(poisoned);
  }
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(20);
  expect(new Set((await endsByRecipient(world)).map((end) => end.split(" ")[1]))).toEqual(new Set(["sent"]));
});

test("36: one recipient's record cannot be read, and the message is poisoned: the others get their letters, that one later", async () => {
  await using world = await World.start(storage);
  const { namespace } = await world.app.sending.deployment();
  const id = dispatchId(namespace, "many", canonicalRecipient(twenty[7] ?? ""));
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const unread = state.getBlockBlobClient(recordName(FOLDERS.dispatches, id));
  await unread.upload("{}", 2);
  await world.drop(aLetter({ id: "many", recipients: twenty }));
  await world.settle(5 * HOUR);
  expect(world.letters()).toHaveLength(19);
  expect(world.logs.some((line) => line.startsWith("error") && line.includes("recordUnreadable"))).toBe(true);
  expect(await requestProgress(world.app.sending, "many")).toMatchObject({ sent: 19, waiting: 1 });
  await unread.delete();
  await world.settle(2 * HOUR);
  expect(world.letters()).toHaveLength(20);
  expect(new Set(await world.ends())).toEqual(new Set(["sent"]));
  expect(await world.host.waiting()).toEqual([]);
});

test.each([1, 2])(
  "38: an end is recorded, and its queue takes nothing for so long that the message is poisoned: told (%i)",
  async (attempts) => {
    await using world = await World.start(storage);
    if (attempts === 2) {
      world.fault({ step: POST_LETTER, phase: "before", action: { status: 429 } });
      await world.drop(aLetter({ id: "untold" }));
      await world.run();
      world.clearFaults();
    } else await world.drop(aLetter({ id: "untold" }));
    refuseOnce(world);
    world.fault({ step: /^queue POST correspondence-status$/, phase: "before", action: { status: 403 }, times: 20 });
    await world.settle(20 * MINUTE);
    world.clearFaults();
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected recipientReserved"]);
    expect(await world.deadLetters()).toHaveLength(1);
    expect(await world.host.waiting()).toEqual([]);
  },
);

test("38: the same of a request that is refused as a whole", async () => {
  await using world = await World.start(storage);
  world.fault({ step: /^queue POST correspondence-status$/, phase: "before", action: { status: 403 }, times: 20 });
  await world.drop(aLetter({ id: "untold", letter: { resourceId: "somebody-elses" } }));
  await world.settle(20 * MINUTE);
  world.clearFaults();
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected resourceNotAllowed"]);
  expect(await world.host.waiting()).toEqual([]);
});

test("38: the process dies when a refusal is recorded, and the message is lost with its copy: told by the timer", async () => {
  await using world = await World.start(storage);
  refuseOnce(world);
  await world.drop(aLetter({ id: "untold" }));
  await dieAndLose(world, /^blob PUT correspondence-state\/dispatches$/);
  await liveOn(world, 2);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
  expect(await world.deadLetters()).toHaveLength(1);
});

test("a version before this one left a dead letter alone of what was refused at once: it counts as the end that it is", async () => {
  await using world = await World.start(storage);
  refuseOnce(world);
  await world.drop(aLetter({ id: "old" }));
  await world.run();
  const [record] = (await world.records("dispatches")) as { dispatchId: string }[];
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  await state.deleteBlob(recordName(FOLDERS.dispatches, record?.dispatchId ?? ""));
  expect(await requestProgress(world.app.sending, "old")).toMatchObject({ ended: { rejected: 1 }, waiting: 0 });
  await state.deleteBlob(recordName(FOLDERS.dispatches, record?.dispatchId ?? ""));
  await world.drop({ cancel: { requestId: "old" } });
  await world.settle(HOUR);
  expect(new Set(await world.ends())).toEqual(new Set(["rejected recipientReserved"]));
  expect(world.simulator.control.callCount("POST", "/correspondence")).toBe(1);
});

test("39: killed before the POST in the evening; the timer comes before the message in the morning: sent, not lost", async () => {
  await using world = await World.start(storage);
  const overnight = aLetter({ id: "overnight" });
  await world.drop(overnight);
  world.fault({ step: POST_LETTER, phase: "before", action: "kill" });
  const [message] = await world.host.waiting(QUEUES.requests);
  if (!message) throw new Error("The request is not waiting");
  await world.runAnew(message).catch(() => undefined);
  world.clearFaults();
  await world.host.lose(message);
  world.clock.advance(DAY + 12 * HOUR);
  await world.restart();
  await world.sweep();
  await world.settle(DAY);
  expect(await world.ends()).toEqual([]);
  await world.drop(overnight);
  await world.settle(DAY);
  expect(new Set(await world.ends())).toEqual(new Set(["duplicate", "sent"]));
  expect(world.letters()).toHaveLength(1);
});

test.each(["processing for ever", "in a state that is not known"])(
  "42: a shared file is %s: ended by its name, said, purged",
  async (how) => {
    await using world = await World.start(storage, { simulator: { scanMs: 365 * DAY } });
    if (how.includes("known")) {
      Object.assign(world.app.sending.altinn(RESOURCE), {
        attachment: async () => ({ kind: "found", value: { status: undefined } }),
      });
    }
    await world.putAttachment(FILE.blob, CONTENT);
    await world.drop(aLetter({ id: "scanned", recipients: twenty.slice(0, 2), attachments: [FILE] }));
    await world.settle(5 * DAY);
    const [told, ...others] = await world.announcements();
    expect(others).toEqual([]);
    expect(told?.data).toMatchObject({ status: "gaveUp", reason: "altinnKeepsFailing" });
    expect(told?.data.detail).toContain(FILE.fileName);
    expect(world.logs.some((line) => line.startsWith("error") && line.includes("attachmentNotScanned"))).toBe(true);
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual(["Purged"]);
    expect(await world.host.waiting()).toEqual([]);
  },
);

test.each([1, 3])("45: the content is lost while letters to %i wait, and dropped again: they go", async (count) => {
  await using world = await World.start(storage);
  const message = aLetter({ id: "restored", recipients: twenty.slice(0, count) });
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 1_000 });
  await world.drop(message);
  await world.settle(10 * MINUTE);
  await loseContent(world);
  await world.drop(message);
  await world.run();
  world.clearFaults();
  await world.settle(DAY);
  expect(world.letters()).toHaveLength(count);
  expect(new Set(await world.ends())).toEqual(new Set(["duplicate", "sent"]));
});

test("46: all letters sent, published far ahead, the accepted request expired; then a cancel: each is purged", async () => {
  await using world = await World.start(storage);
  const requestedPublishTime = timestamp(world.clock.now() + 100 * DAY);
  await world.drop(aLetter({ id: "far", recipients: twenty.slice(0, 3), letter: { requestedPublishTime } }));
  await world.run();
  expect(world.letters()).toHaveLength(3);
  await loseContent(world);
  // The records of dispatches may have expired too.
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const [first] = (await world.records("dispatches")) as { dispatchId: string }[];
  await state.deleteBlob(recordName(FOLDERS.dispatches, first?.dispatchId ?? ""));
  await world.drop({ cancel: { requestId: "far" } });
  await world.settle(HOUR);
  const ends = (await world.ends()).filter((end) => end !== "sent");
  expect(ends).toEqual(["cancelled cancelled", "cancelled cancelled", "cancelled cancelled"]);
  expect(await world.host.waiting()).toEqual([]);
});

/** Makes every file too large to go along with a letter, as far as the app can tell. */
async function makeLarge(world: World): Promise<void> {
  await world.putAttachment(FILE.blob, CONTENT);
  const { attachments } = world.app.sending;
  const altinn = world.app.sending.altinn(RESOURCE);
  const look = attachments.look.bind(attachments);
  const upload = altinn.uploadAttachment.bind(altinn);
  Object.assign(attachments, {
    async look(path: string) {
      const found = await look(path);
      return found && { ...found, sizeBytes: 3 * 1024 ** 3 };
    },
  });
  Object.assign(altinn, {
    uploadAttachment: (id: string, file: Parameters<typeof upload>[1]) =>
      upload(id, { ...file, sizeBytes: CONTENT.length }),
  });
}

async function replayAll(world: World): Promise<void> {
  const { store, queues } = world.app.sending;
  for (const { name } of await findDeadLetters(store.deadLetters)) {
    const stored = await store.deadLetters.read(name);
    if (stored) await askForReplay(queues, name, stored.value);
  }
}

test("47: the purge of a replayed letter's old upload fails for a week: the new one is used, and nothing ends by it", async () => {
  await using world = await World.start(storage);
  await makeLarge(world);
  refuseOnce(world);
  await world.drop(aLetter({ id: "large", recipients: [organization(20)], attachments: [FILE] }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
  world.fault({ step: PURGE, phase: "before", action: { status: 503 }, times: 1_000 });
  await world.sweep();
  await world.settle(HOUR);
  await replayAll(world);
  await world.settle(7 * DAY);
  world.clearFaults();
  expect((await world.ends()).slice(1)).toEqual(["sent"]);
  expect(world.letters().map(({ files }) => files.length)).toEqual([1]);
  expect(await world.deadLetters()).toEqual([]);
  expect(await world.host.waiting()).toEqual([]);
});

test("48: an upload has expired at Altinn, and its letter is replayed: uploaded anew, sent", async () => {
  await using world = await World.start(storage);
  await makeLarge(world);
  refuseOnce(world);
  await world.drop(aLetter({ id: "expired", recipients: twenty.slice(0, 2), attachments: [FILE] }));
  await world.settle(HOUR);
  expect((await world.ends()).sort()).toEqual(["rejected recipientReserved", "sent"]);
  for (const { id } of world.simulator.control.attachments()) world.simulator.control.expireAttachment(id);
  await replayAll(world);
  await world.settle(DAY);
  expect(world.letters()).toHaveLength(2);
  expect((await world.ends()).filter((end) => end === "sent")).toHaveLength(2);
  expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual([
    "Expired",
    "Published",
  ]);
  expect(await world.deadLetters()).toEqual([]);
});

test("54: a first attempt is refused after a copy of its message has sent the letter: no dead letter beside it", async () => {
  await using world = await World.start(storage);
  const { sending } = world.app;
  const { dispatches } = sending.store;
  const message = aLetter({ id: "overtaken" });
  refuseOnce(world);
  let isOvertaken = false;
  const create: typeof dispatches.create = async (id, record) => {
    if (!isOvertaken) {
      isOvertaken = true;
      await world.drop(message);
      await world.settle(HOUR);
      expect(world.letters()).toHaveLength(1);
    }
    return dispatches.create(id, record);
  };
  const first = { ...sending, store: { ...sending.store, dispatches: { ...dispatches, create } } };
  await sendRequest(first, message, { messageId: "first" });
  await world.settle(DAY);
  expect(new Set(await world.ends())).toEqual(new Set(["duplicate", "sent"]));
  expect(await world.deadLetters()).toEqual([]);
});
