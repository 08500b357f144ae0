// Whoever can put on the app's own queues, and knows ids, has the app do what it does anyway: earlier, or once more.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { DAY, HOUR } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { refuseOnce } from "../integration/deadLetterSteps.ts";
import { aLetter, INITIALIZE } from "../integration/letters.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
});
beforeEach(() => world.forgetCalls());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function forge(message: object, queue: string = QUEUES.dispatches): Promise<void> {
  await world.drop({ version: 1, ...message }, queue);
}

function callsToAltinn(): string[] {
  return world.calls.filter((call) => /^altinn \S+ \/correspondence\//.test(call));
}

async function announcementsOf(requestId: string) {
  return (await world.announcements()).filter(({ data }) => data.requestId === requestId);
}

async function fate(requestId: string): Promise<string[]> {
  return (await announcementsOf(requestId)).map(({ data }) => [data.status, data.reason].filter(Boolean).join(" "));
}

const dispatch = z.object({ requestId: z.string(), dispatchId: z.string() });

async function dispatchIdOf(requestId: string): Promise<string | undefined> {
  const records = (await world.records("dispatches")).map((record) => dispatch.parse(record));
  return records.find((record) => record.requestId === requestId)?.dispatchId;
}

test("generations of a letter that waits, twice and out of order: it is sent, once", async () => {
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 2 });
  await world.drop(aLetter({ id: "waits" }));
  await world.run();
  const dispatchId = await dispatchIdOf("waits");
  for (const generation of [5, 3, 900, 900, 1_000_000, 901]) await forge({ dispatchId, generation });
  await world.settle(HOUR);
  expect(await fate("waits")).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.host.waiting()).toEqual([]);
});

test("a letter that has ended: told again as the same announcement, and Altinn is not called", async () => {
  refuseOnce(world);
  await world.drop(aLetter({ id: "refused" }));
  await world.run();
  world.forgetCalls();
  await forge({ dispatchId: await dispatchIdOf("refused"), generation: 7 });
  await world.settle(HOUR);
  const told = await announcementsOf("refused");
  expect(told.map(({ data }) => data.status)).toEqual(["rejected", "rejected"]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  expect(callsToAltinn()).toEqual([]);
});

test("a replay of another's dead letter: what an operator's would do, once, and only for the epoch that stands", async () => {
  const [dead] = await world.deadLetters();
  const deadLetter = dead?.name;
  for (const epoch of [1, 7]) await forge({ deadLetter, epoch });
  await world.settle(HOUR);
  expect(callsToAltinn()).toEqual([]);
  for (const epoch of [0, 0]) await forge({ deadLetter, epoch });
  await world.settle(HOUR);
  expect((await fate("refused")).at(-1)).toBe("sent");
  expect(callsToAltinn().filter((call) => call.includes(" POST "))).toHaveLength(1);
});

test("a replay of a request whose id is another's letter: it stays a dead letter", async () => {
  await world.drop(aLetter({ id: "used" }));
  await world.drop(aLetter({ id: "used", content: { messageTitle: "Noe annet" } }));
  await world.run();
  const [dead] = await world.deadLetters();
  expect(dead?.value.reason).toBe("requestIdReused");
  world.forgetCalls();
  await forge({ deadLetter: dead?.name, epoch: 0 });
  await world.run();
  expect(callsToAltinn()).toEqual([]);
  expect(await world.deadLetters()).toEqual([dead]);
});

test("a cancel: as a producer's by Altinn's id of the letter, and none of what is not this app's", async () => {
  const requestedPublishTime = new Date(world.clock.now() + 5 * DAY).toISOString();
  await world.drop(aLetter({ id: "far ahead", letter: { requestedPublishTime } }));
  await world.run();
  world.forgetCalls();
  await forge({ cancel: crypto.randomUUID(), generation: Number.MAX_SAFE_INTEGER });
  await world.run();
  expect(callsToAltinn()).toEqual([]);
  const letter = (await announcementsOf("far ahead"))[0]?.data.correspondenceId;
  await forge({ cancel: letter, generation: 1 });
  await world.settle(HOUR);
  expect((await fate("far ahead")).at(-1)).toBe("cancelled cancelled");
});

test("a check: no more than one question each, none of what no letter of the app is, and nothing is told", async () => {
  await world.drop(aLetter({ id: "checked" }));
  await world.run();
  const correspondenceId = (await announcementsOf("checked"))[0]?.data.correspondenceId;
  const told = await world.told();
  world.forgetCalls();
  await forge({ correspondenceId: crypto.randomUUID() }, QUEUES.statusChecks);
  await forge({ resourceId: "another-resource", day: "2020-01-01" }, QUEUES.statusChecks);
  await world.run();
  expect(callsToAltinn()).toEqual([]);
  await forge({ attachmentId: crypto.randomUUID() }, QUEUES.statusChecks);
  for (let again = 0; again < 3; again++) await forge({ correspondenceId }, QUEUES.statusChecks);
  await world.run();
  expect(callsToAltinn().toSorted()).toEqual([
    "altinn GET /correspondence/api/v1/attachment/{id}",
    ...Array(3).fill("altinn GET /correspondence/api/v1/correspondence/{id}"),
  ]);
  expect(await world.told()).toEqual(told);
});
