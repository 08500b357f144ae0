// What needs thousands of messages: a request with as many recipients as a message holds, and letters beside it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { organization } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

test("a thousand recipients in one request get one letter each, and single letters do not wait for them", async () => {
  await using world = await World.start(storage);
  const recipients = Array.from({ length: 1000 }, (_, index) => organization(index + 10));
  await world.drop(aLetter({ id: "bulk", recipients }));
  for (let index = 0; index < 20; index++) await world.drop(aLetter({ id: `single-${index}` }));
  await world.run();
  expect(world.letters()).toHaveLength(1020);
  expect(new Set(world.letters().map(({ idempotentKey }) => idempotentKey)).size).toBe(1020);
  const told = await world.announcements();
  expect(new Set(told.map(({ id }) => id)).size).toBe(1020);
  const positions = told.flatMap(({ data }, index) => (data.requestId?.startsWith("single-") ? [index] : []));
  expect(Math.max(...positions)).toBeLessThan(100);
});
