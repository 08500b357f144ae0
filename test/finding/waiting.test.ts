// What waits is counted by what keeps it, by the index; a pause is the cause of everything that it stops.
import { beforeAll, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import type { FindingContext } from "../../shared/finding/context.ts";
import { showLetter } from "../../shared/finding/find.ts";
import { readWaitingQuery } from "../../shared/finding/query.ts";
import { findWaiting } from "../../shared/finding/waiting.ts";
import { setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { newPreparation } from "../../shared/records/preparation.ts";
import { cancelledBeforehand } from "../../shared/records/requestRecord.ts";
import { DOCUMENTS, FOLDERS, recordName } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { TestClock } from "../harness/testClock.ts";
import { NOON } from "../records/additions.ts";
import { aDispatch, anAttempt } from "../records/dispatches.ts";
import { anId, findingIn, sentLetter } from "./stored.ts";

let storage: Storage;
let finding: FindingContext;
const clock = new TestClock(NOON);
beforeAll(async () => {
  storage = await startStorage();
  const oslo = { name: "oslo", resources: ["oslo-1", "oslo-2"], hasOwnQueue: false };
  finding = findingIn(await storage.account(), clock, [oslo]);
  const { store } = finding;
  const wait = async (n: number, cause: string, minutes: number) => {
    const dispatchId = anId("d", n);
    const attempts = [anAttempt("a", NOON, { cause })];
    const times = { createdAt: NOON - n * HOUR, nextAttemptAt: NOON + minutes * MINUTE };
    await store.dispatches.create(dispatchId, aDispatch({ dispatchId, attempts, ...times }));
  };
  await wait(1, "status", 5);
  await wait(2, "timeout", 10);
  await wait(3, "ourSetUp", 30);
  // An earlier version told the index less.
  const old = recordName(FOLDERS.dispatches, anId("d", 4));
  await store.documents.create(old, aDispatch(), { state: "waiting", due: new Date(NOON).toISOString() });
  const { cancel: _none, ...request } = cancelledBeforehand("many", "w", NOON - HOUR);
  const preparation = { ...newPreparation(1, NOON), nextStepAt: NOON + MINUTE };
  await store.requests.create("many", { ...request, digest: "1", total: 10, preparation });
  await sentLetter(finding, 1, {}, { facts: [{ status: "Initialized", time: NOON, source: "answer" }] });
  const ready = { status: "ReadyForPublish", time: NOON, source: "overview" } as const;
  await sentLetter(finding, 2, {}, { facts: [ready], publishTime: NOON + 2 * DAY });
  await sentLetter(finding, 3);
});

const byCause = async () =>
  Object.fromEntries((await findWaiting(finding)).causes.map((one) => [one.cause, one.letters]));

test("by what keeps each, since when and until when", async () => {
  const waiting = await findWaiting(finding);
  expect(waiting).toMatchObject({ asOf: "2030-03-01T10:00:00.000Z", letters: 16, requestsNotRead: 0 });
  expect(waiting).not.toHaveProperty("pause");
  const of = (cause: string) => waiting.causes.find((one) => one.cause === cause);
  expect(waiting.causes.map(({ cause }) => cause)).toEqual(["scan", "altinn", "setUp", "unknown", "publishTime"]);
  expect(of("scan")).toMatchObject({ letters: 11, next: "2030-03-01T10:01:00.000Z" });
  expect(of("altinn")).toEqual({
    cause: "altinn",
    letters: 2,
    since: "2030-03-01T08:00:00.000Z",
    next: "2030-03-01T10:05:00.000Z",
    last: "2030-03-01T10:10:00.000Z",
  });
  expect(of("publishTime")).toMatchObject({ letters: 1, next: "2030-03-03T00:00:00.000Z" });
});

test("by the breaker, while an instance has just put a letter off; not by what was put off before the brake was lifted", async () => {
  const { documents } = finding.store;
  await documents.create(DOCUMENTS.contact, { pausedAt: NOON + 2 * MINUTE, lastLetter: NOON });
  clock.advance(3 * MINUTE);
  expect(await byCause()).toEqual({ breaker: 14, scan: 1, publishTime: 1 });
  await setBrake(documents, { isOn: false, reason: "operator", now: NOON + 150_000 });
  expect(await byCause()).toHaveProperty("altinn", 2);
});

test("by the brake, while it is on", async () => {
  await setBrake(finding.store.documents, { isOn: true, reason: "operator", now: clock.now() });
  expect(await findWaiting(finding)).toMatchObject({
    pause: { cause: "brake", reason: "operator", since: "2030-03-01T10:03:00.000Z" },
    causes: [{ cause: "brake", letters: 14 }, { letters: 1 }, { letters: 1 }],
  });
});

test("by a sender's own brake or breaker, whose letters alone it stops; and of a sender alone", async () => {
  const { store } = finding;
  const { documents } = store;
  await setBrake(documents, { isOn: false, reason: "operator", now: clock.now() });
  for (const [n, resourceId] of ["urn:altinn:resource:oslo-1", "oslo-2", "bergen"].entries()) {
    const dispatchId = anId("e", n);
    await store.dispatches.create(dispatchId, aDispatch({ dispatchId, resourceId, nextAttemptAt: NOON + HOUR }));
  }
  const of = async (given: object) => {
    const asked = readWaitingQuery({ ...given }, finding.senders);
    return asked.ok ? findWaiting(finding, asked.value) : asked;
  };
  const before = await of({ sender: "oslo" });
  expect(before).toMatchObject({
    sender: "oslo",
    letters: 2,
    causes: [{ cause: "due", letters: 2, senders: ["oslo"] }],
  });
  expect(await of({ sender: "oslo", resource: "oslo-2" })).toMatchObject({ letters: 1 });
  expect(await of({ sender: "nobody" })).toMatchObject({ ok: false, wrong: [{ parameter: "sender" }] });
  await setBrake(documents, { isOn: true, reason: "tooManyLetters", now: clock.now(), sender: "oslo" });
  const all = await findWaiting(finding);
  expect(all).toMatchObject({ senders: [{ sender: "oslo", cause: "brake", reason: "tooManyLetters" }] });
  expect(all).not.toHaveProperty("pause");
  expect(all.causes).toContainEqual(expect.objectContaining({ cause: "brake", letters: 2, senders: ["oslo"] }));
  expect(await of({ sender: "oslo" })).toMatchObject({ pause: { cause: "brake" }, causes: [{ cause: "brake" }] });
  const { letter } = (await showLetter(finding, anId("e", 0))) ?? {};
  expect(letter).toMatchObject({ waitingFor: "brake" });
  expect((await showLetter(finding, anId("e", 2)))?.letter.waitingFor).toBe("due");
  // Its breaker: an instance has just put a letter of it off.
  await setBrake(documents, { isOn: false, reason: "operator", now: clock.now(), sender: "oslo" });
  clock.advance(5 * MINUTE);
  await documents.remove(DOCUMENTS.contact);
  await documents.create(DOCUMENTS.contact, { pausedSenders: { oslo: clock.now() - MINUTE } });
  expect(await of({ sender: "oslo" })).toMatchObject({ pause: { cause: "breaker" }, causes: [{ cause: "breaker" }] });
});
