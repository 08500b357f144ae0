// Records that somebody has overwritten: passed over with an alert, and what stands beside them goes on.
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

const rubbish = [
  "",
  "null",
  "[]",
  "{",
  '{"version":1',
  '{"version":999}',
  '{"version":1,"dispatchId":{}}',
  "\u0000",
  "[".repeat(50_000),
];

test("a sweep passes over what is no record, and puts back what was forgotten", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({
    method: "POST",
    path: "/correspondence/api/v1/correspondence",
    status: 503,
    times: 1,
  });
  await world.drop(aLetter({ id: "forgotten" }));
  await world.run();
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (message) await world.host.lose(message);
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  for (const text of rubbish) {
    const id = crypto.randomUUID();
    const waiting = { state: "waiting", due: "2020-01-01T00:00:00.000Z" };
    const followed = { resource: "my-resource", follow: "2026-11-21", since: "2026-11-21", status: "unknown" };
    const bytes = Buffer.from(text);
    await state.getBlockBlobClient(`dispatches/${id}.json`).upload(bytes, bytes.length, { tags: waiting });
    await state.getBlockBlobClient(`correspondences/${id}.json`).upload(bytes, bytes.length, { tags: followed });
  }
  world.clock.advance(HOUR);
  await world.sweep();
  expect(await world.told()).toEqual(["sent"]);
  expect(world.logs.filter((line) => line.includes("recordUnreadable")).length).toBeGreaterThanOrEqual(rubbish.length);
});
