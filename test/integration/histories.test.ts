// Histories that a sender must survive: the process dies, answers are lost, messages come twice or in another order.
// "Dies" means an app that is cut off from everything at the step named, and at the first one of all a child process that is
// killed; what goes on afterwards remembers nothing of it.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, INITIALIZE, LOOK_UP, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** Handles what is due by an app for each message, of which one dies; what goes on afterwards is new, until all is done. */
async function dieThenGoOn(world: World, step: RegExp, phase: "before" | "after"): Promise<void> {
  world.fault({ step, phase, action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  await world.settle(HOUR);
}

const REQUEST_RECORD = /^blob PUT correspondence-state\/requests$/;
const CORRESPONDENCE_RECORD = /^blob PUT correspondence-state\/correspondences$/;
const DEAD_LETTER = /^blob PUT correspondence-dead-letters/;
const ANNOUNCEMENT = /^queue POST correspondence-status$/;
const PUT_DISPATCH = /^queue POST dispatches$/;
const DISPATCH_RECORD = /^blob PUT correspondence-state\/dispatches$/;

test("1: posted, killed; redeliveries die at the start; the poison queue's copy is put back: one letter, sent", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter());
  world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
  await world.run({ inChild: true });
  world.clearFaults();
  expect(world.letters()).toHaveLength(1);
  // From then on each app dies at its first call to storage.
  world.fault({ step: /^blob /, phase: "before", action: "kill", times: 1000 });
  for (let delivery = 0; delivery < 4; delivery++) {
    world.clock.advance(MINUTE);
    await world.run({ anew: true });
  }
  expect(await world.host.waiting("correspondence-requests-poison")).toHaveLength(1);
  world.clearFaults();
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent"]);
});

test("2: an SDK repeats its put, without an id: one letter", async () => {
  await using world = await World.start(storage);
  await Promise.all([world.drop(aLetter()), world.drop(aLetter())]);
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(1);
  expect((await world.ends()).sort()).toEqual(["duplicate", "sent"]);
});

test("3: posted, killed; before the redelivery the due date passes: sent, never rejected", async () => {
  await using world = await World.start(storage);
  const dueDateTime = new Date(world.clock.now() + 5 * MINUTE).toISOString();
  await world.drop(aLetter({ id: "due", letter: { dueDateTime } }));
  world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  world.clock.advance(HOUR);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("3: posted, killed; before the redelivery stricter rules are deployed: sent, never rejected", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "strict" }));
  world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  await world.restart({ ALTINN_RESOURCES: "cases" });
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

test("5: every POST times out for 72 hours, though the first one worked: sent after a look-up", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut", times: 1000 });
  await world.drop(aLetter({ id: "silent" }));
  await world.settle(3 * DAY);
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent"]);
});

test("5: and where look-ups fail as well: nobody is told that it was not sent", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut", times: 1000 });
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 1000 });
  await world.drop(aLetter({ id: "silent" }));
  await world.settle(8 * DAY);
  const told = await world.ends();
  expect(told.filter((item) => /gaveUp|rejected/.test(item))).toEqual([]);
  world.clearFaults();
  await world.settle(2 * DAY);
  expect((await world.ends()).at(-1)).toMatch(/^(sent|outcomeUnknown.*)$/);
});

test("6: 409, but looking it up fails for 72 hours: an alert, then sent", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 1000 });
  await world.drop(aLetter({ id: "no-id" }));
  await world.settle(3 * DAY);
  expect(await world.ends()).toEqual([]);
  expect(world.logs.join("\n")).toContain("letterExistsButIdUnknown");
  world.clearFaults();
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["sent"]);
});

test("7: A posts and dies; B comes with A's id; A is redelivered: A sent, B a dead letter of its own", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "x", content: { messageTitle: "A" } }));
  world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  await world.drop(aLetter({ id: "x", content: { messageTitle: "B" } }));
  await world.settle(HOUR);
  expect((await world.ends()).sort()).toEqual(["rejected requestIdReused", "sent"]);
  expect(world.letters()).toHaveLength(1);
  const dead = await world.deadLetters();
  expect(dead).toHaveLength(1);
  expect(dead[0]?.name).toMatch(/^[0-9a-f-]{36}-[0-9a-f]{64}\.json$/);
  expect(JSON.stringify(dead[0]?.value.request)).toContain('"B"');
});

test("8: the first POST's answer is 409 for our own letter: sent", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    workFirst: true,
    status: 409,
    contentType: "application/json",
    body: JSON.stringify({ status: 409, title: "Conflict", code: "CORR-01034", errorCode: 1034 }),
    times: 1,
  });
  await world.drop(aLetter({ id: "own-409" }));
  await world.run();
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.letters()).toHaveLength(1);
});

test("9: refused as reserved, killed after recording; no longer reserved at the redelivery: rejected once, no second call", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "reserved", recipients: ["urn:altinn:person:identifier-no:02014900120"] }));
  world.fault({ step: DEAD_LETTER, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  expect(await world.ends()).toEqual([]);
  world.forgetCalls();
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toEqual([]);
});

test("12: the next message was put, killed before the record said so, the old one comes again: one chain", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "chain" }));
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 1000 });
  await world.run();
  // The second put on `dispatches`: by sendDispatch, which then dies.
  world.clock.advance(MINUTE);
  world.fault({ step: PUT_DISPATCH, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 4 });
  await world.settle(2 * HOUR);
  expect((await world.host.waiting(QUEUES.dispatches)).length).toBeLessThanOrEqual(1);
  world.clearFaults();
  await world.settle(DAY);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
});

test("15: the same wrong message again after midnight: one dead letter, one announcement id", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
  await world.run();
  world.clock.advance(DAY);
  await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
  await world.run();
  expect(await world.deadLetters()).toHaveLength(1);
  const ids = (await world.announcements()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(1);
});

test("16: 409, and the letter has been purged meanwhile: sent, then the purge", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  await world.drop(aLetter({ id: "purged" }));
  await world.run();
  const [letter] = world.letters();
  await world.simulator.control.advance(MINUTE);
  await world.simulator.control.act(letter?.correspondenceId ?? "", "purgedByRecipient");
  await world.settle(HOUR);
  await world.sweep();
  expect(await world.told()).toEqual(expect.arrayContaining(["sent", "purgedByRecipient"]));
  expect((await world.told())[0]).toBe("sent");
});

test("17: a key that the producer gave was used by another system: taken, and that letter is not claimed", async () => {
  await using theirs = await World.start(storage);
  const idempotentKey = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";
  await theirs.drop(aLetter({ id: "theirs", request: { idempotentKey }, letter: { sendersReference: "theirs" } }));
  await theirs.run();
  await using ours = await World.start(storage, { altinn: theirs });
  await ours.drop(aLetter({ id: "ours", request: { idempotentKey }, letter: { sendersReference: "ours" } }));
  await ours.settle(HOUR);
  expect(await ours.ends()).toEqual(["rejected idempotentKeyTaken"]);
  expect(await ours.records("correspondences")).toEqual([]);
});

test("20: statuses by overview and by event, late and with other times: one announcement each", async () => {
  await using world = await World.start(storage);
  await world.drop(
    aLetter({ id: "order", letter: { isConfirmationNeeded: true, dueDateTime: "2099-01-01T00:00:00Z" } }),
  );
  await world.run();
  const id = world.letters()[0]?.correspondenceId ?? "";
  const time = (minutes: number) => world.clock.now() + minutes * MINUTE;
  await world.event(anEvent(id, "correspondencereceiverconfirmed", time(3)));
  await world.event(anEvent(id, "correspondencereceiverread", time(2)));
  await world.event(anEvent(id, "correspondencereceiverconfirmed", time(4)));
  await world.event(anEvent(id, "correspondencepublished", time(1)));
  await world.event(anEvent(id, "correspondencereceiverread", time(2)));
  expect(await world.told()).toEqual(["sent", "confirmed", "read", "published"]);
});

test("21: posted, answer lost, published at once, and the next attempt is hours away: claimed, nothing lost", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
  await world.drop(aLetter({ id: "early-event" }));
  await world.run();
  const id = world.letters()[0]?.correspondenceId ?? "";
  await world.event(anEvent(id, "correspondencepublished", world.clock.now()));
  expect(await world.told()).toEqual([]);
  // As if its message came only in six hours.
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (message) await world.host.lose(message);
  await world.advance(2 * HOUR);
  await world.sweep();
  await world.settle(HOUR);
  expect(await world.told()).toEqual(["sent", "published"]);
});

test("24: the poison move leaves a copy in both queues, and both are handled: one letter, no dead letter", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "both" }));
  const [message] = await world.host.waiting(QUEUES.requests);
  if (message) await world.host.poison(message, { keepOriginal: true });
  await world.settle(HOUR);
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent"]);
  expect(await world.deadLetters()).toEqual([]);
});

const LOST_WRITES: [string, RegExp][] = [
  ["the request's record", REQUEST_RECORD],
  ["the correspondence's record", CORRESPONDENCE_RECORD],
  ["an announcement", ANNOUNCEMENT],
  ["a dispatch's record", DISPATCH_RECORD],
  ["a dispatch's message", PUT_DISPATCH],
];
test.each(LOST_WRITES)(
  "25: %s is written, and the answer lost: nothing counts twice, nothing conflicts",
  async (_what, step) => {
    await using world = await World.start(storage);
    world.fault({ step, phase: "after", action: "cut" });
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
    await world.drop(aLetter({ id: "lost-write" }));
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(1);
    const announcements = await world.announcements();
    expect(new Set(announcements.map(({ id }) => id)).size).toBe(1);
    expect(announcements[0]?.data.status).toBe("sent");
    const [dispatch] = await world.records("dispatches");
    expect(dispatch).toMatchObject({ state: "sent" });
    expect(dispatch).toHaveProperty("attempts.length", 2);
  },
);

test("26: the files went through, the answer was lost: no second upload, one letter", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
  const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
  await world.drop(aLetter({ id: "files", attachments }));
  await dieThenGoOn(world, POST_LETTER, "after");
  expect(world.letters()).toHaveLength(1);
  expect(await world.ends()).toEqual(["sent"]);
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toHaveLength(1);
});

test.each(["DialogportenDialogId", "dialogportendialogid", 3])(
  "27: a letter to a dialog (%s) is answered 4xx, but was saved: found, sent",
  async (referenceType) => {
    await using world = await World.start(storage);
    const externalReferences = [{ referenceType, referenceValue: "0193b2c1-0000-7000-8000-000000000001" }];
    world.simulator.control.fault({
      method: "POST",
      path: INITIALIZE,
      workFirst: true,
      status: 400,
      contentType: "application/json",
      body: JSON.stringify({ status: 400, title: "Bad Request", code: "CORR-01046", errorCode: 1046 }),
      times: 1,
    });
    await world.drop(aLetter({ id: "dialog", letter: { externalReferences } }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["sent"]);
    expect(await world.deadLetters()).toEqual([]);
  },
);

test("30: a Retry-After of a year is cut at seven days, with an alert; while it waits, no sweep puts it back", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    status: 429,
    headers: { "retry-after": String(365 * 24 * 3600) },
    times: 1,
  });
  await world.drop(aLetter({ id: "a-year" }));
  await world.run();
  expect(world.logs.join("\n")).toContain("retryAfterTooLong");
  await world.advance(3 * DAY);
  await world.sweep();
  expect(await world.ends()).toEqual([]);
  await world.advance(4 * DAY + MINUTE);
  expect(await world.ends()).toEqual(["sent"]);
});

test("33: two deployments, the same request id and recipient: two letters", async () => {
  await using first = await World.start(storage);
  await using second = await World.start(storage, { altinn: first });
  await first.drop(aLetter({ id: "letter-1" }));
  await second.drop(aLetter({ id: "letter-1" }));
  await first.run();
  await second.run();
  expect(first.letters()).toHaveLength(2);
  expect(await first.ends()).toEqual(["sent"]);
  expect(await second.ends()).toEqual(["sent"]);
});

test("34: a gateway answers everything with a 404 page for an hour: nothing rejected, all sent afterwards", async () => {
  await using world = await World.start(storage);
  const page = { status: 404, contentType: "text/html", body: "<html><body>Not found</body></html>", times: "always" };
  world.simulator.control.fault({ path: "/correspondence/", ...page, times: "always" });
  for (let index = 0; index < 5; index++) {
    await world.drop(aLetter({ id: `gateway-${index}`, recipients: [organization(index + 10)] }));
  }
  await world.settle(HOUR);
  expect(await world.ends()).toEqual([]);
  expect(await world.deadLetters()).toEqual([]);
  world.simulator.control.clearFaults();
  await world.settle(2 * HOUR);
  expect(await world.ends()).toEqual(Array.from({ length: 5 }, () => "sent"));
  expect(world.letters()).toHaveLength(5);
});
