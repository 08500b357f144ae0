// Sweeps over many letters, over Azurite and the simulator: what they cost, counted as HTTP calls, and what they find.
import { beforeAll, expect, test } from "vitest";
import { DAY, dayOf, HOUR, MINUTE } from "../../shared/clock.ts";
import { checkHealth } from "../../shared/health.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { checkBatch } from "../../shared/tracking/checkBatch.ts";
import { sweep } from "../../shared/upkeep/sweep.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";
import { dropMany, sweepCosts } from "./sweepCosts.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

test("120 letters, every event lost, and one in a hundred read: lists find them, and no other record is read", async () => {
  await using world = await World.start(storage, { batchSize: 16 });
  await dropMany(world, 120);
  await world.sweep();
  expect((await world.told()).filter((told) => told === "published")).toHaveLength(120);
  const quiet = await sweepCosts(world);
  // A list of each status that may come next, and no look at any letter.
  expect(quiet).toMatchObject({ lists: 9, overviews: 0, details: 0, records: 0 });
  expect(quiet.storageOperations).toBeLessThanOrEqual(120 / 1000 + 50);
  for (const { correspondenceId } of world.letters().filter((_letter, index) => index % 100 === 0)) {
    await world.simulator.control.act(correspondenceId, "read");
  }
  const news = await sweepCosts(world);
  expect(news).toMatchObject({ lists: 9, overviews: 0, details: 2, records: 2 });
  expect(news.storageOperations).toBeLessThanOrEqual(120 / 1000 + 10 * 2 + 50);
  expect((await world.told()).filter((told) => told === "read")).toHaveLength(2);
});

test("records that the version before wrote are checked one by one, and get their tags", async () => {
  await using world = await World.start(storage);
  for (const id of ["first", "second"]) await world.drop(aLetter({ id }));
  await world.run();
  await world.advance(MINUTE);
  await world.sweep();
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  const tagsOf = async (name: string) => (await state.getBlobClient(name).getTags()).tags;
  const records = await world.blobs(CONTAINERS.state, "correspondences/");
  for (const { name } of records) {
    const { lacks: _none, ...tags } = await tagsOf(name);
    await state.getBlobClient(name).setTags({ ...tags, since: dayOf(world.clock.now()) });
  }
  const [first] = world.letters();
  await world.simulator.control.act(first?.correspondenceId ?? "", "read");
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "sent", "published", "published", "read"]);
  const lacking = await Promise.all(records.map(async ({ name }) => (await tagsOf(name)).lacks));
  // One is settled.
  expect(lacking.filter((lacks) => lacks !== undefined)).toEqual([expect.stringMatching(/Z 4 5 6 7 8 9 10 11 12 13$/)]);
  expect(await sweepCosts(world)).toMatchObject({ overviews: 1, records: 0 });
});

test("a letter that comes to no end in FOLLOW_DAYS is told once, and asked about no more; what an event tells later is told", async () => {
  await using world = await World.start(storage, { settings: { FOLLOW_DAYS: "10" } });
  await world.drop(aLetter({ id: "unread" }));
  await world.run();
  for (const days of [0, 5, 4]) {
    await world.advance(days * DAY + MINUTE);
    await world.sweep();
    expect(await world.told()).toEqual(["sent", "published"]);
  }
  await world.advance(2 * DAY);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "unresolved"]);
  expect((await world.announcements()).at(-1)?.data).toMatchObject({ source: "app", previousStatus: "published" });
  expect(await sweepCosts(world)).toMatchObject({ lists: 0, overviews: 0, details: 0, records: 0 });
  await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "read");
  await world.event(world.simulator.control.events().at(-1));
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "unresolved", "read"]);
});

test("events stop coming: sweeps find what they should have told, and health says so for a day; one that is late is none", async () => {
  await using world = await World.start(storage);
  const events = async () => (await checkHealth(world.app.health)).events;
  await dropMany(world, 20);
  for (const event of world.simulator.control.events()) await world.event(event);
  world.clock.advance(HOUR);
  await world.sweep();
  expect(await events()).toBe("ok");
  for (const { correspondenceId } of world.letters()) await world.simulator.control.act(correspondenceId, "read");
  world.clock.advance(HOUR);
  await world.sweep();
  expect(await events()).toMatch(/^missing: .* 20 statuses /);
  expect(world.logs.join("\n")).toMatch(/^warn .*"eventsMissed".*"missed":20/m);
  world.clock.advance(DAY);
  expect(await events()).toBe("ok");
});

/** A letter that was seen published, and has been read since. */
async function oneRead(world: World, id: string): Promise<void> {
  await world.drop(aLetter({ id }));
  await world.run();
  await world.advance(MINUTE);
  await world.sweep();
  await world.simulator.control.act(world.letters().at(-1)?.correspondenceId ?? "", "read");
}

/** Puts the checks of a sweep, and makes none. */
const putChecks = (world: World) => sweep(world.app.sending, world.app.settings.followDays);

test("a sweep that is killed at any step is gone on with, and each letter is told once", async () => {
  await using world = await World.start(storage);
  let step = 0;
  for (let isKilled = true; isKilled; ) {
    step++;
    await oneRead(world, `letter-${step}`);
    await putChecks(world);
    world.fault({ step: /./, phase: step % 2 === 0 ? "before" : "after", nth: step, action: "kill" });
    await world.run({ anew: true });
    try {
      world.clearFaults();
    } catch {
      isKilled = false;
    }
    await world.settle(5 * MINUTE);
    const read = (await world.announcements()).filter(({ data }) => data.status === "read");
    expect(new Set(read.map(({ id }) => id)).size, `killed at step ${step}`).toBe(step);
    // What a dead instance held has run out, and keeps nobody.
    for (const { value } of await world.blobs(CONTAINERS.state, "checks/")) {
      expect(value, `killed at step ${step}`).toMatchObject({
        until: expect.toSatisfy((until) => until < world.clock.now()),
      });
    }
  }
  // The lease, the index, Altinn, the record, the announcement.
  expect(step).toBeGreaterThan(8);
});

test("two messages about one day: while one is worked on, the other asks Altinn nothing", async () => {
  await using world = await World.start(storage);
  await oneRead(world, "letter");
  const { checking } = world.app;
  const message = { version: 1, resourceId: RESOURCE, day: dayOf(world.clock.now()) };
  let meanwhile: unknown;
  const api = checking.altinn(RESOURCE);
  const overview: typeof api.overview = async (id) => {
    meanwhile = await checkBatch(checking, message, "another message");
    return api.overview(id);
  };
  const outcome = await checkBatch({ ...checking, altinn: () => ({ ...api, overview }) }, message, "a message");
  expect(outcome).toMatchObject({ checked: 1, failed: 0 });
  expect(meanwhile).toMatchObject({ checked: 0, failed: 0 });
  expect(await world.told()).toContain("read");
});

test("Altinn asks to be left alone: no more calls, and the checks go on when that is over", async () => {
  await using world = await World.start(storage);
  await dropMany(world, 20);
  world.forgetCalls();
  const path = "/correspondence/api/v1/correspondence";
  world.simulator.control.fault({
    method: "GET",
    path,
    status: 429,
    headers: { "retry-after": "120" },
    times: "always",
  });
  await world.sweep();
  const questions = () => world.calls.filter((name) => /^altinn GET \/correspondence/.test(name));
  // As many as are made at once.
  const asked = questions().length;
  expect(asked).toBeLessThanOrEqual(8);
  await world.advance(MINUTE);
  expect(questions()).toHaveLength(asked);
  expect(await world.told()).not.toContain("published");
  world.simulator.control.clearFaults();
  await world.advance(MINUTE);
  expect((await world.told()).filter((told) => told === "published")).toHaveLength(20);
});
