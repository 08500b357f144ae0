// Cancelling: what is not published yet is purged, what waits is stopped, and each letter's producer is told which.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { sendRequest } from "../../shared/intake/sendRequest.ts";
import { setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, LOOK_UP, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const PURGE = /^altinn DELETE \/correspondence\/api\/v1\/correspondence\/\{id\}\/purge$/;
const NO_PURGE = { step: PURGE, phase: "before", action: { status: 503 } } as const;
const REQUEST = { cancel: { requestId: "c" } };
const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";
const THREE = [20, 21, 22].map((index) => organization(index));

/** A letter that is published in two days. */
function aLaterLetter(world: World, overrides: { recipients?: readonly string[]; letter?: object } = {}): object {
  const requestedPublishTime = timestamp(world.clock.now() + 2 * DAY);
  return aLetter({ id: "c", ...overrides, letter: { requestedPublishTime, ...overrides.letter } });
}

function count(world: World, call: RegExp): number {
  return world.calls.filter((name) => call.test(name)).length;
}

function statuses(world: World): string[] {
  return world.letters().map(({ status }) => status);
}

describe("a letter that is not published yet", () => {
  test("is purged: sent, then cancelled, and the letter's record is settled", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(statuses(world)).toEqual(["PurgedByAltinn"]);
    expect(await world.ends()).toEqual(["sent", "cancelled cancelled"]);
    const [letter] = world.letters();
    const told = (await world.announcements()).find(({ type }) => type.endsWith("dispatch.cancelled"));
    expect(told?.data).toMatchObject({ requestId: "c", correspondenceId: letter?.correspondenceId });
    expect(told?.data).not.toHaveProperty("deadLetter");
    expect(await world.deadLetters()).toEqual([]);
    expect(await requestProgress(world.app.sending, "c")).toMatchObject({
      sent: 0,
      ended: { cancelled: 1 },
      waiting: 0,
    });
    // Nothing is left to ask Altinn about.
    world.forgetCalls();
    await world.sweep();
    expect(count(world, /^altinn /)).toBe(0);
  });

  test("is purged by Altinn's own id", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world, { recipients: THREE }));
    await world.settle(HOUR);
    const [, second] = world.letters();
    await world.drop({ CANCEL: { CorrespondenceId: second?.correspondenceId.toUpperCase() } });
    await world.settle(HOUR);
    expect(statuses(world).sort()).toEqual(["PurgedByAltinn", "ReadyForPublish", "ReadyForPublish"]);
    expect(await world.ends()).toEqual(["sent", "sent", "sent", "cancelled cancelled"]);
    expect(await requestProgress(world.app.sending, "c")).toMatchObject({ sent: 2, ended: { cancelled: 1 } });
  });

  test("is purged by an id that was told before it was recorded", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    const [letter] = world.letters();
    const record = world.storage.blobs
      .getContainerClient(CONTAINERS.state)
      .getBlockBlobClient(`correspondences/${letter?.correspondenceId}.json`);
    const content = await record.downloadToBuffer();
    await record.delete();
    await world.drop({ cancel: { correspondenceId: letter?.correspondenceId } });
    await world.settle(MINUTE);
    expect(await world.ends()).toEqual(["sent", "cancelPending"]);
    await record.uploadData(content);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent", "cancelPending", "cancelled cancelled"]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("is purged while its POST is still being answered", async () => {
    await using world = await World.start(storage);
    const { sending } = world.app;
    const altinn = sending.altinn(RESOURCE);
    const initialize = altinn.initialize.bind(altinn);
    const begun = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    Object.assign(altinn, {
      initialize: async (body: object) => {
        begun.resolve();
        await cancelled.promise;
        return initialize(body);
      },
    });
    const posting = sendRequest(sending, aLaterLetter(world), { messageId: "1" });
    await begun.promise;
    await sendRequest(sending, REQUEST, { messageId: "2" });
    await world.run();
    cancelled.resolve();
    await posting;
    await world.settle(HOUR);
    expect(statuses(world)).toEqual(["PurgedByAltinn"]);
    expect(new Set(await world.ends())).toEqual(new Set(["sent", "cancelled cancelled"]));
    expect((await world.ends()).at(-1)).toBe("cancelled cancelled");
  });

  test("is purged while the brake is on", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    const { documents } = world.app.sending.store;
    await setBrake(documents, { isOn: true, reason: "operator", now: world.clock.now() });
    world.clock.advance(MINUTE);
    await world.drop(REQUEST);
    await world.run();
    expect(await world.ends()).toEqual(["sent", "cancelled cancelled"]);
  });

  test("4: posted, killed; a cancel comes before the redelivery: sent is told first, then it is purged", async () => {
    await using world = await World.start(storage);
    const dueDateTime = timestamp(world.clock.now() + 9 * DAY);
    await world.drop(aLaterLetter(world, { letter: { isConfirmationNeeded: true, dueDateTime } }));
    world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    await world.drop(REQUEST);
    await world.run();
    expect(statuses(world)).toEqual(["PurgedByAltinn"]);
    expect(await world.ends()).toEqual(["sent", "cancelled cancelled"]);
    // Nothing but its intent had been kept: Altinn tells what following a letter has to know.
    expect(await world.records("correspondences")).toMatchObject([{ link: { isConfirmationNeeded: true } }]);
    await world.settle(HOUR);
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(3);
    expect(await world.deadLetters()).toEqual([]);
  });
});

describe("a purge", () => {
  const answers = (status: number, errorCode: number) => (world: World) => {
    const body = { status, title: "No", code: `CORR-0${errorCode}`, errorCode };
    world.simulator.control.fault({ method: "DELETE", status, contentType: "application/json", body });
  };
  const CANCELLED = { status: "cancelled", reason: "cancelled" };

  test.each([
    ["fails for a while", (world: World) => world.fault({ ...NO_PURGE, times: 3 }), 4, CANCELLED],
    [
      "works, its answer lost",
      (world: World) => world.fault({ step: PURGE, phase: "after", action: "cut" }),
      2,
      CANCELLED,
    ],
    ["answers 404, though the letter is there", answers(404, 1001), 2, CANCELLED],
    ["is refused, as of a transmission", answers(400, 1043), 1, { status: "tooLate", errorCode: 1043 }],
  ])("that %s", async (_, meets, purges, told) => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    meets(world);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(count(world, PURGE)).toBe(purges);
    const [sent, end, ...others] = (await world.announcements()).filter(({ type }) => type.includes(".dispatch."));
    expect(sent?.data.status).toBe("sent");
    expect(end?.data).toMatchObject(told);
    expect(others).toEqual([]);
  });

  test("that fails until long after the publish time was too late", async () => {
    await using world = await World.start(storage, { settings: { GIVE_UP_AFTER_HOURS: "1" } });
    await world.drop(aLaterLetter(world));
    await world.run();
    world.fault({ ...NO_PURGE, times: 99 });
    await world.drop(REQUEST);
    await world.settle(2 * DAY);
    expect(await world.ends()).toEqual(["sent"]);
    await world.settle(DAY);
    expect(await world.ends()).toEqual(["sent", "tooLate altinnKeepsFailing"]);
  });

  test("is told by the lists where a failure hides it", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "failed");
    world.fault({ step: PURGE, phase: "after", action: "cut" });
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent", "cancelled cancelled"]);
  });

  test("of a letter that is published is too late, also if its recipient has purged it", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "c" }));
    await world.drop(aLetter({ id: "other", recipients: THREE.slice(1, 2) }));
    await world.settle(HOUR);
    await world.simulator.control.act(world.letters()[1]?.correspondenceId ?? "", "purgedByRecipient");
    await world.drop(REQUEST);
    await world.drop({ cancel: { requestId: "other" } });
    await world.settle(HOUR);
    expect(statuses(world)).toEqual(["Published", "PurgedByRecipient"]);
    expect(await world.ends()).toEqual(["sent", "sent", "tooLate", "tooLate"]);
    expect(await requestProgress(world.app.sending, "c")).toMatchObject({ sent: 1, ended: { cancelled: 0 } });
    expect(count(world, PURGE)).toBe(2);
  });
});

describe("a letter that does not exist", () => {
  test("10: the cancel overtakes its request: cancelled, no call", async () => {
    await using world = await World.start(storage);
    await world.drop(REQUEST);
    await world.run();
    expect(await world.told()).toEqual(["cancelPending"]);
    expect(await requestProgress(world.app.sending, "c")).toBeUndefined();
    await world.settle(6 * DAY);
    await world.sweep();
    world.forgetCalls();
    await world.drop(aLetter({ id: "c" }));
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["cancelPending", "cancelled cancelled"]);
    expect(count(world, /^altinn /)).toBe(0);
    // Another message with that id says so again.
    await world.drop(aLetter({ id: "c" }));
    await world.settle(HOUR);
    expect((await world.told()).slice(2)).toEqual(["cancelled cancelled", "duplicate"]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("10: so also for many, and through the poison queue", async () => {
    await using world = await World.start(storage);
    await world.drop(REQUEST, poisonQueueOf(QUEUES.requests));
    await world.run();
    world.forgetCalls();
    await world.drop(aLetter({ id: "c", recipients: THREE }), poisonQueueOf(QUEUES.requests));
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["cancelPending", ...Array(3).fill("cancelled cancelled")]);
    expect(count(world, /^altinn /)).toBe(0);
    expect(await requestProgress(world.app.sending, "c")).toMatchObject({ ended: { cancelled: 3 }, waiting: 0 });
    expect(await world.deadLetters()).toEqual([]);
  });

  test("is not sent any more: what waited for Altinn is cancelled once it is certain that nothing exists", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: "cut", times: 99 });
    await world.drop(aLetter({ id: "c" }));
    await world.run();
    await world.drop(REQUEST);
    await world.settle(5 * MINUTE);
    expect(await world.told()).toEqual([]);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["cancelled cancelled"]);
    expect(world.letters()).toEqual([]);
    expect(await world.deadLetters()).toEqual([]);
    const posts = count(world, POST_LETTER);
    await world.settle(DAY);
    expect(count(world, POST_LETTER)).toBe(posts);
  });

  test("and of which nobody can find out: outcomeUnknown, with its request", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: "cut", times: 99 });
    world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 999 });
    await world.drop(aLetter({ id: "c" }));
    await world.run();
    await world.drop(REQUEST);
    await world.settle(26 * HOUR);
    expect(await world.told()).toEqual(["outcomeUnknown cancelled"]);
    const [dead] = await world.deadLetters();
    expect(dead?.value.request).toEqual(aLetter({ id: "c" }));
  });

  test("since it was rejected: the rejection is told again", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "c", recipients: [RESERVED_PERSON] }));
    await world.settle(HOUR);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["rejected recipientReserved", "rejected recipientReserved"]);
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(1);
    expect(await world.deadLetters()).toHaveLength(1);
  });

  test("and whose cancel breaks a rule: refused at once", async () => {
    await using world = await World.start(storage);
    await world.drop({ cancel: { requestId: "" } });
    await world.run();
    expect((await world.announcements())[0]?.data.problems).toMatchObject([{ path: "cancel.requestId" }]);
    expect(await world.deadLetters()).toHaveLength(1);
  });
});

describe("what is not known here", () => {
  const TOLD_TWICE = ["cancelPending", "cancelUnknown"];

  test("a letter: told at once, under Altinn's id of it, and again when nobody has claimed it for ten minutes", async () => {
    await using world = await World.start(storage);
    const correspondenceId = crypto.randomUUID();
    await world.drop({ cancel: { correspondenceId } });
    await world.run();
    expect(await world.told()).toEqual(["cancelPending"]);
    const [pending] = await world.announcements();
    expect(pending).toMatchObject({ subject: correspondenceId, data: { correspondenceId } });
    const until = Date.parse(pending?.data.keptUntil ?? "");
    await world.settle(until - world.clock.now() - 1);
    expect(await world.told()).toHaveLength(1);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(TOLD_TWICE);
    expect((await world.announcements())[1]?.data).toMatchObject({ correspondenceId, detail: expect.any(String) });
    expect(await world.deadLetters()).toEqual([]);
  });

  test("a letter, while the brake is on: not called unknown before it is lifted", async () => {
    await using world = await World.start(storage);
    const { documents } = world.app.sending.store;
    await setBrake(documents, { isOn: true, reason: "operator", now: world.clock.now() });
    await world.drop({ cancel: { correspondenceId: crypto.randomUUID() } });
    await world.settle(2 * HOUR);
    expect(await world.told()).toEqual(["cancelPending"]);
    await setBrake(documents, { isOn: false, reason: "operator", now: world.clock.now() });
    await world.settle(HOUR);
    expect(await world.told()).toEqual(TOLD_TWICE);
  });

  test("a request: told at once, also a second time, and again when it has not come for seven days; then it is sent", async () => {
    await using world = await World.start(storage);
    await world.drop(REQUEST);
    await world.run();
    await world.drop(REQUEST);
    await world.run();
    const pending = await world.announcements();
    expect(pending.map(({ data }) => data)).toEqual(Array(2).fill(expect.objectContaining({ requestId: "c" })));
    expect(pending[0]?.data.keptUntil).toBe(timestamp(world.clock.now() + 7 * DAY));
    expect(pending[1]?.id).toBe(pending[0]?.id);
    world.clock.advance(7 * DAY - MINUTE);
    await world.sweep();
    expect(await world.told()).toEqual(["cancelPending", "cancelPending"]);
    world.clock.advance(2 * MINUTE);
    await world.sweep();
    await world.sweep();
    expect(await world.told()).toEqual(["cancelPending", ...TOLD_TWICE]);
    expect(await world.records("requests")).toEqual([]);
    await world.drop(aLetter({ id: "c" }));
    await world.settle(MINUTE);
    expect((await world.ends()).slice(3)).toEqual(["sent"]);
  });

  test("a request, again when its time has passed and no sweep has said so: kept for seven days more", async () => {
    await using world = await World.start(storage);
    await world.drop(REQUEST);
    await world.run();
    world.clock.advance(8 * DAY);
    await world.drop(REQUEST);
    await world.run();
    const [, again] = await world.announcements();
    expect(again?.data.keptUntil).toBe(timestamp(world.clock.now() + 7 * DAY));
    await world.sweep();
    expect(await world.told()).toEqual(["cancelPending", "cancelPending"]);
    await world.drop(aLetter({ id: "c" }));
    await world.settle(HOUR);
    expect(await world.told()).toContain("cancelled cancelled");
  });

  describe("a request whose cancel is recorded as expired, and not told yet", () => {
    async function expired(): Promise<World> {
      const world = await World.start(storage);
      await world.drop(REQUEST);
      await world.run();
      world.clock.advance(8 * DAY);
      world.fault({ step: /^queue POST correspondence-status/, phase: "before", action: { status: 403 } });
      await world.sweep();
      world.clearFaults();
      return world;
    }

    test("is told by the next sweep", async () => {
      await using world = await expired();
      await world.sweep();
      expect(await world.told()).toEqual(TOLD_TWICE);
    });

    test("is sent when it comes", async () => {
      await using world = await expired();
      await world.drop(aLetter({ id: "c" }));
      await world.settle(HOUR);
      await world.sweep();
      expect(await world.ends()).toEqual([...TOLD_TWICE, "sent"]);
      expect(world.letters()).toHaveLength(1);
    });

    test("is cancelled when another cancel comes before it", async () => {
      await using world = await expired();
      await world.drop(REQUEST);
      await world.run();
      await world.sweep();
      await world.drop(aLetter({ id: "c" }));
      await world.settle(HOUR);
      expect(await world.told()).toEqual(["cancelPending", "cancelPending", "cancelled cancelled"]);
      expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(3);
    });
  });
});

describe("many recipients", () => {
  test("each that is not published is purged, each that is is told as too late", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world, { recipients: [...THREE, RESERVED_PERSON] }));
    await world.settle(HOUR);
    await world.simulator.control.act(world.letters()[0]?.correspondenceId ?? "", "published");
    await world.drop(REQUEST);
    await world.settle(HOUR);
    const told = (await world.ends()).filter((item) => item !== "sent");
    expect(told.sort()).toEqual([
      "cancelled cancelled",
      "cancelled cancelled",
      "rejected recipientReserved",
      "rejected recipientReserved",
      "tooLate",
    ]);
    expect(await requestProgress(world.app.sending, "c")).toMatchObject({
      sent: 1,
      ended: { cancelled: 2, rejected: 1 },
      waiting: 0,
    });
    // Once more: the same is said with the same ids.
    world.forgetCalls();
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(await world.ends()).toHaveLength(12);
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(9);
    expect(count(world, /^altinn /)).toBe(0);
  });

  test("recorded, killed before its content was kept; the cancel comes before the redelivery: each is cancelled", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world, { recipients: THREE }));
    world.fault({ step: /^blob PUT correspondence-accepted/, phase: "before", action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    const [request] = await world.host.waiting(QUEUES.requests);
    if (!request) throw new Error("The message of the request is gone");
    const { sending } = world.app;
    expect(await sendRequest(sending, REQUEST, { messageId: "the cancel" })).toBe("cancelling");
    const [step] = await world.host.waiting(QUEUES.dispatches);
    if (step) await world.handle(step);
    await world.settle(HOUR);
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
    expect(await world.told()).toEqual(Array(3).fill("cancelled cancelled"));
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("in the middle of its uploads the request stops, and what was uploaded is purged", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: 10 * MINUTE } });
    await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
    const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
    await world.drop(aLetter({ id: "c", recipients: THREE, attachments }));
    await world.run();
    expect(world.simulator.control.attachments()).toHaveLength(1);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
    expect(await world.told()).toEqual(Array(3).fill("cancelled cancelled"));
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual(["Purged"]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("between its uploads and its letters: the sweep finds the uploads unused", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: MINUTE } });
    await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
    const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
    const requestedPublishTime = timestamp(world.clock.now() + 2 * DAY);
    await world.drop(aLetter({ id: "c", recipients: THREE, attachments, letter: { requestedPublishTime } }));
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 429 }, times: 99 });
    await world.settle(3 * MINUTE);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(Array(3).fill("cancelled cancelled"));
    await world.sweep();
    await world.settle(HOUR);
    expect(world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual(["Purged"]);
  });

  test("a request that ended as a whole is told again", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: MINUTE } });
    await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
    const attachments = [{ fileName: "eicar.txt", sendersReference: "a", blob: "a.pdf" }];
    await world.drop(aLetter({ id: "c", recipients: THREE, attachments }));
    await world.settle(HOUR);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["rejected scanFailed", "rejected scanFailed"]);
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(1);
  });
});

describe("the same cancel again", () => {
  test("makes no second call, and says the same with the same id", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    await Promise.all([world.drop(REQUEST), world.drop(REQUEST)]);
    await world.settle(HOUR);
    await world.drop(REQUEST);
    await world.settle(HOUR);
    expect(count(world, PURGE)).toBe(1);
    expect(new Set(await world.ends())).toEqual(new Set(["sent", "cancelled cancelled"]));
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(3);
  });

  test("of two instances at once comes to one end", async () => {
    await using world = await World.start(storage);
    await world.drop(aLaterLetter(world));
    await world.run();
    const { sending } = world.app;
    await Promise.all([1, 2].map((n) => sendRequest(sending, REQUEST, { messageId: `${n}` })));
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.all(messages.map((message) => world.handle(message)));
    await world.settle(HOUR);
    expect(new Set(await world.ends())).toEqual(new Set(["sent", "cancelled cancelled"]));
    expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(3);
    expect(await world.host.waiting()).toEqual([]);
  });
});
