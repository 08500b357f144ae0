// The content of an accepted request is gone from storage: it may come back; after too long it is told as lost, once.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { dropDeadLetter, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { dispatchId } from "../../shared/requests/dispatchId.ts";
import { canonicalRecipient } from "../../shared/requests/recipients.ts";
import { CONTAINERS, FOLDERS, QUEUES, recordName } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { check } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

async function lose(world: World): Promise<() => Promise<unknown>> {
  const container = world.storage.blobs.getContainerClient(CONTAINERS.accepted);
  const kept: { name: string; content: Buffer }[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    const blob = container.getBlockBlobClient(name);
    kept.push({ name, content: await blob.downloadToBuffer() });
    await blob.delete();
  }
  expect(kept).toHaveLength(1);
  await world.restart();
  return () => Promise.all(kept.map(({ name, content }) => container.getBlockBlobClient(name).uploadData(content)));
}

/** A sweep every twelve hours; gives the most messages that ever waited. */
async function live(world: World, days: number): Promise<number> {
  let most = 0;
  for (let half = 0; half < 2 * days; half++) {
    await world.settle(DAY / 2);
    await world.sweep();
    most = Math.max(most, (await world.host.waiting(QUEUES.dispatches)).length);
  }
  return most;
}

const recipients = Array.from({ length: 20 }, (_, index) => organization(20 + index));
const SHARED = aLetter({
  id: "shared",
  recipients,
  attachments: [{ fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" }],
});

describe("a request to many", () => {
  test("lost while its file is scanned: told once, its file purged, nothing multiplied; dropped again it is sent", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: MINUTE } });
    await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
    await world.drop(SHARED);
    await world.run();
    await lose(world);
    expect(await live(world, 6)).toBeLessThanOrEqual(1);
    expect(await world.ends()).toEqual(["gaveUp requestLost"]);
    expect(await world.deadLetters()).toMatchObject([{ value: { end: "gaveUp", reason: "requestLost" } }]);
    expect(await check(world)).toMatch(/^impossible: nothing of it was kept/);
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual(["Purged"]);
    expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
    await world.drop(SHARED);
    await world.settle(DAY);
    expect(world.letters()).toHaveLength(recipients.length);
    expect(await world.deadLetters()).toEqual([]);
    expect((await world.ends()).filter((end) => end === "sent")).toHaveLength(recipients.length);
  });

  test("lost, and back before it is given up: sent", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: MINUTE } });
    await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
    await world.drop(SHARED);
    await world.run();
    const restore = await lose(world);
    await live(world, 1);
    expect(await world.ends()).toEqual([]);
    await restore();
    await world.settle(DAY);
    expect(world.letters()).toHaveLength(recipients.length);
  });

  test("lost when some letters have gone out: told as a whole, and dropped again no letter goes twice", async () => {
    await using world = await World.start(storage);
    const many = aLetter({ id: "many", recipients });
    await world.drop(many);
    world.fault({ step: /^blob PUT correspondence-state\/requests$/, phase: "after", action: "kill", nth: 3 });
    await world.run({ anew: true });
    world.clearFaults();
    expect((await world.app.sending.store.requests.read("many"))?.value.fannedOut).toBe(16);
    for (const message of await world.host.waiting(QUEUES.dispatches)) {
      if (message.text.includes("dispatchId")) await world.handle(message);
    }
    expect(world.letters()).toHaveLength(16);
    await lose(world);
    await live(world, 6);
    expect((await world.ends()).filter((end) => end !== "sent")).toEqual(["gaveUp requestLost"]);
    const progress = await requestProgress(world.app.sending, "many");
    expect(progress).toMatchObject({ sent: 16, ended: { gaveUp: 4 }, waiting: 0 });
    expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
    await world.drop(many);
    await world.settle(DAY);
    expect(world.letters()).toHaveLength(recipients.length);
    expect(await requestProgress(world.app.sending, "many")).toMatchObject({ sent: recipients.length, waiting: 0 });
    expect(await world.deadLetters()).toEqual([]);
  });

  test.each(["before", "after"])(
    "lost when some letters have gone out; cancelled %s that is told: each of those is purged",
    async (when) => {
      await using world = await World.start(storage);
      const requestedPublishTime = timestamp(world.clock.now() + 100 * DAY);
      await world.drop(aLetter({ id: "far", recipients: recipients.slice(0, 2), letter: { requestedPublishTime } }));
      await world.run();
      expect(world.letters()).toHaveLength(2);
      // As after the first part of a longer list.
      const { requests } = world.app.sending.store;
      const stored = await requests.read("far");
      if (stored) await requests.replace("far", { ...stored.value, total: 5 }, stored.etag);
      await lose(world);
      if (when === "after") await live(world, 5);
      await world.drop({ cancel: { requestId: "far" } });
      await world.settle(HOUR);
      expect(world.letters().map(({ status }) => status)).toEqual(["PurgedByAltinn", "PurgedByAltinn"]);
      expect((await world.ends()).filter((end) => end === "gaveUp requestLost")).toHaveLength(1);
      expect(await requestProgress(world.app.sending, "far")).toMatchObject({
        sent: 0,
        ended: { cancelled: 2, gaveUp: 3 },
        waiting: 0,
      });
      expect(await world.host.waiting()).toEqual([]);
    },
  );

  test.each(["all but one", "some"])(
    "lost when %s have gone out and one was passed over: told once, of the others",
    async (how) => {
      await using world = await World.start(storage);
      const [three, { namespace }] = [recipients.slice(0, 3), await world.app.sending.deployment()];
      const id = dispatchId(namespace, "many", canonicalRecipient(three[1] ?? ""));
      const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
      await state.getBlockBlobClient(recordName(FOLDERS.dispatches, id)).upload("{}", 2);
      await world.drop(aLetter({ id: "many", recipients: three }));
      await world.run();
      const { requests } = world.app.sending.store;
      const stored = await requests.read("many");
      expect(stored?.value).toMatchObject({ fannedOut: 3, passedOver: [1] });
      // As after the first part of a longer list.
      if (stored && how === "some") await requests.replace("many", { ...stored.value, total: 4 }, stored.etag);
      await lose(world);
      for (let hours = 0; hours < 80; hours++) {
        world.clock.advance(HOUR);
        for (const message of await world.host.waiting(QUEUES.dispatches)) {
          await world.handle(message);
          await world.host.lose(message);
        }
      }
      expect(await world.ends()).toEqual(["sent", "sent", "gaveUp requestLost"]);
      expect((await world.announcements()).at(-1)?.data.detail).toContain("at least 2 of");
      expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
    },
  );

  test("lost while it is cancelled: told, and no letter goes, however often it is dropped", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: MINUTE } });
    await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
    await world.drop(SHARED);
    await world.run();
    await world.drop({ cancel: { requestId: "shared" } });
    world.fault({ step: /^blob PUT correspondence-state\/requests$/, phase: "after", action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    await lose(world);
    await live(world, 6);
    expect(await world.ends()).toEqual(["gaveUp requestLost"]);
    await world.drop(SHARED);
    await world.settle(DAY);
    expect(world.letters()).toEqual([]);
    expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
  });
});

describe("one letter", () => {
  test("lost while it waits: looked up, told once, and dropped again it is sent", async () => {
    await using world = await World.start(storage);
    world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
    await world.drop(aLetter({ id: "waits" }));
    await world.run();
    await lose(world);
    expect(await live(world, 6)).toBeLessThanOrEqual(1);
    expect(await world.ends()).toEqual(["gaveUp requestLost"]);
    expect(await check(world)).toMatch(/^impossible: nothing of it was kept/);
    await world.drop(aLetter({ id: "waits" }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["gaveUp requestLost", "sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("lost after a POST whose answer was lost: found, and told as sent", async () => {
    await using world = await World.start(storage);
    world.fault({
      step: /^altinn POST \/correspondence\/api\/v1\/correspondence$/,
      phase: "after",
      action: { status: 500 },
    });
    await world.drop(aLetter({ id: "made" }));
    await world.run();
    world.clearFaults();
    expect(world.letters()).toHaveLength(1);
    await lose(world);
    await live(world, 6);
    expect(await world.ends()).toEqual(["sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });
});

test.each([1, 2])(
  "told as lost, deleted for good, and dropped again by its producer (%i): told as a duplicate",
  async (count) => {
    await using world = await World.start(storage);
    const message = aLetter({ id: "deleted", recipients: recipients.slice(0, count) });
    world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
    await world.drop(message);
    const [first] = await world.host.waiting();
    if (first) await world.handle(first);
    if (first) await world.host.lose(first);
    await lose(world);
    await world.settle(5 * DAY);
    const { sending } = world.app;
    for (const { name } of await findDeadLetters(sending.store.deadLetters)) {
      const stored = await sending.store.deadLetters.read(name);
      if (stored) await dropDeadLetter(sending, name, stored);
    }
    await world.drop(message);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["gaveUp requestLost", "duplicate"]);
    expect(world.letters()).toEqual([]);
  },
);
