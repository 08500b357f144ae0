// What is deleted once its purpose is over, and what is kept from expiring before it is.
import { beforeAll, expect, test } from "vitest";
import { DAY, MINUTE, timestamp } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { deleteAccepted } from "../../shared/upkeep/deleteAccepted.ts";
import { renewRecords } from "../../shared/upkeep/renewRecords.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { ask, refuseLater } from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** The ids of the requests that are kept whole. */
async function accepted(world: World): Promise<unknown[]> {
  const kept = await world.blobs(CONTAINERS.accepted);
  return kept.map(({ value }) => Reflect.get(Object(value), "requestId")).sort();
}

test("an accepted request goes once its letters are sent, not while one waits or could be replayed; dropped again it is known", async () => {
  await using world = await World.start(storage);
  // Storage's own clock says on which day requests were accepted: from midnight on that day does not end unawares.
  world.clock.setBack(world.clock.now() % DAY);
  await refuseLater(world, "refused");
  const requests = world.storage.blobs.getContainerClient(CONTAINERS.requests);
  const content = JSON.stringify(aLetter({ id: "claimed" }));
  await requests.getBlockBlobClient("claimed.json").upload(content, content.length);
  await world.drop({ requestBlob: "claimed.json" });
  await world.run();
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id: "later" }));
  await world.settle(MINUTE);
  expect(await accepted(world)).toEqual(["claimed", "later", "refused"]);
  await world.sweep();
  await world.advance(30 * DAY);
  await world.sweep();
  expect(await accepted(world)).toEqual(["claimed", "later", "refused"]);
  // On the day after, when their turn is, no timer runs.
  await world.advance(2 * DAY);
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 1000 });
  await world.drop(aLetter({ id: "waiting" }));
  await world.run();
  const now = world.clock.now();
  const { sending } = world.app;
  await deleteAccepted({ ...sending, rules: { ...sending.rules, deleteAcceptedAfter: undefined } }, now, now - DAY);
  expect(await accepted(world)).toHaveLength(4);
  // As if it had waited for as long as the others.
  await world.sweep();
  expect(await accepted(world)).toEqual(["refused", "waiting"]);
  world.clearFaults();
  // Its blob went days after its letter was sent.
  expect(await requests.getBlobClient("claimed.json").exists()).toBe(false);
  const [before, letters] = [(await world.ends()).length, world.letters().length];
  await world.drop({ requestBlob: "claimed.json" });
  await world.run();
  expect((await world.ends()).slice(before)).toEqual(["duplicate"]);
  expect(world.letters()).toHaveLength(letters);

  await ask(world);
  await world.settle(DAY);
  expect(await world.deadLetters()).toEqual([]);
  await world.advance(29 * DAY);
  await world.sweep();
  expect(await accepted(world)).not.toContain("refused");
});

test("records of what is published, or followed, a long time from now are written anew, once in 30 days; others are left to age", async () => {
  await using world = await World.start(storage);
  const requestedPublishTime = timestamp(world.clock.now() + 300 * DAY);
  await world.drop(aLetter({ id: "far", letter: { requestedPublishTime } }));
  await world.drop(aLetter({ id: "near" }));
  await world.run();
  const renewed = async (from: number, everyDays = 1) => {
    world.forgetCalls();
    for (let day = everyDays; day <= 30; day += everyDays) {
      await renewRecords(world.app.sending, from + day * DAY, from + (day - everyDays) * DAY);
    }
    return world.calls.filter((name) => /^blob PUT correspondence-state\/(requests|correspondences)$/.test(name))
      .length;
  };
  expect(await renewed(world.clock.now())).toBe(2);
  // No day's turn is lost by a timer that stands still for days.
  expect(await renewed(world.clock.now(), 15)).toBe(2);
  expect(await renewed(world.clock.now() + 130 * DAY)).toBe(0);
  // The other is followed all that time.
  expect(await renewed(world.clock.now() + 210 * DAY)).toBe(2);
});
