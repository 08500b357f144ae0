// Following letters, over Azurite and the simulator: events, checks of what events did not tell, and lost messages.
import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** A world with one letter that has been sent and, by Altinn's clock, published. */
async function published(options: Parameters<typeof aLetter>[0] = {}): Promise<{ world: World; id: string }> {
  const world = await World.start(storage);
  await world.drop(aLetter({ id: "followed", ...options }));
  await world.run();
  await world.advance(MINUTE);
  return { world, id: world.letters()[0]?.correspondenceId ?? "" };
}

describe("events", () => {
  test("are announced in whatever order they come, once each", async () => {
    const { world } = await published();
    await using _closing = world;
    await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "read");
    const events = world.simulator.control.events();
    for (const event of [...events, ...events].reverse()) await world.event(event);
    expect((await world.told()).sort()).toEqual(["published", "read", "sent"]);
  });

  test("of one letter that are handled at once are announced once each", async () => {
    const { world } = await published();
    await using _closing = world;
    await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "read");
    const events = world.simulator.control.events();
    await Promise.all([...events, ...events].map((event) => world.event(event)));
    expect((await world.told()).sort()).toEqual(["published", "read", "sent"]);
  });

  test("of other systems' letters cost nothing for an hour, then one look a letter if one of ours is missing, and nothing after that", async () => {
    await using world = await World.start(storage);
    await using others = await World.start(storage, { altinn: world });
    for (const id of ["first", "second", "third"]) await others.drop(aLetter({ id }));
    await others.run();
    await others.advance(MINUTE);
    const events = world.simulator.control.events();
    expect(events.length).toBeGreaterThan(3);
    for (const event of events) await world.event(event);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 100 });
    await world.drop(aLetter({ id: "missing" }));
    await world.run();
    world.forgetCalls();
    const looks = async () => {
      await world.sweep();
      return world.calls.filter((name) => /^altinn GET .*\{id\}/.test(name));
    };
    for (let quarter = 0; quarter < 4; quarter++) {
      expect(await looks()).toEqual([]);
      world.clock.advance(15 * MINUTE);
    }
    const details = "altinn GET /correspondence/api/v1/correspondence/{id}/details";
    expect(await looks()).toEqual([details, details, details]);
    world.clock.advance(15 * MINUTE);
    expect(await looks()).toHaveLength(3);
    expect(await world.told()).toEqual([]);
  });

  test("that come before the letter is ours are kept, and announced once it is", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
    await world.drop(aLetter({ id: "overtaken" }));
    await world.run();
    await world.simulator.control.advance(MINUTE);
    for (const event of world.simulator.control.events()) await world.event(event);
    expect(await world.told()).toEqual([]);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["sent", "published"]);
  });

  test("of types that we do not know are kept, and those of other systems' letters are not announced", async () => {
    await using world = await World.start(storage);
    const event = anEvent(crypto.randomUUID(), "somethingnew", world.clock.now());
    expect(await world.event(event)).toBe("kept");
    expect(await world.event(event)).toBe("kept");
    expect(await world.records("correspondences")).toMatchObject([
      { unknownTypes: { somethingnew: expect.any(Number) } },
    ]);
    expect(await world.told()).toEqual([]);
  });

  test("that say nothing useful are refused with a reason", async () => {
    await using world = await World.start(storage);
    for (const body of [null, [], "text", {}, { specversion: "0.3" }, { specversion: "1.0", id: "1", type: "x" }]) {
      expect(await world.event(body)).toBe("invalid");
    }
    expect(await world.records("correspondences")).toEqual([]);
  });

  test("the validation event is answered and leaves nothing behind", async () => {
    await using world = await World.start(storage);
    const validation = {
      id: crypto.randomUUID(),
      source: "https://platform.altinn.no/events/api/v1/subscriptions/1234",
      type: "platform.events.validatesubscription",
      specversion: "1.0",
    };
    expect(await world.event(validation)).toBe("validation");
    expect(await world.records("correspondences")).toEqual([]);
  });
});

describe("what events did not tell", () => {
  test("is found by a sweep: published, then read", async () => {
    const { world, id } = await published();
    await using _closing = world;
    await world.sweep();
    expect(await world.told()).toEqual(["sent", "published"]);
    await world.simulator.control.act(id, "read");
    await world.sweep();
    expect(await world.told()).toEqual(["sent", "published", "read"]);
    world.forgetCalls();
    await world.sweep();
    expect(world.calls.filter((name) => name.startsWith("altinn "))).toEqual([]);
  });

  test("is found also when a later event has settled the letter: it was published before it was read", async () => {
    const { world, id } = await published();
    await using _closing = world;
    await world.simulator.control.act(id, "read");
    await world.event(world.simulator.control.events().at(-1));
    expect(await world.told()).toEqual(["sent", "read"]);
    await world.sweep();
    expect(await world.told()).toEqual(["sent", "read", "published"]);
    world.forgetCalls();
    await world.sweep();
    expect(world.calls.filter((name) => name.startsWith("altinn "))).toEqual([]);
  });

  test("a purge whose culprit only the list tells", async () => {
    const { world, id } = await published();
    await using _closing = world;
    await world.simulator.control.act(id, "attachmentsDownloaded");
    await world.sweep();
    await world.simulator.control.act(id, "purgedByRecipient");
    const purge = world.simulator.control.events().at(-1);
    await world.event(purge);
    await world.run();
    expect(await world.told()).toEqual(["sent", "published", "attachmentsDownloaded", "purgedByRecipient"]);
    const last = (await world.announcements()).at(-1);
    expect(last?.data.source).toBe("list");
  });

  test("a letter that is confirmed after its attachments were downloaded", async () => {
    const letter = { isConfirmationNeeded: true, dueDateTime: "2099-01-01T00:00:00Z" };
    const { world, id } = await published({ letter });
    await using _closing = world;
    await world.simulator.control.act(id, "attachmentsDownloaded");
    await world.sweep();
    await world.simulator.control.act(id, "read");
    await world.simulator.control.act(id, "confirmed");
    await world.sweep();
    expect((await world.told()).sort()).toEqual(["attachmentsDownloaded", "confirmed", "published", "read", "sent"]);
  });

  test("a letter whose attachment fails its scan", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("eicar.pdf", Buffer.from("eicar"));
    const attachments = [{ fileName: "eicar.pdf", sendersReference: "a", blob: "eicar.pdf" }];
    await world.drop(aLetter({ id: "virus", attachments }));
    await world.run();
    await world.advance(HOUR);
    for (const event of world.simulator.control.events()) await world.event(event);
    await world.run();
    expect(await world.told()).toEqual(["sent", "failed scanFailed"]);
  });

  test("with CONFIRM_EVENTS, a forged event is not announced, and a true one is", async () => {
    await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: "true" } });
    await world.drop(aLetter({ id: "confirmed" }));
    await world.run();
    const id = world.letters()[0]?.correspondenceId ?? "";
    await world.event(anEvent(id, "correspondencereceiverread", world.clock.now()));
    await world.run();
    expect(await world.told()).not.toContain("read");
    await world.advance(MINUTE);
    await world.simulator.control.act(id, "read");
    for (const event of world.simulator.control.events()) await world.event(event);
    await world.run();
    expect(await world.told()).toContain("read");
  });
});

test("CONFIRM_EVENTS is turned off before an event is confirmed, or on after one was told: each status is told once", async () => {
  await using world = await World.start(storage, { settings: { CONFIRM_EVENTS: "true" } });
  await world.drop(aLetter({ id: "held" }));
  await world.run();
  await world.advance(MINUTE);
  const id = world.letters()[0]?.correspondenceId ?? "";
  const pushed = async () => {
    for (const event of world.simulator.control.events()) await world.event(event);
  };
  await world.simulator.control.act(id, "read");
  await pushed();
  for (const message of await world.host.waiting(QUEUES.statusChecks)) await world.host.lose(message);
  await world.restart({ CONFIRM_EVENTS: "false" });
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "published", "read"]);
  await world.simulator.control.act(id, "confirmed");
  await pushed();
  await world.restart();
  await world.sweep();
  await world.settle(HOUR);
  expect(await world.told()).toEqual(["sent", "published", "read", "confirmed"]);
});

describe("what gets lost on the way", () => {
  test("a dispatch whose message is lost is put back by a sweep", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
    await world.drop(aLetter({ id: "forgotten" }));
    await world.run();
    for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
    await world.advance(HOUR);
    expect(await world.told()).toEqual([]);
    await world.sweep();
    expect(await world.told()).toEqual(["sent"]);
    expect(world.letters()).toHaveLength(1);
  });

  test("a dispatch that waits as it should is left alone by sweeps", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
    await world.drop(aLetter({ id: "waiting" }));
    await world.run();
    await world.sweep();
    expect(await world.host.waiting(QUEUES.dispatches)).toHaveLength(1);
  });

  test("a healthy message in the poison queue is put back and sent", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "healthy" }));
    const [message] = await world.host.waiting(QUEUES.requests);
    if (message) await world.host.poison(message);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("a dispatch that is poisoned time after time is closed, and nobody is told wrongly", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 1000 });
    await world.drop(aLetter({ id: "poisonous" }));
    await world.run();
    for (let time = 0; time < 5; time++) {
      const [message] = await world.host.waiting(QUEUES.dispatches);
      if (!message) break;
      await world.host.poison(message);
      await world.advance(MINUTE);
    }
    await world.settle(DAY);
    expect(await world.told()).toEqual(["gaveUp altinnKeepsFailing"]);
    expect(world.letters()).toEqual([]);
  });
});

test("the app's marker is made once; without it beside state, nothing is sent and nothing is lost", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "before" }));
  await world.run();
  const state = world.storage.blobs.getContainerClient("correspondence-state");
  const marker = await state.getBlobClient("marker.json").downloadToBuffer();
  await state.deleteBlob("marker.json");
  await world.restart();
  await world.drop(aLetter({ id: "after" }));
  await world.run();
  expect(world.letters()).toHaveLength(1);
  await state.getBlockBlobClient("marker.json").uploadData(marker);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(2);
});

test("two instances that start on fresh storage at once agree on one marker", async () => {
  await using world = await World.start(storage);
  const first = world.app;
  await world.restart();
  const [one, other] = await Promise.all([first.sending.deployment(), world.app.sending.deployment()]);
  expect(one.namespace).toBe(other.namespace);
});
