// Histories in which a letter is looked up by its key, found on 2026-11-28: what a gateway says is not Altinn's word, and
// what a look-up answers is not always about the letter. The numbers are those of the design's list.
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { replay } from "./deadLetterSteps.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const KEY = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";

/** Altinn's own paths, as the simulator's faults name them. */
const LETTERS = { path: "/correspondence" } as const;
const LETTER = { method: "GET", path: "/correspondence/{id}" } as const;

/** The answer to a POST is lost after its work, so that the next one is answered 409 with Altinn's code. */
async function dropWithLostAnswer(world: World, letter: object): Promise<void> {
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  await world.drop(letter);
  await world.run();
}

test("37: a key of the producer's; the letter exists, and its overview is answered by a gateway's 403: sent", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ ...LETTER, status: 403, times: 1 });
  await dropWithLostAnswer(world, aLetter({ id: "page", request: { idempotentKey: KEY } }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("37: and a gateway's 403 makes no letter a foreign one", async () => {
  await using world = await World.start(storage);
  // Nobody's letters are looked at only while one of ours is missing.
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 100 });
  await world.drop(aLetter({ id: "missing" }));
  await world.event(anEvent(crypto.randomUUID(), "correspondencepublished", world.clock.now()));
  await world.advance(2 * HOUR);
  world.simulator.control.fault({ ...LETTER, path: `${LETTER.path}/details`, status: 403, times: 1 });
  await world.sweep();
  expect(await world.records("correspondences")).toEqual([
    expect.not.objectContaining({ foreignSince: expect.anything() }),
  ]);
  await world.sweep();
  expect(await world.records("correspondences")).toEqual([
    expect.objectContaining({ foreignSince: expect.anything() }),
  ]);
});

const orderIds = z.object({ notificationOrders: z.array(z.string()).min(1) });

test("41: a letter is found by its key, and its notification fails afterwards: told", async () => {
  await using world = await World.start(storage);
  const notification = { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Email" };
  await dropWithLostAnswer(world, aLetter({ id: "notified", letter: { notification } }));
  await world.settle(HOUR);
  await world.sweep();
  const [record] = await world.records("correspondences");
  const [order] = orderIds.parse(record).notificationOrders;
  const source = "https://platform.tt02.altinn.no/correspondence/api/v1/notification";
  await world.event(anEvent(order, "correspondencenotificationfailed", world.clock.now(), { source }));
  expect(await world.told()).toContain("notificationFailed");
});

test("43: every POST does its work, and answers 409 without a body for 14 days: sent after a look-up", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ ...LETTERS, method: "POST", workFirst: true, status: 409, times: "always" });
  await world.drop(aLetter({ id: "bare-409" }));
  await world.settle(15 * DAY);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
  // The first answer is enough to look: nothing is posted a second time.
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toHaveLength(1);
});

test.each([404, 405, 413])("43: and so for a page with %i in the place of the answer", async (status) => {
  await using world = await World.start(storage);
  const page = { status, contentType: "text/html", body: "<html><body>No</body></html>" };
  world.simulator.control.fault({ ...LETTERS, method: "POST", workFirst: true, ...page, times: "always" });
  await world.drop(aLetter({ id: "page" }));
  await world.settle(15 * DAY);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
});

test("44: a key that we derived: 409, then empty look-ups for a day: nobody knows, and never rejected", async () => {
  await using world = await World.start(storage);
  const nothing = { status: 200, body: { ids: [] }, times: "always" } as const;
  world.simulator.control.fault({ ...LETTERS, method: "GET", ...nothing });
  await dropWithLostAnswer(world, aLetter({ id: "ours" }));
  await world.settle(3 * DAY);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing"]);
  const [dead] = await world.deadLetters();
  expect(dead?.value).toMatchObject({ end: "outcomeUnknown", errorCode: 1034 });
  // Once look-ups find it, a replay does, and nothing is sent a second time.
  world.simulator.control.clearFaults();
  await replay(world);
  await world.settle(HOUR);
  expect((await world.ends()).at(-1)).toBe("sent");
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

test("51: records of requests are lost, the same request with a producer's key is dropped again: sent as before", async () => {
  await using world = await World.start(storage);
  const letter = aLetter({ id: "restored", request: { idempotentKey: KEY } });
  await world.drop(letter);
  await world.run();
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  for (const { name } of await world.blobs(CONTAINERS.state, "requests/")) await state.deleteBlob(name);
  await world.advance(HOUR);
  await world.drop(letter);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent", "sent"]);
  // One announcement, told twice.
  const told = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

/** Each of these answers comes while the look-up of our letter by its key is asked for; `others` is another letter's id. */
const NONSENSE: [string, (others: string, own: string) => string[], string | undefined][] = [
  ["another letter's id", (others) => [others], undefined],
  ["several ids, ours among them", (others, own) => [own, others], undefined],
  ["several ids, for a key of the producer's", (others, own) => [own, others], KEY],
];
test.each(NONSENSE)(
  "55: a look-up answers with %s: not claimed, an alert, looked up again",
  async (_what, ids, key) => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "other", recipients: [organization(3)] }));
    await world.run();
    const request = key === undefined ? {} : { idempotentKey: key };
    await dropWithLostAnswer(world, aLetter({ id: "own", request }));
    const [other, own] = world.letters().map(({ correspondenceId }) => correspondenceId);
    // As if another system had sent it.
    await world.storage.blobs.getContainerClient(CONTAINERS.state).deleteBlob(`correspondences/${other}.json`);
    const body = { ids: ids(other ?? "", own ?? "") };
    world.simulator.control.fault({ ...LETTERS, method: "GET", status: 200, body, times: "always" });
    await world.settle(30 * MINUTE);
    expect(await world.ends()).toEqual(["sent"]);
    expect(world.logs.join("\n")).toContain('"lookUpMismatch"');
    world.simulator.control.clearFaults();
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent", "sent"]);
    const told = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
    expect(told.map(({ data }) => [data.requestId, data.correspondenceId])).toEqual([
      ["other", other],
      ["own", own],
    ]);
    expect(await world.deadLetters()).toEqual([]);
  },
);
