// The emergency brake and the breaker: nothing goes out, nothing is lost, and it goes on where it stopped.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, SECOND, systemClock } from "../../shared/clock.ts";
import { checkHealth } from "../../shared/health.ts";
import { createBreakers } from "../../shared/pausing/breakers.ts";
import { readBrake, setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anAttachment } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { workOf } from "../harness/work.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** Asked for their addresses, Altinn's register fails. */
const REGISTER_FAILS = "urn:altinn:person:identifier-no:03014900089";
const notification = { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Email" };

async function pull(world: World, isOn = true): Promise<void> {
  const { documents } = world.app.sending.store;
  await setBrake(documents, { isOn, reason: "operator", now: world.clock.now() });
  // Instances look twice a minute.
  world.clock.advance(31 * SECOND);
}

function posts(world: World): number {
  return world.calls.filter((call) => POST_LETTER.test(call)).length;
}

describe("while the brake is on", () => {
  test("history 11: for eight days nothing is sent and nothing expires; then everything goes out", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "before" }));
    await world.run();
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
    await world.drop(aLetter({ id: "waiting" }));
    await world.run();
    world.clearFaults();
    await pull(world);
    await world.drop(aLetter({ id: "during" }));
    await world.drop(aLetter({ id: "many", recipients: [organization(20), organization(21)] }));
    await world.run();
    expect(await world.host.waiting(QUEUES.requests)).toEqual([]);
    world.forgetCalls();
    for (let day = 0; day < 8; day++) {
      await world.sweep();
      // Not every five minutes of eight days: what is looked at is what waits at the time.
      world.clock.advance(DAY);
      await world.run();
    }
    expect(posts(world)).toBe(0);
    expect(await world.ends()).toEqual(["sent"]);
    await pull(world, false);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent", "sent", "sent", "sent", "sent"]);
    expect(world.letters()).toHaveLength(5);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("a message is put off without a record write and without losing an attempt", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
    await world.drop(aLetter({ id: "waiting" }));
    await world.run();
    const before = await world.records("dispatches");
    await pull(world);
    world.clock.advance(MINUTE);
    world.forgetCalls();
    await world.run();
    // Beside the message only the few documents that are looked at twice a minute, or written once.
    const ofLetters = world.calls.filter((call) => !/correspondence-state\/(brake|marker|contact)\.json/.test(call));
    // The record is read, since a cancel goes on under the brake.
    expect(workOf(ofLetters)).toEqual({ altinnCalls: 0, storageWrites: 1, storageReads: 1 });
    expect(await world.records("dispatches")).toEqual(before);
    const waits = (await world.host.nextDue()) ?? 0;
    expect(waits - world.clock.now()).toBeGreaterThanOrEqual(5 * MINUTE);
  });

  test("the setting does the same", async () => {
    await using world = await World.start(storage);
    await world.restart({ EMERGENCY_BRAKE: "true" });
    await world.drop(aLetter({ id: "held" }));
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
    await world.restart({ EMERGENCY_BRAKE: "false" });
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent"]);
  });
});

describe("what an instance does not know of the brake", () => {
  test("a new one is asked for many letters at once, and the brake was pulled before the first start: none goes out", async () => {
    await using world = await World.start(storage, { batchSize: 16 });
    await pull(world);
    for (let index = 0; index < 16; index++) await world.drop(aLetter({ id: `letter-${index}` }));
    await world.run();
    expect(posts(world)).toBe(0);
    expect(world.logs.filter((line) => line.includes("brakeOn"))).toHaveLength(1);
    await pull(world, false);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(16);
  });

  test("the brake cannot be read: nothing goes out, and health says so; then everything does", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "before" }));
    await world.run();
    world.clock.advance(MINUTE);
    world.fault({ step: /^blob GET correspondence-state\/brake/, phase: "before", action: { status: 403 }, times: 4 });
    for (const id of ["first", "second"]) await world.drop(aLetter({ id }));
    const waiting = await world.host.waiting(QUEUES.requests);
    const delivered = waiting.map((message) => world.handle(message));
    const results = await Promise.allSettled(delivered);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await checkHealth(world.app.health)).toMatchObject({
      storage: "ok",
      sending: "not known: the emergency brake cannot be read",
    });
    expect(posts(world)).toBe(1);
    await world.settle(2 * HOUR);
    expect(await world.ends()).toEqual(["sent", "sent", "sent"]);
  });
});

describe("the brake goes on by itself", () => {
  test("when more letters go out within an hour than the setting says, and stays on until it is lifted", async () => {
    await using world = await World.start(storage);
    await world.restart({ MAX_LETTERS_PER_HOUR: "5" });
    for (let index = 0; index < 8; index++) await world.drop(aLetter({ id: `letter-${index}` }));
    await world.run();
    expect(world.letters()).toHaveLength(5);
    expect(world.logs.filter((line) => line.startsWith("error") && line.includes("brakeOn"))).toHaveLength(1);
    expect(await readBrake(world.app.sending.store.documents)).toMatchObject({ isOn: true, reason: "tooManyLetters" });
    await world.restart();
    await world.settle(2 * HOUR);
    expect(world.letters()).toHaveLength(5);
    await pull(world, false);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(8);
    expect(await world.ends()).toHaveLength(8);
  });

  test("lifted at once, it lets as many letters go as if none had gone before, and holds the next", async () => {
    await using world = await World.start(storage);
    await world.restart({ MAX_LETTERS_PER_HOUR: "5" });
    for (let index = 0; index < 12; index++) await world.drop(aLetter({ id: `letter-${index}` }));
    await world.run();
    expect(world.letters()).toHaveLength(5);
    await pull(world, false);
    await world.settle(HOUR / 2);
    expect(world.letters()).toHaveLength(10);
    await pull(world, false);
    await world.restart({ MAX_LETTERS_PER_HOUR: "5" });
    await world.settle(HOUR / 2);
    expect(world.letters()).toHaveLength(12);
    expect(world.logs.filter((line) => line.startsWith("error") && line.includes("brakeOn"))).toHaveLength(2);
  });

  test("letters an hour apart do not pull it", async () => {
    await using world = await World.start(storage);
    await world.restart({ MAX_LETTERS_PER_HOUR: "2" });
    for (let index = 0; index < 5; index++) {
      await world.drop(aLetter({ id: `letter-${index}` }));
      await world.run();
      await world.advance(40 * MINUTE);
    }
    expect(world.letters()).toHaveLength(5);
  });

  test("when the app's marker disappears under a running app", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "first" }));
    await world.run();
    const marker = world.storage.blobs.getContainerClient(CONTAINERS.state).getBlockBlobClient("marker.json");
    const content = await marker.downloadToBuffer();
    await marker.delete();
    world.clock.advance(MINUTE);
    await world.drop(aLetter({ id: "second" }));
    await world.run();
    expect(world.letters()).toHaveLength(1);
    expect(world.logs.some((line) => line.startsWith("error") && line.includes("markerMissing"))).toBe(true);
    await marker.uploadData(content);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(2);
  });
});

test("what an instance whose clock goes before ours has put off is not told as put off in the future", async () => {
  await using world = await World.start(storage);
  const { contact } = world.app.sending;
  contact.notePause();
  world.clock.advance(-MINUTE);
  await world.sweep();
  expect(world.logs.findLast((line) => line.includes('"swept"'))).toContain('"pausedSecondsAgo":0');
});

test("letters that alone keep getting 500 do not open the breaker, and are given up after eight while others go through", async () => {
  await using world = await World.start(storage);
  const [upload, path] = [/\/correspondence\/upload$/, "/correspondence/api/v1/correspondence/upload"];
  world.simulator.control.fault({ method: "POST", path, status: 500, times: "always" });
  await world.putAttachment("alone.pdf", Buffer.from("a"));
  await world.drop(aLetter({ id: "alone", attachments: [anAttachment({ blob: "alone.pdf" })] }));
  await world.drop(aLetter({ id: "register down", recipients: [REGISTER_FAILS], letter: { notification } }));
  // For an hour there is nobody else.
  await world.settle(HOUR);
  expect(await world.ends()).toEqual([]);
  for (let hour = 0; hour < 6; hour++) {
    await world.drop(aLetter({ id: `other-${hour}` }));
    await world.settle(HOUR);
  }
  expect((await world.ends()).toSorted()).toEqual([
    ...Array(2).fill("gaveUp altinnKeepsFailing"),
    ...Array(6).fill("sent"),
  ]);
  expect(world.calls.filter((name) => upload.test(name))).toHaveLength(8);
  expect(world.logs.filter((line) => line.includes("breakerOpen"))).toEqual([]);
});

test("while the breaker is open, letters wait without a call, and the sweep puts nothing back", async () => {
  await using world = await World.start(storage);
  const { sending } = world.app;
  // With the clock of tests the circuit would close at once. With this one it does not while the test runs, however slowly.
  const clock = { ...systemClock, scale: 0.001 };
  const breaker = createBreakers({ clock, telemetry: sending.telemetry, hasSenders: false });
  Object.assign(sending, { breaker });
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 5 });
  for (let index = 0; index < 12; index++) await world.drop(aLetter({ id: `letter-${index}` }));
  await world.run();
  expect(posts(world)).toBe(5);
  world.clock.advance(2 * HOUR);
  await world.sweep();
  expect(world.logs.findLast((line) => line.includes('"swept"'))).toMatch(/"lettersLastHour":0,"pausedSecondsAgo":\d/);
  expect(posts(world)).toBe(5);
  expect(await world.host.waiting(QUEUES.dispatches)).toHaveLength(12);
  await world.restart();
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(12);
  expect(await world.ends()).toHaveLength(12);
  expect(await world.host.waiting()).toEqual([]);
});
