// A producer gives as its own key an id that was announced of another's letter: that letter keeps its key.
import { beforeAll, expect, test } from "vitest";
import { DAY, HOUR } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { ask, refuseAtOnce } from "../integration/deadLetterSteps.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** A letter with the id that was announced of the first one as its key. */
async function withAnnouncedKey(world: World): Promise<object> {
  const [{ data } = { data: undefined }] = await world.announcements();
  expect(data?.dispatchId).toBeDefined();
  return aLetter({
    id: "another",
    content: { messageTitle: "En annens" },
    request: { idempotentKey: data?.dispatchId?.toUpperCase() },
  });
}

test("of one that was sent: refused, and the first is untouched", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "first" }));
  await world.run();
  await world.drop(await withAnnouncedKey(world));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent", "rejected idempotentKeyTaken"]);
  expect(world.letters()).toHaveLength(1);
});

test("of one that was refused: refused as well, so that the first can still be replayed under its key", async () => {
  await using world = await World.start(storage);
  await refuseAtOnce(world);
  await ask(world);
  await world.drop(await withAnnouncedKey(world));
  // The other one comes before the replay.
  const [first] = await world.host.waiting(QUEUES.requests);
  if (first) await world.handle(first);
  if (first) await world.host.lose(first);
  await world.settle(2 * DAY);
  expect(await world.ends()).toEqual(["rejected recipientReserved", "rejected idempotentKeyTaken", "sent"]);
  expect(world.letters()).toHaveLength(1);
});
