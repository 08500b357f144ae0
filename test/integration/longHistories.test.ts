// Histories that last for days: what the timer finds, counts and puts right. The numbers are those of the design's list.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { createApp } from "../../shared/app.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { sweep } from "../../shared/upkeep/sweep.ts";
import { handleMessage } from "../harness/handleMessage.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, dieAndLose, LOOK_UP, liveOn, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** The messages that are due on a queue, left where they are. */
async function due(world: World, queue: string) {
  const { peekedMessageItems } = await world.storage.queues
    .getQueueClient(queue)
    .peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageId: id, messageText: text }) => ({ id, text, queue, dequeueCount: 1 }));
}

async function lengthOf(world: World, queue: string): Promise<number> {
  return (await world.storage.queues.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0;
}

test("13: a backlog of due dispatches and four sweeps: no message is put back", async () => {
  await using world = await World.start(storage);
  const recipients = Array.from({ length: 40 }, (_, index) => organization(index + 10));
  await world.drop(aLetter({ id: "backlog", recipients }));
  const [request] = await due(world, QUEUES.requests);
  if (request) await handleMessage(world.app, request);
  const [preparing] = await due(world, QUEUES.dispatches);
  if (preparing) await handleMessage(world.app, preparing);
  const before = await lengthOf(world, QUEUES.dispatches);
  // Three letters share a message, of sixteen that are recorded at a time; and the one that prepared them was left.
  expect(before).toBe(6 + 6 + 3 + 1);
  for (let round = 0; round < 4; round++) {
    world.clock.advance(2 * HOUR);
    await sweep(world.app.sending, 90);
  }
  expect(await lengthOf(world, QUEUES.dispatches)).toBe(before);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(40);
});

test("18: the answer to a POST is lost on day 1 and found on day 3; the purge is told by a sweep of day 1", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  await world.drop(aLetter({ id: "found-late" }));
  await world.run();
  world.clearFaults();
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 10_000 });
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 10_000 });
  await world.settle(2 * DAY);
  world.clearFaults();
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["sent"]);
  const [letter] = world.letters();
  await world.simulator.control.act(letter?.correspondenceId ?? "", "purgedByRecipient");
  await world.settle(DAY);
  await world.sweep();
  expect(await world.told()).toContain("purgedByRecipient");
});

test("19: published 100 days ago: followed all the same", async () => {
  await using world = await World.start(storage);
  const requestedPublishTime = new Date(world.clock.now() - 100 * DAY).toISOString();
  await world.drop(aLetter({ id: "long-ago", letter: { requestedPublishTime } }));
  await world.run();
  await world.advance(MINUTE);
  const [letter] = world.letters();
  await world.simulator.control.act(letter?.correspondenceId ?? "", "read");
  await world.sweep();
  expect(new Set(await world.told())).toEqual(new Set(["sent", "published", "read"]));
});

test("19: to be published in 100 days, and its attachment fails its scan tomorrow: told tomorrow", async () => {
  await using world = await World.start(storage, { simulator: { scanMs: DAY } });
  await world.putAttachment("eicar.pdf", Buffer.from("vedlegg"));
  const requestedPublishTime = new Date(world.clock.now() + 100 * DAY).toISOString();
  const attachments = [{ fileName: "eicar.pdf", sendersReference: "e", blob: "eicar.pdf" }];
  await world.drop(aLetter({ id: "ahead", letter: { requestedPublishTime }, attachments }));
  await world.run();
  await world.sweep();
  expect(await world.told()).toEqual(["sent"]);
  await world.advance(DAY + HOUR);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "failed scanFailed"]);
});

test("28: two instances start on fresh storage with messages waiting: no false brake", async () => {
  await using world = await World.start(storage);
  for (let index = 0; index < 4; index++) await world.drop(aLetter({ id: `waiting-${index}` }));
  const { settings, telemetry } = world.app;
  const other = await createApp(settings, { clock: world.clock, telemetry });
  const messages = await due(world, QUEUES.requests);
  await Promise.all(messages.map((message, index) => handleMessage(index % 2 === 0 ? world.app : other, message)));
  expect(world.letters()).toHaveLength(4);
  expect(world.logs.filter((line) => line.startsWith("error"))).toEqual([]);
});

test("31: killed after the request's record, the message lost with its copy: told, and can be dropped again", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "lost" }));
  await dieAndLose(world, /^blob PUT correspondence-state\/requests$/);
  await liveOn(world, 6);
  expect(await world.ends()).toEqual(["gaveUp requestLost"]);
  expect(world.logs.some((line) => line.startsWith("error") && line.includes("requestLost"))).toBe(true);
  await world.drop(aLetter({ id: "lost" }));
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["gaveUp requestLost", "sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("31: killed after the POST, the message lost with its copy: found and told as sent", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "lost" }));
  await dieAndLose(world, POST_LETTER);
  await liveOn(world, 2);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
});

test("31: lost three weeks before the timer runs again after forty days: told", async () => {
  await using world = await World.start(storage);
  await world.sweep();
  await world.settle(19 * DAY);
  await world.drop(aLetter({ id: "lost" }));
  await dieAndLose(world, /^blob PUT correspondence-state\/requests$/);
  await world.settle(21 * DAY);
  await world.sweep();
  await world.settle(4 * DAY);
  expect(await world.ends()).toEqual(["gaveUp requestLost"]);
});

test("a day on which everything was sent costs the reconciliation no look at a request", async () => {
  await using world = await World.start(storage);
  for (let index = 0; index < 5; index++) await world.drop(aLetter({ id: `sent-${index}` }));
  await world.run();
  await world.settle(DAY + 3 * HOUR);
  world.forgetCalls();
  await sweep(world.app.sending, 90);
  expect(world.calls.filter((call) => call.startsWith("blob GET correspondence-state/requests"))).toEqual([]);
});

test("32: the records are gone, as after an old backup; the same request is dropped again: sent, as before", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "again" }));
  await world.run();
  const state = world.storage.blobs.getContainerClient(CONTAINERS.state);
  for await (const { name } of state.listBlobsFlat()) if (name.includes("/")) await state.deleteBlob(name);
  await world.advance(30 * DAY);
  await world.restart();
  await world.drop(aLetter({ id: "again" }));
  await world.settle(HOUR);
  const sent = (await world.announcements()).filter(({ type }) => type.endsWith("dispatch.sent"));
  expect(sent).toHaveLength(2);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent", "sent"]);
});
