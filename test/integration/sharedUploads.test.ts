// Files that many letters share: uploaded once, waited for without holding a worker, and purged when nobody uses them.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { preparationMessage } from "../../shared/messages/dispatchMessage.ts";
import { prepareRequest } from "../../shared/preparing/prepareRequest.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const INITIALIZE = /^altinn POST \/correspondence\/api\/v1\/attachment$/;
const UPLOAD = /^altinn POST \/correspondence\/api\/v1\/attachment\/\{id\}\/upload$/;
const PURGE = /^altinn DELETE \/correspondence\/api\/v1\/attachment\/\{id\}$/;
const RESERVED_PERSONS = ["urn:altinn:person:identifier-no:02014900120"];

const FILES = [
  { fileName: "vedtak.pdf", sendersReference: "v", blob: "1/vedtak.pdf", content: Buffer.from("vedtak") },
  { fileName: "kart.txt", sendersReference: "k", blob: "1/kart.txt", content: Buffer.alloc(200_000, "kart\r\n") },
];

/** A request for three with two files. Altinn takes a minute to scan a file. */
async function dropShared(world: World, overrides: { id?: string; recipients?: string[]; fileName?: string } = {}) {
  for (const { blob, content } of FILES) await world.putAttachment(blob, content);
  const attachments = FILES.map(({ content: _bytes, ...file }) => file);
  const named = attachments.map((file, index) =>
    index === 1 ? { ...file, fileName: overrides.fileName ?? file.fileName } : file,
  );
  const recipients = overrides.recipients ?? [20, 21, 22].map((index) => organization(index));
  await world.drop(aLetter({ id: overrides.id ?? "shared", recipients, attachments: named }));
}

function start(): Promise<World> {
  return World.start(storage, { simulator: { scanMs: MINUTE } });
}

function count(world: World, call: RegExp): number {
  return world.calls.filter((name) => call.test(name)).length;
}

describe("many recipients with files", () => {
  test("the files are uploaded once, and each letter has them, in their order", async () => {
    await using world = await start();
    await dropShared(world);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(3);
    for (const { files } of world.letters()) {
      expect(files.map(({ fileName, sha256 }) => ({ fileName, sha256 }))).toEqual(
        FILES.map(({ fileName, content }) => ({ fileName, sha256: sha256(content) })),
      );
    }
    expect([count(world, INITIALIZE), count(world, UPLOAD)]).toEqual([2, 2]);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
    expect(await requestProgress(world.app.sending, "shared")).toMatchObject({
      total: 3,
      sent: 3,
      waiting: 0,
      uploads: { total: 2, published: 2 },
    });
  });

  test("the blob's checksum goes along, and the producer's own wins", async () => {
    await using world = await start();
    await dropShared(world);
    await world.settle(HOUR);
    const md5 = FILES.map(({ content }) => createHash("md5").update(content).digest("hex"));
    expect(world.simulator.control.attachments().map(({ checksum }) => checksum)).toEqual(md5);
  });

  test("nothing is handled while Altinn scans, but for a look now and then", async () => {
    await using world = await start();
    await dropShared(world);
    await world.run();
    expect(world.letters()).toHaveLength(0);
    expect(await world.host.waiting(QUEUES.dispatches)).toHaveLength(1);
    expect(await world.host.nextDue()).toBeGreaterThan(world.clock.now());
    const asked = () => count(world, /^altinn GET .*attachment\/\{id\}$/);
    const before = asked();
    await world.settle(50 * SECOND);
    expect(asked() - before).toBeLessThan(8);
    expect(await requestProgress(world.app.sending, "shared")).toMatchObject({ sent: 0, waiting: 3 });
  });

  test("a file that fails its scan rejects the request by its name, and the others are purged", async () => {
    await using world = await start();
    await dropShared(world, { fileName: "eicar.txt" });
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(0);
    const [told, ...others] = await world.announcements();
    expect(others).toEqual([]);
    expect(told?.data).toMatchObject({ requestId: "shared", status: "rejected", reason: "scanFailed" });
    expect(told?.data.detail).toContain("eicar.txt");
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual([
      "Purged",
      "Purged",
    ]);
    expect(await world.deadLetters()).toMatchObject([{ value: { end: "rejected", reason: "scanFailed" } }]);
    expect(await requestProgress(world.app.sending, "shared")).toMatchObject({ ended: { rejected: 3 }, waiting: 0 });
    expect(await world.host.waiting()).toEqual([]);
  });

  test("a purge that fails is tried again", async () => {
    await using world = await start();
    await dropShared(world, { fileName: "eicar.txt" });
    world.fault({ step: PURGE, phase: "before", action: { status: 503 }, times: 3 });
    await world.settle(HOUR);
    world.clearFaults();
    await world.settle(DAY);
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual([
      "Purged",
      "Purged",
    ]);
    expect(await world.ends()).toEqual(["rejected scanFailed"]);
  });

  test("a purge that is refused for ever is given up after days, and said", async () => {
    await using world = await start();
    await dropShared(world, { fileName: "eicar.txt" });
    world.fault({ step: PURGE, phase: "before", action: { status: 403 }, times: 1_000 });
    await world.settle(2 * DAY);
    expect(world.logs.some((line) => line.includes("attachmentNotPurged"))).toBe(false);
    await world.settle(7 * DAY);
    expect(world.logs.filter((line) => line.startsWith("warn") && line.includes("attachmentNotPurged"))).toHaveLength(
      2,
    );
    expect(await world.host.waiting()).toEqual([]);
    expect(await world.ends()).toEqual(["rejected scanFailed"]);
  });

  test("a file whose name Altinn refuses, and the check does not, rejects the request", async () => {
    await using world = await start();
    world.simulator.control.fault({
      method: "POST",
      path: "/correspondence/api/v1/attachment",
      status: 400,
      contentType: "application/json",
      body: JSON.stringify({
        status: 400,
        title: "Bad Request",
        code: "CORR-02010",
        errorCode: 2010,
        detail: "No such type",
      }),
      times: 1,
    });
    await dropShared(world);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected attachmentRefused"]);
    expect((await world.announcements())[0]?.data.detail).toContain("vedtak.pdf");
  });

  test("an Altinn that is down for an hour delays the request, and no more", async () => {
    await using world = await start();
    await dropShared(world);
    world.fault({ step: INITIALIZE, phase: "before", action: { status: 503 }, times: 5 });
    await world.settle(DAY);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
  });

  test("an upload that is cut is taken up again under the same id", async () => {
    await using world = await start();
    await dropShared(world);
    world.fault({ step: UPLOAD, phase: "before", action: "cut", nth: 2 });
    await world.settle(DAY);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
    expect(world.simulator.control.attachments()).toHaveLength(2);
  });

  test("an upload that worked, its answer lost, is not made twice", async () => {
    await using world = await start();
    await dropShared(world);
    world.fault({ step: UPLOAD, phase: "after", action: "cut" });
    await world.settle(DAY);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
    expect(count(world, UPLOAD)).toBe(2);
  });

  test("an upload that outlasts its claim is not made a second time meanwhile by whoever looks", async () => {
    await using world = await start();
    await dropShared(world);
    const altinn = world.app.sending.altinn(RESOURCE);
    const upload = altinn.uploadAttachment.bind(altinn);
    let begun = 0;
    let goOn = () => {};
    const goesOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    Object.assign(altinn, {
      uploadAttachment: async (...args: Parameters<typeof upload>) => {
        begun++;
        if (begun === 1) await goesOn;
        return upload(...args);
      },
    });
    const running = world.run();
    await expect.poll(() => begun).toBe(1);
    for (let passed = 0; passed < 16 * MINUTE; passed += 4 * MINUTE) {
      world.clock.advance(4 * MINUTE);
      const until = async () => {
        const record = (await world.app.sending.store.requests.read("shared"))?.value;
        return record?.preparation?.uploads[0]?.claim?.until;
      };
      await expect.poll(until).toBeGreaterThan(world.clock.now() + 4 * MINUTE);
    }
    const record = (await world.app.sending.store.requests.read("shared"))?.value;
    await prepareRequest(
      world.app.sending,
      preparationMessage(sha256(Buffer.from("shared")), record?.preparation?.generation ?? 1),
    );
    expect(begun).toBe(2);
    goOn();
    await running;
    await world.settle(HOUR);
    expect([count(world, INITIALIZE), count(world, UPLOAD)]).toEqual([2, 2]);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
  });

  test("an Altinn that loses each file is asked less and less often, and given up", async () => {
    await using world = await start();
    await dropShared(world);
    Object.assign(world.app.sending.altinn(RESOURCE), {
      attachment: async () => ({ kind: "found", value: { status: "Initialized" } }),
    });
    await world.settle(HOUR);
    expect(count(world, UPLOAD)).toBeLessThan(15);
    await world.settle(5 * DAY);
    expect(count(world, UPLOAD)).toBeLessThan(50);
    expect(await world.ends()).toEqual(["gaveUp altinnKeepsFailing"]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("an Altinn that knows nothing of the room it made is asked less and less often, and given up", async () => {
    await using world = await start();
    await dropShared(world);
    Object.assign(world.app.sending.altinn(RESOURCE), { uploadAttachment: async () => ({ kind: "gone" }) });
    await world.settle(6 * DAY);
    expect(count(world, INITIALIZE)).toBeLessThan(60);
    expect(await world.ends()).toEqual(["gaveUp altinnKeepsFailing"]);
  });

  test("uploads that no letter uses in the end are purged by a sweep; those of which one does are not", async () => {
    await using world = await start();
    await dropShared(world, { id: "nobody", recipients: [...RESERVED_PERSONS, ...UNKNOWN] });
    await world.settle(HOUR);
    expect(new Set(await world.ends())).toEqual(new Set(["rejected recipientReserved", "rejected recipientNotFound"]));
    const unused = world.simulator.control.attachments().length;
    await dropShared(world, { id: "somebody", recipients: [...RESERVED_PERSONS, organization(30)] });
    await world.settle(HOUR);
    await world.sweep();
    await world.settle(HOUR);
    const states = world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status);
    expect(states.slice(0, unused)).toEqual(["Purged", "Purged"]);
    expect(states.slice(unused)).toEqual(["Published", "Published"]);
  });
});

/** In no register, since its control digit is wrong. */
const UNKNOWN = ["urn:altinn:organization:identifier-no:123456789"];

describe("history 22: the process that prepares a request", () => {
  test.each([
    { when: "before it makes room for a file", step: INITIALIZE, phase: "before" as const },
    { when: "after the bytes went", step: UPLOAD, phase: "after" as const },
    {
      when: "after a dispatch's record, before its message",
      step: /^queue POST dispatches$/,
      phase: "before" as const,
      nth: 4,
    },
    {
      when: "after a dispatch's message, before the cursor",
      step: /^blob PUT correspondence-state\/requests$/,
      phase: "before" as const,
      nth: 8,
    },
  ])("dies $when", async ({ step, phase, nth }) => {
    await using world = await start();
    await dropShared(world);
    world.fault({ step, phase, action: "kill", ...(nth === undefined ? {} : { nth }) });
    await runUntilKilled(world);
    world.clearFaults();
    await world.settle(DAY);
    expect(world.letters()).toHaveLength(3);
    expect(new Set(await world.ends())).toEqual(new Set(["sent"]));
    const sent = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
    expect(new Set(sent.map(({ data }) => data.recipient)).size).toBe(3);
    expect(world.simulator.control.attachments().filter(({ size }) => size !== null)).toHaveLength(2);
  });

  test("runs twice at once: the files go up once", async () => {
    await using world = await start();
    await dropShared(world);
    const [request] = await world.host.waiting(QUEUES.requests);
    if (!request) throw new Error("The request is not there");
    await world.handle(request);
    await world.host.lose(request);
    const [preparing] = await world.host.waiting(QUEUES.dispatches);
    if (!preparing) throw new Error("The request is not being prepared");
    await Promise.all([world.handle(preparing), world.handle(preparing), world.handle(preparing)]);
    await world.settle(DAY);
    expect(count(world, INITIALIZE)).toBe(2);
    expect(count(world, UPLOAD)).toBe(2);
    expect(world.letters()).toHaveLength(3);
  });
});

test("history 23: while the index does not show the last letters yet, their files are not purged under them", async () => {
  await using world = await start();
  await dropShared(world, { recipients: [...RESERVED_PERSONS, organization(30)] });
  // The letter that could be sent waits; the other has ended.
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, nth: 2, times: 1000 });
  await world.settle(2 * MINUTE);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
  // As if the index lagged: the letter that waits is not listed at all.
  const { store } = world.app.sending;
  const find = store.dispatches.find.bind(store.dispatches);
  Object.assign(store.dispatches, {
    async *find(where: string) {
      for await (const found of find(where)) if (found.tags.state !== "waiting") yield found;
    },
  });
  await world.sweep();
  world.clearFaults();
  await world.settle(DAY);
  expect(new Set(await world.ends())).toEqual(new Set(["rejected recipientReserved", "sent"]));
  expect(world.letters()[0]?.files).toHaveLength(2);
  expect(count(world, PURGE)).toBe(0);
});

test("a single letter that is dropped while hundreds go out is sent among the next few", async () => {
  await using world = await World.start(storage);
  const recipients = Array.from({ length: 200 }, (_, index) => organization(index + 10));
  await world.drop(aLetter({ id: "bulk", recipients }));
  await world.drop(aLetter({ id: "single" }));
  await world.run();
  const sent = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
  expect(sent).toHaveLength(201);
  expect(sent.findIndex(({ data }) => data.requestId === "single")).toBeLessThan(5);
});

/** Handles messages, each by an app of its own, until one dies. */
async function runUntilKilled(world: World): Promise<void> {
  for (let hasDied = false; !hasDied; ) {
    const [message] = (await world.host.waiting()).filter(({ queue }) => !queue.endsWith("-poison"));
    if (!message) throw new Error("Everything is done, and no app has died");
    const dueAt = (await world.host.nextDue()) ?? 0;
    world.clock.advance(Math.max(dueAt - world.clock.now(), 0));
    await world.simulator.control.advance();
    hasDied = await world.runAnew(message).then(
      () => false,
      () => true,
    );
    if (!hasDied) await world.host.lose(message);
  }
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
