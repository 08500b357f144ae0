// Sweeps over many letters, over Azurite and the simulator: what they cost, counted as HTTP calls, and what they find.
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayOf, MINUTE } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";
import { dropMany, sweepCosts } from "./sweepCosts.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

test("200 letters, every event lost, and one in a hundred read: lists find them, and no other record is read", async () => {
  await using world = await World.start(storage, { batchSize: 16 });
  await dropMany(world, 200);
  await world.sweep();
  expect((await world.told()).filter((told) => told === "published")).toHaveLength(200);
  const quiet = await sweepCosts(world);
  // A list of each status that may come next, and no look at any letter.
  expect(quiet).toMatchObject({ lists: 9, overviews: 0, details: 0, records: 0 });
  expect(quiet.storageOperations).toBeLessThanOrEqual(200 / 1000 + 50);
  for (const { correspondenceId } of world.letters().filter((_letter, index) => index % 100 === 0)) {
    await world.simulator.control.act(correspondenceId, "read");
  }
  const news = await sweepCosts(world);
  expect(news).toMatchObject({ lists: 9, overviews: 0, details: 2, records: 2 });
  expect(news.storageOperations).toBeLessThanOrEqual(200 / 1000 + 10 * 2 + 50);
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
