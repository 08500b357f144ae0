// Histories that broke an earlier version of the sending and following of letters: races, restarts and what is told of them.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import type { IntakeContext } from "../../shared/intake/context.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { sendRequest } from "../../shared/intake/sendRequest.ts";
import { dispatchId } from "../../shared/requests/dispatchId.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { endUnknown } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const RESERVED_ANSWER = {
  status: 422,
  contentType: "application/json",
  body: JSON.stringify({ status: 422, title: "Reserved", code: "CORR-01030", errorCode: 1030 }),
  times: 1,
} as const;

test("on fresh storage the timer runs before the first letter: the letter is sent", async () => {
  await using world = await World.start(storage);
  await world.sweep();
  await world.drop(aLetter({ id: "first" }));
  await world.run();
  expect(await world.told()).toEqual(["sent"]);
});

test("on fresh storage an event of another system comes before the first letter: the letter is sent", async () => {
  await using world = await World.start(storage);
  await world.event(anEvent(crypto.randomUUID(), "correspondencepublished", world.clock.now()));
  await world.drop(aLetter({ id: "first" }));
  await world.run();
  expect(await world.told()).toEqual(["sent"]);
});

test("on fresh storage a notification's event comes before the first letter: the letter is sent", async () => {
  await using world = await World.start(storage);
  await world.event({
    ...anEvent(crypto.randomUUID(), "correspondencenotificationfailed", world.clock.now()),
    source: "https://platform.tt02.altinn.no/correspondence/api/v1/notification",
  });
  await world.drop(aLetter({ id: "first" }));
  await world.run();
  expect(await world.told()).toEqual(["sent"]);
});

test("a copy is accepted while the first attempt ends as refused, and is then sent: not told that it was not", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, ...RESERVED_ANSWER });
  const message = aLetter({ id: "twins" });
  const { sending } = world.app;
  let copies = 0;
  const { dispatches } = sending.store;
  const context = withDispatches(sending, {
    async create(id, record) {
      if (copies++ === 0) await sendRequest(sending, message, { messageId: "copy" });
      return dispatches.create(id, record);
    },
  });
  await sendRequest(context, message, { messageId: "first" });
  await world.settle(DAY);
  const told = await world.ends();
  expect(world.letters().length > 0 && told.some((item) => item.startsWith("rejected")), told.join()).toBe(false);
});

describe("the poison queue's copy is accepted by what it saw before the first attempt was refused", () => {
  /** Refuses the first attempt after the copy has seen no dispatch, and lets the copy go on by what it saw. */
  async function refuseUnder(copy: (sending: IntakeContext) => IntakeContext): Promise<World> {
    const world = await World.start(storage);
    world.simulator.control.fault({ method: "POST", path: INITIALIZE, ...RESERVED_ANSWER });
    const { sending } = world.app;
    const message = aLetter({ id: "twins" });
    const hasLooked = gate();
    const isRefused = gate();
    const { dispatches } = sending.store;
    const copying = copy(
      withDispatches(sending, {
        async create(id, record) {
          hasLooked.open();
          await isRefused.opened;
          return dispatches.create(id, record);
        },
      }),
    );
    let handling: Promise<unknown> | undefined;
    const first = withDispatches(sending, {
      async create(id, record) {
        handling ??= sendRequest(copying, message, { messageId: "first" });
        await hasLooked.opened;
        return dispatches.create(id, record);
      },
    });
    expect(await sendRequest(first, message, { messageId: "first" })).toBe("rejected");
    isRefused.open();
    await Promise.allSettled([handling]);
    return world;
  }

  async function expectRefused(world: World): Promise<void> {
    await world.settle(DAY);
    expect(new Set(await world.ends())).toEqual(new Set(["rejected recipientReserved"]));
    expect(world.letters()).toEqual([]);
    expect(await world.deadLetters()).toHaveLength(1);
  }

  test("and its dispatch runs at once: not sent, since it was told that it was not", async () => {
    await using world = await refuseUnder((sending) => ({
      ...sending,
      queues: {
        ...sending.queues,
        async put(queue, text, options) {
          if (queue === QUEUES.dispatches) await sendDispatch(sending, JSON.parse(text));
          else await sending.queues.put(queue, text, options);
        },
      },
    }));
    await expectRefused(world);
  });

  test("dies before it has put the dispatch's message, and is delivered again: not sent", async () => {
    await using world = await refuseUnder((sending) => ({
      ...sending,
      queues: { ...sending.queues, put: () => Promise.reject(new Error("died")) },
    }));
    await sendRequest(world.app.sending, aLetter({ id: "twins" }), { messageId: "first" });
    await expectRefused(world);
  });

  test("dies, and a sweep puts the dispatch back: not sent", async () => {
    await using world = await refuseUnder((sending) => ({
      ...sending,
      queues: { ...sending.queues, put: () => Promise.reject(new Error("died")) },
    }));
    world.clock.advance(2 * HOUR);
    await world.sweep();
    await expectRefused(world);
  });
});

/** Something that is waited for until it is opened. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function withDispatches(sending: IntakeContext, changed: Partial<IntakeContext["store"]["dispatches"]>): IntakeContext {
  return { ...sending, store: { ...sending.store, dispatches: { ...sending.store.dispatches, ...changed } } };
}

/** A letter with a file, the first attempt at which Altinn puts off. */
async function putOffWithFile(world: World): Promise<void> {
  await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
  const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
  world.simulator.control.fault({ method: "POST", path: `${INITIALIZE}/upload`, status: 429, times: 1 });
  await world.drop(aLetter({ id: "files", attachments }));
  await world.run();
}

test("two messages of one generation are handled at once: the files go up once", async () => {
  await using world = await World.start(storage);
  await putOffWithFile(world);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  world.clock.advance(MINUTE);
  world.forgetCalls();
  const body: unknown = JSON.parse(message?.text ?? "");
  await Promise.all([sendDispatch(world.app.sending, body), sendDispatch(world.app.sending, body)]);
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toHaveLength(1);
});

test("died after a refusal was recorded, before its dead letter was: kept and told by the next delivery, without a call", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, ...RESERVED_ANSWER });
  await world.drop(aLetter({ id: "undead" }));
  world.fault({ step: /^blob PUT correspondence-state\/dispatches$/, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  expect(await world.deadLetters()).toEqual([]);
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
  expect(await world.deadLetters()).toMatchObject([{ value: { end: "rejected", reason: "recipientReserved" } }]);
  expect(world.simulator.control.callCount("POST", "/correspondence")).toBe(1);
});

test("a letter to be confirmed is found after its due date: it is followed until it is confirmed", async () => {
  await using world = await World.start(storage);
  const dueDateTime = new Date(world.clock.now() + 5 * MINUTE).toISOString();
  await world.drop(aLetter({ id: "due", letter: { dueDateTime, isConfirmationNeeded: true } }));
  world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  world.clock.advance(HOUR);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.records("correspondences")).toMatchObject([{ link: { isConfirmationNeeded: true } }]);
});

test("the status queue that a request named is gone: the letter is recorded all the same", async () => {
  await using world = await World.start(storage, { statusQueues: ["system-a"] });
  await world.storage.queues.getQueueClient("system-a").delete();
  await world.drop(aLetter({ id: "no-queue", request: { statusQueue: "system-a" } }));
  await world.settle(20 * MINUTE);
  expect(world.letters()).toHaveLength(1);
  const [dispatch] = await world.records("dispatches");
  const poisoned =
    JSON.stringify(dispatch ?? {})
      .match(/"poisonIds":\[([^\]]*)\]/)?.[1]
      ?.split(",").length ?? 0;
  expect(poisoned).toBeLessThan(10);
  expect(await world.records("correspondences")).toHaveLength(1);
});

test("an id that is used again: what is told of the second letter does not name the first one's dispatch", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "mine" }));
  await world.run();
  await world.drop(aLetter({ id: "mine", content: { messageTitle: "Noe annet" } }));
  await world.run();
  const [sent, refused] = await world.announcements();
  expect(refused?.data.reason).toBe("requestIdReused");
  expect(refused?.subject).not.toBe(sent?.subject);
  expect(refused?.data.dispatchId).not.toBe(sent?.data.dispatchId);
});

test("refused because its attachment was missing, dropped again once it is there: sent, and no dead letter is left", async () => {
  await using world = await World.start(storage);
  const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
  await world.drop(aLetter({ id: "late-file", attachments }));
  await world.run();
  expect(await world.ends()).toEqual(["rejected attachmentMissing"]);
  await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
  await world.drop(aLetter({ id: "late-file", attachments }));
  await world.run();
  expect(await world.ends()).toEqual(["rejected attachmentMissing", "sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("the details cannot be had: what the overview says is told all the same", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "no-details" }));
  await world.run();
  await world.advance(MINUTE);
  world.fault({ step: /details$/, phase: "before", action: { status: 500 }, times: 1000 });
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published"]);
});

test("a fan-out that goes on after a crash does not run letters before their time", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "three", recipients: [20, 21, 22].map((index) => organization(index)) }));
  // Its first write creates the record, the second says that letters go out, the third is the cursor.
  world.fault({ step: /^blob PUT correspondence-state\/requests$/, phase: "before", action: "kill", nth: 3 });
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    status: 429,
    headers: { "retry-after": "3600" },
    times: 3,
  });
  await world.run({ anew: true });
  world.clearFaults();
  const delays: number[] = [];
  const { sending } = world.app;
  const queues: IntakeContext["queues"] = {
    ...sending.queues,
    put: async (queue, text, options) => {
      if (queue === QUEUES.dispatches) delays.push(options?.delayMs ?? 0);
      await sending.queues.put(queue, text, options);
    },
  };
  const preparing = (await world.host.waiting(QUEUES.dispatches)).find(({ text }) => text.includes("requestHash"));
  const body: unknown = JSON.parse(preparing?.text ?? "");
  await sendDispatch({ ...sending, queues }, body);
  expect(delays).toHaveLength(3);
  expect(Math.min(...delays)).toBeGreaterThan(50 * MINUTE);
});

test("user names count in lower case; a request that was begun before goes on under the ids that it had", async () => {
  await using world = await World.start(storage);
  const users = ["Kari", "OLA"].map((name) => `urn:altinn:person:legacy-selfidentified:${name}`);
  const { sending } = world.app;
  const { namespace } = await sending.deployment();
  const idsFor = async (id: string, begunBefore: boolean): Promise<unknown[]> => {
    await world.drop(aLetter({ id, recipients: users }));
    const [message] = await world.host.waiting(QUEUES.requests);
    if (message) await world.handle(message);
    const record = await sending.store.requests.read(id);
    if (record && begunBefore) {
      const { recipientForm: _form, ...before } = record.value;
      await sending.store.requests.replace(id, before, record.etag);
    }
    await world.run();
    return (await world.announcements()).flatMap(({ data }) => (data.requestId === id ? [data.dispatchId] : [])).sort();
  };
  expect(await idsFor("before", true)).toEqual(users.map((user) => dispatchId(namespace, "before", user)).sort());
  expect(await idsFor("now", false)).toEqual(
    users.map((user) => dispatchId(namespace, "now", user.toLowerCase())).sort(),
  );
  expect(world.letters()).toHaveLength(4);
});

test("an existing attachment is scanned for ever, and there are no other letters: given up after 72 hours", async () => {
  await using world = await World.start(storage);
  const attachment = crypto.randomUUID();
  const answer = (status: number, body: object) => ({
    status,
    contentType: "application/json",
    body: JSON.stringify(body),
    times: "always" as const,
  });
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    ...answer(400, { status: 400, title: "Bad Request", code: "CORR-01018", errorCode: 1018 }),
  });
  world.simulator.control.fault({
    method: "GET",
    path: "/correspondence/api/v1/attachment/{attachmentId}",
    ...answer(200, { attachmentId: attachment, status: "UploadProcessing", correspondenceIds: [] }),
  });
  await world.drop(aLetter({ id: "scanned", request: { existingAttachments: [attachment] } }));
  await world.settle(7 * DAY);
  expect((await world.ends()).length).toBe(1);
});

test("the names of fields are read whatever their case, the id's too", async () => {
  await using world = await World.start(storage);
  await world.drop({ Id: "in-capitals", ...aLetter() });
  await world.drop({ Id: "in-capitals", ...aLetter({ content: { messageTitle: "Noe annet" } }) });
  await world.run();
  expect(world.letters()).toHaveLength(1);
});

test("more problems than a queue message holds: the rejection is told", async () => {
  await using world = await World.start(storage, { settings: { STATUS_QUEUE_ENCODING: "base64" } });
  const key = (index: number) => `${index}${"漢".repeat(60)}`;
  const propertyList = Object.fromEntries(Array.from({ length: 240 }, (_, index) => [key(index), "v"]));
  await world.drop(aLetter({ id: "wrong", letter: { propertyList } }));
  await world.settle(HOUR);
  expect(await world.host.waiting()).toEqual([]);
  expect(await world.deadLetters()).toHaveLength(1);
  expect(await world.host.peekAll(QUEUES.announcements)).toHaveLength(1);
});

test("what the sender may not mean is told with each letter that was sent, as much as a queue message holds", async () => {
  await using world = await World.start(storage);
  const unknown = Object.fromEntries(Array.from({ length: 240 }, (_, index) => [`${index}${"漢".repeat(60)}`, "v"]));
  await world.drop(
    aLetter({ letter: { requestedPublishTime: "2030-07-01T08:00", sendersReference: "漢".repeat(890) } }),
  );
  await world.drop(aLetter({ id: "many", recipients: [organization(0), organization(2)], request: unknown }));
  await world.settle(HOUR);
  const told = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
  expect(told).toHaveLength(3);
  const [direct, ...others] = told.map(({ data }) => data.warnings);
  expect(direct?.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
    "correspondence.requestedPublishTime: timeWithoutZone",
    "id: noId",
  ]);
  // In base64 it is a third longer.
  for (const text of await world.host.peekAll(QUEUES.announcements))
    expect(Buffer.byteLength(text)).toBeLessThan(49_152);
  for (const warnings of others) expect(warnings?.length).toBeGreaterThan(20);
});

test("a request that was accepted is not turned away for its unknown fields, whatever the setting is later", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "many", recipients: [organization(0), organization(2)], request: { mine: 1 } }));
  const [message] = await world.host.waiting();
  if (message) await world.handle(message);
  await world.restart({ UNKNOWN_FIELDS: "refuse" });
  await world.drop(aLetter({ id: "late", request: { mine: 1 } }));
  await world.settle(HOUR);
  expect((await world.told()).toSorted()).toEqual(["rejected invalidRequest", "sent", "sent"]);
});

test("how Altinn answers cannot be noted: a letter that was taken is told and recorded at once", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "one" }));
  await world.run();
  world.clock.advance(2 * MINUTE);
  world.fault({ step: /contact\.json$/, phase: "before", action: { status: 500 }, times: 6 });
  await world.drop(aLetter({ id: "two" }));
  await world.run();
  expect(await world.told()).toEqual(["sent", "sent"]);
});

test("records have expired, and another letter comes with the id: refused, and not told that it was sent", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "old" }));
  await world.run();
  for (const { name } of await world.blobs(CONTAINERS.state, "requests/")) {
    await world.storage.blobs.getContainerClient(CONTAINERS.state).deleteBlob(name);
  }
  await world.drop(aLetter({ id: "old", content: { messageTitle: "Noe annet" } }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent", "rejected requestIdReused"]);
});

test("nobody could say whether it was sent; later an event tells of it: sent after all", async () => {
  await using world = await World.start(storage);
  await endUnknown(world);
  const [letter] = world.letters();
  await world.event(anEvent(letter?.correspondenceId, "correspondencepublished", world.clock.now()));
  await world.advance(2 * HOUR);
  await world.sweep();
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing", "sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("a record that cannot be read: the sweep puts back the other dispatches", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 12 });
  for (let index = 0; index < 12; index++) await world.drop(aLetter({ id: `forgotten-${index}` }));
  await world.run();
  for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
  const container = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const [first] = await world.blobs(CONTAINERS.state, "dispatches/");
  const blob = container.getBlockBlobClient(first?.name ?? "");
  const { tags } = await blob.getTags();
  await blob.upload("{}", 2, { tags });
  await world.advance(2 * HOUR);
  await world.sweep().catch(() => undefined);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(11);
});

test("a letter's record that cannot be read: the check of its day tells of the others", async () => {
  await using world = await World.start(storage);
  for (let index = 0; index < 20; index++) await world.drop(aLetter({ id: `followed-${index}` }));
  await world.run();
  const container = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const [first] = await world.blobs(CONTAINERS.state, "correspondences/");
  const blob = container.getBlockBlobClient(first?.name ?? "");
  const { tags } = await blob.getTags();
  await blob.upload("{}", 2, { tags });
  await world.advance(MINUTE);
  await world.sweep().catch(() => undefined);
  await world.settle(HOUR);
  expect((await world.told()).filter((item) => item === "published")).toHaveLength(19);
});

test("the marker is gone while a letter waits: nothing is posted until it is back", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id: "braked" }));
  await world.run();
  const marker = world.storage.blobs.getContainerClient(CONTAINERS.state).getBlockBlobClient("marker.json");
  const kept = await marker.downloadToBuffer();
  await marker.delete();
  await world.restart();
  await world.settle(10 * MINUTE);
  expect(world.letters()).toEqual([]);
  await marker.uploadData(kept);
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["sent"]);
});

test("a copy whose announcement as a duplicate died with the process is announced by the redelivery", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "twice" }));
  await world.run();
  await world.drop(aLetter({ id: "twice" }));
  world.fault({ step: /^queue POST correspondence-status$/, phase: "before", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent", "duplicate"]);
});

test("an attachment that has gone while its letter waited: refused within minutes, since nothing was tried with it", async () => {
  await using world = await World.start(storage);
  await putOffWithFile(world);
  await world.storage.blobs.getContainerClient(CONTAINERS.attachments).deleteBlob("a.pdf");
  await world.settle(2 * MINUTE);
  expect(await world.ends()).toEqual(["rejected attachmentMissing"]);
});

test("Altinn takes no letters for four days, though look-ups work: none is given up for the outage alone", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 10_000 });
  for (let index = 0; index < 3; index++) await world.drop(aLetter({ id: `outage-${index}` }));
  await world.settle(4 * DAY);
  expect(await world.ends()).toEqual([]);
});

test("two of our own requests give the same key, with the same reference: the second is not told as sent", async () => {
  await using world = await World.start(storage);
  const idempotentKey = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";
  await world.drop(aLetter({ id: "first", request: { idempotentKey } }));
  await world.drop(aLetter({ id: "second", request: { idempotentKey }, content: { messageTitle: "Noe annet" } }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent", "rejected idempotentKeyTaken"]);
});
