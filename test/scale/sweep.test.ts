// A sweep over thousands of letters, counted as HTTP calls.
import { beforeAll, expect, test } from "vitest";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { dropMany, sweepCosts } from "../integration/sweepCosts.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

test("2,000 letters, every event lost, and one in a hundred read: a fiftieth of the calls that looking at each would take", async () => {
  await using world = await World.start(storage, { batchSize: 16 });
  await dropMany(world, 2000);
  // All were published at one moment, which is more than a list holds: each is looked at. What fails is left to the next.
  for (let time = 0; time < 2; time++) await world.sweep();
  for (const { correspondenceId } of world.letters().filter((_letter, index) => index % 100 === 0)) {
    await world.simulator.control.act(correspondenceId, "read");
  }
  const { lists, overviews, details, storageOperations } = await sweepCosts(world);
  expect(lists + overviews + details).toBeLessThanOrEqual(2000 / 50);
  expect(storageOperations).toBeLessThanOrEqual(2000 / 1000 + 10 * 20 + 50);
  expect((await world.told()).filter((told) => told === "read")).toHaveLength(20);
});
