// Dead letters that are replayed: whatever ended, is replayed twice, or dies on the way, in the end there is one letter, or
// one dead letter and one more announcement of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { askForReplay, checkReplay, dropDeadLetter, findDeadLetters } from "../../shared/sending/deadLetters.ts";
import { sendDispatch } from "../../shared/sending/sendDispatch.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anAttachment, organization } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, LOOK_UP, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

const INITIALIZE = "/correspondence/api/v1/correspondence";
const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

/** Altinn's answer to one POST: the recipient has reserved against digital post. */
function refuseOnce(world: World): void {
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    status: 422,
    contentType: "application/json",
    body: JSON.stringify({ status: 422, title: "Reserved", code: "CORR-01030", errorCode: 1030 }),
    times: 1,
  });
}

/** A letter that ends at the second attempt, and so has a record of its own. */
async function refuseLater(world: World, id: string): Promise<void> {
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id }));
  await world.run();
  refuseOnce(world);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
}

/** Asks for the replay of the only dead letter. */
async function ask(world: World): Promise<void> {
  const { store, queues } = world.app.sending;
  const [entry, ...others] = await findDeadLetters(store.deadLetters);
  expect(others).toEqual([]);
  const stored = await store.deadLetters.read(entry?.name ?? "");
  if (!entry || !stored) throw new Error("There is no dead letter");
  await askForReplay(queues, entry.name, stored.value);
}

async function replay(world: World): Promise<void> {
  await ask(world);
  await world.settle(HOUR);
}

/** What is said before the only dead letter is replayed. */
async function check(world: World): Promise<string> {
  const { store } = world.app.sending;
  const [entry] = await findDeadLetters(store.deadLetters);
  const stored = await store.deadLetters.read(entry?.name ?? "");
  if (!stored) throw new Error("There is no dead letter");
  const rules = { environment: "tt02", now: new Date(world.clock.now()) } as const;
  const found = await checkReplay(store, stored.value, rules);
  return found.kind === "allowed" ? (found.warning ?? "allowed") : `${found.kind}: ${found.why}`;
}

async function idsOfRejections(world: World): Promise<string[]> {
  const rejected = (await world.announcements()).filter(({ type }) => type.endsWith(".rejected"));
  return [...new Set(rejected.map(({ id }) => id))];
}

const WAYS_TO_END: [string, (world: World) => Promise<void>][] = [
  [
    "at the first attempt",
    async (world) => {
      refuseOnce(world);
      await world.drop(aLetter({ id: "refused" }));
      await world.run();
    },
  ],
  ["at a later attempt", (world) => refuseLater(world, "refused")],
  [
    "before any attempt",
    async (world) => {
      await world.restart({ ALTINN_RESOURCES: "cases" });
      await world.drop(aLetter({ id: "refused" }));
      await world.run();
      await world.restart();
    },
  ],
];

describe.each(WAYS_TO_END)("a letter that was refused %s", (_when, refuse) => {
  test("is replayed once Altinn takes it: sent, and no dead letter is left", async () => {
    await using world = await World.start(storage);
    await refuse(world);
    await replay(world);
    expect((await world.ends()).at(-1)).toBe("sent");
    expect(world.letters()).toHaveLength(1);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("is replayed twice, and by two operators at once: one letter", async () => {
    await using world = await World.start(storage);
    await refuse(world);
    await Promise.all([ask(world), ask(world), ask(world)]);
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.allSettled(messages.map(({ text }) => sendDispatch(world.app.sending, JSON.parse(text))));
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(1);
    const sent = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(await world.deadLetters()).toEqual([]);
  });
});

test("14: rejected, replayed, rejected again: two announcements with two ids, one dead letter of the later epoch", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "again");
  refuseOnce(world);
  await replay(world);
  expect(await world.ends()).toEqual(["rejected recipientReserved", "rejected recipientReserved"]);
  expect(await idsOfRejections(world)).toHaveLength(2);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
});

test("14: the replay dies before the dead letter is deleted, and Altinn refuses again: the later refusal is kept", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "again");
  refuseOnce(world);
  await ask(world);
  world.fault({ step: /^blob DELETE correspondence-dead-letters/, phase: "before", action: "kill" });
  await world.run({ inChild: true });
  world.clearFaults();
  await world.settle(HOUR);
  expect(await idsOfRejections(world)).toHaveLength(2);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
  await replay(world);
  expect((await world.ends()).at(-1)).toBe("sent");
});

test.each([
  ["a request that breaks a rule", { content: { messageTitle: "" } }],
  ["a letter that ends at its first attempt", { recipients: [RESERVED_PERSON] }],
])("14: %s is replayed as it is: told again, with another id", async (_what, overrides) => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "same", ...overrides }));
  await world.run();
  await replay(world);
  await replay(world);
  expect(await idsOfRejections(world)).toHaveLength(3);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 2 } }]);
  expect(world.letters()).toEqual([]);
});

test("nobody knew whether it was sent, and it was: a replay finds it, and sends no second one", async () => {
  await using world = await World.start(storage);
  await endUnknown(world);
  world.forgetCalls();
  await replay(world);
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toEqual([]);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing", "sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

/** A letter that ended as outcomeUnknown: its answers were lost, and look-ups failed for a day. */
async function endUnknown(world: World): Promise<void> {
  world.fault({ step: POST_LETTER, phase: "after", action: "cut", times: 1000 });
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 1000 });
  await world.drop(aLetter({ id: "unknown" }));
  await world.run();
  for (let copies = 0; copies < 4; copies++) {
    const [message] = await world.host.waiting(QUEUES.dispatches);
    if (message) await world.host.poison(message);
    await world.run();
  }
  await world.settle(2 * DAY);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing"]);
  world.clearFaults();
}

const SHARED_FILE = anAttachment();

/** Altinn refuses the file of the next request that is prepared. */
function refuseFile(world: World): void {
  world.simulator.control.fault({
    method: "POST",
    path: "/correspondence/api/v1/attachment",
    status: 400,
    contentType: "application/json",
    body: JSON.stringify({ status: 400, title: "Bad Request", code: "CORR-02010", errorCode: 2010 }),
    times: 1,
  });
}

describe("a request of which no letter came", () => {
  const recipients = [20, 21, 22].map((index) => organization(index));

  async function dropRefused(world: World): Promise<void> {
    await world.putAttachment(SHARED_FILE.blob, Buffer.from("vedlegg"));
    refuseFile(world);
    await world.drop(aLetter({ id: "many", recipients, attachments: [SHARED_FILE] }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected attachmentRefused"]);
  }

  test("is prepared again from the beginning, with its files as they are now", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    await world.putAttachment(SHARED_FILE.blob, Buffer.from("mended"));
    await replay(world);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "sent", "sent", "sent"]);
    expect(world.letters().map(({ files }) => files.map(({ size }) => size))).toEqual([[6], [6], [6]]);
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("is replayed by two operators at once: its file is uploaded once, and each gets one letter", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    await Promise.all([ask(world), ask(world)]);
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.allSettled(messages.map(({ text }) => sendDispatch(world.app.sending, JSON.parse(text))));
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(3);
    expect(world.simulator.control.attachments()).toHaveLength(1);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "sent", "sent", "sent"]);
  });

  test("14: is refused again: told again, with another id", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    refuseFile(world);
    await replay(world);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "rejected attachmentRefused"]);
    expect(await idsOfRejections(world)).toHaveLength(2);
    expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
  });
});

test("one of many letters that shared a file is replayed: its file goes along with it, the others are left alone", async () => {
  await using world = await World.start(storage);
  await world.putAttachment(SHARED_FILE.blob, Buffer.from("vedlegg"));
  refuseOnce(world);
  await world.drop(
    aLetter({ id: "many", recipients: [organization(20), organization(21)], attachments: [SHARED_FILE] }),
  );
  await world.settle(HOUR);
  await replay(world);
  expect((await world.ends()).toSorted()).toEqual(["rejected recipientReserved", "sent", "sent"]);
  expect(world.letters().map(({ files }) => files.length)).toEqual([1, 1]);
  expect(new Set(world.letters().map(({ recipient }) => recipient)).size).toBe(2);
  expect(world.simulator.control.callCount("POST", "/correspondence/upload")).toBe(1);
});

test("a letter with a file that is too large to go along: the file is uploaded anew", async () => {
  await using world = await World.start(storage);
  const { attachments } = world.app.sending;
  let looks = 0;
  const look = attachments.look.bind(attachments);
  // What looks at all files of a request at once finds it large; what sends the bytes, as it is.
  Object.assign(attachments, {
    async look(path: string) {
      const found = await look(path);
      return found && looks++ === 0 ? { ...found, sizeBytes: 3 * 1024 ** 3 } : found;
    },
  });
  await world.putAttachment(SHARED_FILE.blob, Buffer.from("vedlegg"));
  refuseFile(world);
  await world.drop(aLetter({ id: "large", attachments: [SHARED_FILE] }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected attachmentRefused"]);
  looks = 0;
  refuseFile(world);
  await replay(world);
  expect(await idsOfRejections(world)).toHaveLength(2);
  looks = 0;
  await replay(world);
  expect((await world.ends()).at(-1)).toBe("sent");
  expect(world.letters().map(({ files }) => files.length)).toEqual([1]);
  expect(world.simulator.control.callCount("POST", "/correspondence/upload")).toBe(0);
  expect(await world.deadLetters()).toEqual([]);
});

describe("what could not be read", () => {
  test.each([
    ["text", "{ this is no JSON"],
    ["base64 of text", Buffer.from("hello").toString("base64")],
  ])("%s is kept as it came, and told again when it is replayed", async (_what, text) => {
    await using world = await World.start(storage);
    await world.drop(text);
    await world.run();
    expect(await world.deadLetters()).toMatchObject([{ value: { raw: text } }]);
    await replay(world);
    expect(await idsOfRejections(world)).toHaveLength(2);
    expect(await world.deadLetters()).toMatchObject([{ value: { raw: text, epoch: 1 } }]);
  });

  test("bytes that are not UTF-8 are kept byte by byte, and never go out half-read", async () => {
    await using world = await World.start(storage);
    const latin1 = ["S\u00f8knad", "S\u00e5knad"].map((title) =>
      Buffer.from(JSON.stringify(aLetter({ content: { messageTitle: title } })), "latin1"),
    );
    const container = world.storage.blobs.getContainerClient(CONTAINERS.requests);
    for (const [index, content] of latin1.entries()) {
      await container.getBlockBlobClient(`latin1-${index}.json`).uploadData(content);
      await world.drop({ requestBlob: `latin1-${index}.json` });
    }
    await world.run();
    expect(world.letters()).toEqual([]);
    const kept = (await world.deadLetters()).map(({ value }) => value.rawBase64);
    expect(kept.toSorted()).toEqual(latin1.map((content) => content.toString("base64")).toSorted());
  });

  test("a claim check whose blob was missing is replayed once it is there", async () => {
    await using world = await World.start(storage);
    await world.drop({ requestBlob: "late.json" });
    await world.run();
    expect(await world.ends()).toEqual(["rejected requestBlobMissing"]);
    const blob = world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient("late.json");
    await blob.uploadData(Buffer.from(JSON.stringify(aLetter({ id: "late" }))));
    await replay(world);
    expect(await world.ends()).toEqual(["rejected requestBlobMissing", "sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });
});

test("a reused id is not replayed, even if somebody asks: the first letter is untouched", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "mine" }));
  await world.run();
  await world.drop(aLetter({ id: "mine", content: { messageTitle: "Noe annet" } }));
  await world.run();
  await replay(world);
  expect(await world.ends()).toEqual(["sent", "rejected requestIdReused"]);
  expect(await world.deadLetters()).toHaveLength(1);
  expect(world.logs.join("\n")).toContain("deadLetterNotReplayed");
});

test("what its producer has cancelled is not replayed", async () => {
  await using world = await World.start(storage);
  refuseOnce(world);
  await world.drop(aLetter({ id: "taken back", recipients: [organization(20), organization(21)] }));
  await world.run();
  await world.drop({ cancel: { requestId: "taken back" } });
  await world.settle(HOUR);
  const before = await world.ends();
  expect(await check(world)).toBe("impossible: its producer has cancelled it.");
  await replay(world);
  expect(await world.ends()).toEqual(before);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toHaveLength(1);
});

test("a replay under the brake waits, and nothing is lost", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "braked");
  await world.restart({ EMERGENCY_BRAKE: "true" });
  await ask(world);
  await world.settle(20 * MINUTE);
  expect(world.letters()).toEqual([]);
  expect(await world.deadLetters()).toHaveLength(1);
  await world.restart();
  await world.settle(20 * MINUTE);
  expect((await world.ends()).at(-1)).toBe("sent");
});

test("the replay of a letter is poisoned: it goes on its way again", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "poisoned");
  await ask(world);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (message) await world.host.poison(message, { keepOriginal: true });
  await world.settle(HOUR);
  expect((await world.ends()).filter((told) => told === "sent")).toHaveLength(1);
  expect(world.letters()).toHaveLength(1);
});

test("an invocation that was slow ends the letter after it has been replayed: the replay decides", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id: "slow" }));
  await world.run();
  world.clock.advance(MINUTE);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (!message) throw new Error("The dispatch is not waiting");
  refuseOnce(world);
  const { sending } = world.app;
  let isReplayed = false;
  const slow = {
    ...sending,
    store: {
      ...sending.store,
      dispatches: {
        ...sending.store.dispatches,
        async replace(...write: Parameters<typeof sending.store.dispatches.replace>) {
          const [, value] = write;
          // Just before it writes that the letter is rejected, another has come to that, and an operator has replayed it.
          if (value.state === "rejected" && !isReplayed) {
            isReplayed = true;
            await sending.store.dispatches.replace(...write);
            await ask(world);
            const replaying = (await world.host.waiting(QUEUES.dispatches)).find(({ text }) => text.includes("epoch"));
            await sendDispatch(sending, JSON.parse(replaying?.text ?? ""));
            return undefined;
          }
          return sending.store.dispatches.replace(...write);
        },
      },
    },
  };
  await sendDispatch(slow, JSON.parse(message.text));
  expect(isReplayed).toBe(true);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

describe("looking before a replay", () => {
  test("what Altinn refused may be tried", async () => {
    await using world = await World.start(storage);
    await refuseLater(world, "refused");
    expect(await check(world)).toBe("allowed");
  });

  test("what still breaks rules, or cannot be read, will be refused again", async () => {
    await using wrong = await World.start(storage);
    await wrong.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
    await wrong.run();
    expect(await check(wrong)).toMatch(/refused again: correspondence\.content\.messageTitle/);
    await using unreadable = await World.start(storage);
    await unreadable.drop("{");
    await unreadable.run();
    expect(await check(unreadable)).toMatch(/refused again: The message is not JSON/);
  });

  test("a key or an id that belongs to another letter does not become free by it", async () => {
    await using world = await World.start(storage);
    const idempotentKey = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";
    await world.drop(aLetter({ id: "first", request: { idempotentKey } }));
    await world.drop(aLetter({ id: "second", request: { idempotentKey }, content: { messageTitle: "Noe annet" } }));
    await world.settle(HOUR);
    expect(await check(world)).toMatch(/^useless: its idempotent key/);
  });
});

describe("finding dead letters", () => {
  test("by reason, resource and day, by their tags; old ones without tags too; none is read for it", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
    await world.run();
    world.clock.advance(3 * DAY);
    await refuseAtOnce(world);
    const { store } = world.app.sending;
    const container = world.storage.blobs.getContainerClient(CONTAINERS.deadLetters);
    const names = async (filter = {}) => (await findDeadLetters(store.deadLetters, filter)).map(({ reason }) => reason);
    world.forgetCalls();
    expect(await names()).toEqual(["recipientReserved", "invalidRequest"]);
    expect(await names({ reason: "recipientReserved" })).toEqual(["recipientReserved"]);
    expect(await names({ resourceId: RESOURCE, since: world.clock.now() - DAY })).toEqual(["recipientReserved"]);
    expect(await names({ resourceId: `urn:altinn:resource:${RESOURCE}` })).toHaveLength(2);
    expect(await names({ resourceId: "another" })).toEqual([]);
    expect(world.calls.every((name) => name.includes("(list)"))).toBe(true);
    for await (const { name } of container.listBlobsFlat()) await container.getBlobClient(name).setTags({});
    await container.getBlockBlobClient("odd.json").upload("{}", 2);
    expect(await names()).toEqual([undefined, undefined, undefined]);
    expect(await names({ reason: "recipientReserved" })).toEqual(["recipientReserved"]);
  });

  async function refuseAtOnce(world: World): Promise<void> {
    refuseOnce(world);
    await world.drop(aLetter({ id: "refused" }));
    await world.run();
  }

  test("one that is dropped, of a letter that had no record of its own, does not come back as lost", async () => {
    await using world = await World.start(storage);
    await refuseAtOnce(world);
    const { sending } = world.app;
    const [entry] = await findDeadLetters(sending.store.deadLetters);
    const stored = await sending.store.deadLetters.read(entry?.name ?? "");
    if (stored) expect(await dropDeadLetter(sending, entry?.name ?? "", stored)).toBe("dropped");
    // Each day is reconciled once, after it.
    await world.sweep();
    await world.advance(2 * DAY);
    await world.sweep();
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected recipientReserved"]);
    expect(world.letters()).toEqual([]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("one that is dropped is gone for good; one that has changed since it was read is not", async () => {
    await using world = await World.start(storage);
    await refuseLater(world, "dropped");
    const { sending } = world.app;
    const [entry] = await findDeadLetters(sending.store.deadLetters);
    const name = entry?.name ?? "";
    const stored = await sending.store.deadLetters.read(name);
    if (!stored) throw new Error("There is no dead letter");
    expect(await dropDeadLetter(sending, name, { ...stored, etag: '"0x0"' })).toBe("changed");
    expect(await dropDeadLetter(sending, name, stored)).toBe("dropped");
    expect(await world.deadLetters()).toEqual([]);
    expect(world.logs.at(-1)).toBe(`info {"event":"deadLetterDropped","deadLetter":"${name}"}`);
    expect(await world.records("dispatches")).toMatchObject([{ state: "rejected" }]);
    await askForReplay(sending.queues, name, stored.value);
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
  });
});
