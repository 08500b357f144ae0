// Several senders in one deployment: each sends as itself, on its own queue for itself alone, and none holds up another.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { checkHealth } from "../../shared/health.ts";
import { readBrake, setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { anAttachment } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const DEPLOYMENT = "991825827";
const OSLO = organization(50).replace(/^.*:/, "");
const BERGEN = organization(51).replace(/^.*:/, "");
const OSLOS = `org${OSLO}-letters`;
const BERGENS = `org${BERGEN}-letters`;
const OSLO_QUEUE = "correspondence-requests-oslo";

const oslo = { name: "oslo", resources: [OSLOS], consumerOrg: OSLO };
const bergen = { name: "bergen", resources: [BERGENS], systemUserOrg: BERGEN };

function start(senders: readonly object[] = [oslo, bergen], more: Readonly<Record<string, string>> = {}) {
  const settings = { SENDERS: JSON.stringify(senders), ...more };
  return World.start(storage, { settings, statusQueues: ["oslo-status", "bergen-status"] });
}

/** A letter on a resource. */
function on(resourceId: string, id: string, { letter, ...rest }: Parameters<typeof aLetter>[0] = {}): object {
  return aLetter({ id, ...rest, letter: { resourceId, ...letter } });
}

/** What has been told, by request: `oslo sent`. */
async function toldOf(world: World, queue?: string): Promise<string[]> {
  return (await world.announcements(queue)).map(({ data }) =>
    [data.requestId, data.status, data.reason].filter((part) => part !== undefined).join(" "),
  );
}

/** Whose letters exist in Altinn. */
function owners(world: World): string[] {
  return world.letters().map(({ resourceId, owner }) => `${resourceId} ${owner}`);
}

function events(world: World, event: string): unknown[] {
  return world.logs
    .map((line): { event?: string } => JSON.parse(line.slice(line.indexOf(" ") + 1)))
    .filter((line) => line.event === event);
}

function senderIn(line: unknown): unknown {
  return typeof line === "object" && line !== null && "sender" in line ? line.sender : undefined;
}

describe("each sender", () => {
  test("sends, looks up, follows and purges as itself; the rest goes out as the deployment", async () => {
    await using world = await start();
    // The answer is lost, and the letter is found by its key: only its owner may list and read it.
    world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
    await world.drop(on(OSLOS, "oslo"));
    await world.run();
    world.clearFaults();
    const requestedPublishTime = new Date(world.clock.now() + 2 * DAY).toISOString();
    await world.drop(on(BERGENS, "bergen", { recipients: [organization(20), organization(21)] }));
    await world.drop(on(OSLOS, "taken back", { letter: { requestedPublishTime } }));
    await world.drop(aLetter({ id: "own" }));
    await world.settle(HOUR);
    await world.drop({ cancel: { requestId: "taken back" } });
    await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "read");
    await world.settle(HOUR);
    await world.sweep();
    expect(new Set(owners(world))).toEqual(
      new Set([`${OSLOS} ${OSLO}`, `${BERGENS} ${BERGEN}`, `${RESOURCE} ${DEPLOYMENT}`]),
    );
    expect(owners(world)).toHaveLength(5);
    const told = await toldOf(world);
    expect(told).toEqual(
      expect.arrayContaining(["oslo sent", "oslo read", "taken back cancelled cancelled", "own sent"]),
    );
    expect(told.filter((one) => one === "bergen sent")).toHaveLength(2);
    expect([...events(world, "checkFailed"), ...events(world, "altinnRefusesOurSetUp")]).toEqual([]);
    // Each line that tells of a letter says whose it is.
    const senders = [...events(world, "dispatchSent"), ...events(world, "dispatchWaiting")].map(senderIn);
    expect(new Set(senders)).toEqual(new Set(["oslo", "bergen", undefined]));
    expect(events(world, "dispatchEnded").map(senderIn)).toEqual(["oslo"]);
  });

  test("uploads files that many share as itself", async () => {
    await using world = await start();
    await world.putAttachment("cases/1/vedtak.pdf", Buffer.from("file"));
    const recipients = [organization(20), organization(21)];
    await world.drop(on(OSLOS, "files", { recipients, attachments: [anAttachment()] }));
    await world.settle(HOUR);
    expect(owners(world)).toEqual([`${OSLOS} ${OSLO}`, `${OSLOS} ${OSLO}`]);
  });

  test("is told where it wants to be told, whatever became of its letters, and whoever names a queue there", async () => {
    await using world = await start([{ ...oslo, statusQueue: "oslo-status" }, bergen]);
    await world.drop(on(OSLOS, "oslo"));
    await world.drop(on(OSLOS, "wrong", { content: { messageTitle: "" } }));
    await world.drop(on(OSLOS, "named", { request: { statusQueue: "bergen-status" } }));
    await world.drop(on(BERGENS, "bergen"));
    await world.settle(MINUTE);
    await world.sweep();
    expect(await toldOf(world, "oslo-status")).toEqual([
      "oslo sent",
      "wrong rejected invalidRequest",
      "oslo published",
    ]);
    expect(events(world, "requestRejected").map(senderIn)).toEqual(["oslo"]);
    expect(await toldOf(world, "bergen-status")).toEqual(["named sent", "named published"]);
    expect(await toldOf(world)).toEqual(["bergen sent", "bergen published"]);
  });
});

describe("a sender that Altinn refuses", () => {
  test("waits, and is named; the letters of others go out, whoever of the two comes first", async () => {
    // Maskinporten refuses the one a token, Altinn the other its resource.
    const noToken = { ...oslo, scopes: ["altinn:not-given"] };
    const noAccess = { name: "voss", resources: [`org${BERGEN}-others`], consumerOrg: OSLO };
    await using world = await start([noToken, noAccess, bergen]);
    for (let index = 0; index < 8; index++) {
      await world.drop(on(OSLOS, `oslo ${index}`));
      await world.drop(on(`org${BERGEN}-others`, `voss ${index}`));
    }
    await world.drop(on(BERGENS, "bergen"));
    await world.drop(aLetter({ id: "own" }));
    await world.run();
    expect(await toldOf(world)).toEqual(["bergen sent", "own sent"]);
    const named = events(world, "altinnRefusesOurSetUp");
    expect(named).toHaveLength(16);
    expect(named).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sender: "oslo", resourceId: OSLOS, "http.response.status_code": 400 }),
        expect.objectContaining({ sender: "voss", "http.response.status_code": 401, errorCode: 4001 }),
      ]),
    );
    expect(events(world, "breakerOpen")).toEqual([]);
    const healthOf = (name?: string) =>
      checkHealth(world.app.health, name === undefined ? undefined : world.app.health.senders.named(name));
    expect(await healthOf()).toMatchObject({ healthy: true });
    expect(await healthOf("bergen")).toMatchObject({ healthy: true, sending: "ok" });
    expect(await healthOf("oslo")).toMatchObject({ token: "POST maskinporten token fails, 400, invalid_scope" });
    expect(await healthOf("voss")).toMatchObject({
      healthy: false,
      token: "ok",
      altinn: expect.stringContaining("4001"),
    });
    // Somebody mends it: nothing was lost.
    await world.restart({ SENDERS: JSON.stringify([oslo, { ...noAccess, consumerOrg: BERGEN }, bergen]) });
    await world.settle(2 * HOUR);
    expect(world.letters()).toHaveLength(18);
  });
});

describe("the own queue of a sender", () => {
  const own = [
    { ...oslo, ownQueue: true, statusQueue: "oslo-status" },
    { ...bergen, statusQueue: "bergen-status" },
  ];

  test("takes that sender's letters, and no other's; what is refused is told to nobody else", async () => {
    await using world = await start(own);
    await world.drop(on(OSLOS, "oslo"), OSLO_QUEUE);
    await world.drop(on(BERGENS, "for bergen", { request: { statusQueue: "bergen-status" } }), OSLO_QUEUE);
    await world.drop(on(BERGENS, "for bergen, too"), OSLO_QUEUE);
    await world.drop(aLetter({ id: "for the deployment" }), OSLO_QUEUE);
    await world.drop("no request", OSLO_QUEUE);
    // What has a queue of its own is not sent on that of all.
    await world.drop(on(OSLOS, "by the wrong way"));
    await world.settle(MINUTE);
    expect(owners(world)).toEqual([`${OSLOS} ${OSLO}`]);
    const refused = (await world.announcements("oslo-status")).filter(({ data }) => data.status === "rejected");
    expect(refused.map(({ data }) => data.reason)).toEqual([
      "resourceNotAllowed",
      "resourceNotAllowed",
      "resourceNotAllowed",
      "invalidRequest",
    ]);
    expect(refused[1]?.data.problems?.[0]?.message).toBe(
      "Is not a resource of the sender oslo, whose queue this came on (setting SENDERS).",
    );
    expect(await toldOf(world, "bergen-status")).toEqual([]);
    expect(await toldOf(world)).toEqual(["by the wrong way rejected resourceNotAllowed"]);
  });

  test("names that sender's blobs alone, of files and of requests", async () => {
    await using world = await start(own);
    await world.putAttachment("bergen/secret.pdf", Buffer.from("file"));
    await world.putAttachment("oslo/own.pdf", Buffer.from("file"));
    await world.drop(on(OSLOS, "theirs", { attachments: [anAttachment({ blob: "bergen/secret.pdf" })] }), OSLO_QUEUE);
    await world.drop({ requestBlob: "bergen/request.json" }, OSLO_QUEUE);
    await world.drop(on(OSLOS, "ours", { attachments: [anAttachment({ blob: "oslo/own.pdf" })] }), OSLO_QUEUE);
    await world.settle(MINUTE);
    const dead = await world.deadLetters();
    expect(JSON.stringify(dead.map(({ value }) => value.problems))).toContain("blobOfAnother");
    expect(dead).toHaveLength(2);
    expect(await toldOf(world, "oslo-status")).toContain("ours sent");
    expect(world.letters()).toHaveLength(1);
  });

  test("cancels that sender's letters alone, known or still to come", async () => {
    await using world = await start(own);
    const requestedPublishTime = new Date(world.clock.now() + 2 * DAY).toISOString();
    const letter = { requestedPublishTime };
    await world.drop(on(BERGENS, "bergens", { letter }));
    await world.drop(on(OSLOS, "oslos", { letter }), OSLO_QUEUE);
    await world.run();
    const ofBergen = world.letters().find(({ owner }) => owner === BERGEN)?.correspondenceId;
    for (const target of [
      { requestId: "bergens" },
      { correspondenceId: ofBergen },
      { requestId: "to come" },
      { requestId: "oslos" },
    ]) {
      await world.drop({ cancel: target }, OSLO_QUEUE);
    }
    await world.settle(HOUR);
    await world.drop(on(BERGENS, "to come"));
    await world.settle(HOUR);
    const statuses = world.letters().map(({ owner, status }) => `${owner === OSLO ? "oslo" : "bergen"} ${status}`);
    expect(statuses.sort()).toEqual(["bergen Published", "bergen ReadyForPublish", "oslo PurgedByAltinn"]);
    expect(await toldOf(world, "oslo-status")).toEqual(
      expect.arrayContaining(["oslos cancelled cancelled", "to come cancelPending", "cancelUnknown"]),
    );
    expect(await toldOf(world, "bergen-status")).not.toContain("bergens cancelled cancelled");
    expect(await toldOf(world)).toEqual([]);
  });

  test("has a poison queue of its own, and a replay is held to what may be dropped there", async () => {
    await using world = await start(own);
    await world.drop(on(BERGENS, "forged"), OSLO_QUEUE);
    await world.drop(on(OSLOS, "healthy"), OSLO_QUEUE);
    const [forged, healthy] = await world.host.waiting(OSLO_QUEUE);
    for (const message of [forged, healthy]) if (message) await world.host.poison(message);
    expect(await world.host.waiting(poisonQueueOf(OSLO_QUEUE))).toHaveLength(2);
    await world.settle(HOUR);
    expect(owners(world)).toEqual([`${OSLOS} ${OSLO}`]);
    const [dead] = await world.deadLetters();
    expect(dead?.value).toMatchObject({ reason: "resourceNotAllowed", sender: "oslo" });
    const replay = { version: 1, deadLetter: dead?.name, epoch: 0 };
    await world.drop(replay, QUEUES.dispatches);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(1);
    expect((await world.deadLetters()).map(({ value }) => value.reason)).toEqual(["resourceNotAllowed"]);
    // Whose rules it was refused by is gone with the sender.
    await world.restart({ SENDERS: JSON.stringify([bergen]) });
    await world.drop({ ...replay, epoch: 1 }, QUEUES.dispatches);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(1);
  });
});

describe("many letters of one sender", () => {
  /** How many letters of Oslo's Altinn had taken before the first of Bergen's. */
  const aheadOf = (world: World) => owners(world).indexOf(`${BERGENS} ${BERGEN}`);
  const startMany = (senders: readonly object[]) => {
    const settings = { SENDERS: JSON.stringify(senders) };
    return World.start(storage, { settings, batchSize: 16 });
  };

  test("on its own queue delay a single letter of another by no more than are under way at once", async () => {
    await using world = await startMany([{ ...oslo, ownQueue: true }, bergen]);
    for (let index = 0; index < 100; index++) await world.drop(on(OSLOS, `oslo ${index}`), OSLO_QUEUE);
    await world.drop(on(BERGENS, "bergen"));
    await world.run();
    expect(world.letters()).toHaveLength(101);
    expect(aheadOf(world)).toBeLessThanOrEqual(16);
  });

  test("by one request, too: also a letter that has to be tried again, and a request to many of another", async () => {
    await using world = await startMany([{ ...oslo, ownQueue: true }, bergen]);
    const recipients = Array.from({ length: 100 }, (_, index) => organization(index));
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 429 } });
    await world.drop(on(BERGENS, "again"));
    await world.run();
    world.clearFaults();
    await world.drop(on(OSLOS, "oslo", { recipients }), OSLO_QUEUE);
    await world.drop(on(BERGENS, "bergen", { recipients: [organization(20), organization(21)] }));
    world.clock.advance(15 * SECOND);
    await world.run();
    // One of the hundred is in no register.
    expect(world.letters()).toHaveLength(102);
    expect(aheadOf(world)).toBeLessThanOrEqual(16);
    const last = owners(world).lastIndexOf(`${BERGENS} ${BERGEN}`);
    expect(last).toBeLessThanOrEqual(32);
  });
});

describe("the brake of a sender", () => {
  test("stops its letters alone, and what waited goes out when it is lifted", async () => {
    await using world = await start();
    const { documents } = world.app.sending.store;
    const set = (isOn: boolean) =>
      setBrake(documents, { isOn, reason: "operator", now: world.clock.now(), sender: "oslo" });
    await set(true);
    const many = [organization(20), organization(21)];
    await world.drop(on(OSLOS, "oslo"));
    await world.drop(on(OSLOS, "many", { recipients: many }));
    await world.drop(on(BERGENS, "bergen"));
    await world.settle(40 * MINUTE);
    await world.sweep();
    await world.run();
    expect(owners(world)).toEqual([`${BERGENS} ${BERGEN}`]);
    const { health } = world.app;
    expect((await checkHealth(health)).sending).toBe("stopped for oslo: their own brake is on");
    expect((await checkHealth(health, health.senders.named("oslo"))).sending).toContain("stopped");
    expect((await checkHealth(health, health.senders.named("bergen"))).sending).toBe("ok");
    // Nothing was forgotten, though a sweep came by.
    expect([...events(world, "dispatchPutBack"), ...events(world, "preparationPutBack")]).toEqual([]);
    expect(events(world, "brakeOn")).toEqual([expect.objectContaining({ reason: "operator", sender: "oslo" })]);
    // An older version of the app knows nothing of it, and leaves it alone.
    await setBrake(documents, { isOn: true, reason: "operator", now: world.clock.now() });
    await setBrake(documents, { isOn: false, reason: "operator", now: world.clock.now() });
    expect((await readBrake(documents))?.senders?.oslo?.isOn).toBe(true);
    await set(false);
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(4);
  });

  test("is pulled by its own limit, in every instance, and counts anew once lifted", async () => {
    await using world = await start([{ ...oslo, maxLettersPerHour: 3 }, bergen]);
    const { documents } = world.app.sending.store;
    for (let index = 0; index < 6; index++) {
      await world.drop(on(OSLOS, `oslo ${index}`));
      await world.drop(on(BERGENS, `bergen ${index}`));
    }
    await world.run();
    const sent = () => owners(world).filter((one) => one.startsWith(OSLOS)).length;
    expect(sent()).toBe(3);
    expect(world.letters()).toHaveLength(9);
    expect((await readBrake(documents))?.senders).toMatchObject({ oslo: { isOn: true, reason: "tooManyLetters" } });
    expect((await readBrake(documents))?.isOn).toBe(false);
    await world.restart();
    await world.drop(on(OSLOS, "another"));
    await world.advance(10 * MINUTE);
    expect(sent()).toBe(3);
    await setBrake(documents, { isOn: false, reason: "operator", now: world.clock.now(), sender: "oslo" });
    world.clock.advance(31 * SECOND);
    await world.settle(10 * MINUTE);
    expect(sent()).toBe(6);
  });

  test("by another instance's letters too: they tell each other once a minute", async () => {
    await using world = await start([{ ...oslo, maxLettersPerHour: 3 }, bergen]);
    for (let index = 0; index < 2; index++) {
      await world.drop(on(OSLOS, `oslo ${index}`));
      await world.run();
      world.clock.advance(61 * SECOND);
    }
    await world.drop(on(OSLOS, "the third"));
    await world.run();
    await world.restart();
    world.clock.advance(61 * SECOND);
    await world.drop(on(OSLOS, "too many"));
    await world.run();
    expect(world.letters()).toHaveLength(3);
  });
});

test("without senders the settings of the brake and the hourly counts stay as they were", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "one" }));
  await world.run();
  world.forgetCalls();
  await world.drop(aLetter({ id: "two" }));
  await world.run();
  const calls = world.calls.filter((call) => !call.startsWith("queue"));
  expect(calls).toHaveLength(3);
});
