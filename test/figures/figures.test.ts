// Letters counted over real parts: by the index, page by page; and once a day is closed, by what is kept of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, dayOf, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { askForReplay, dropDeadLetter } from "../../shared/deadLetters/deadLetters.ts";
import { erase } from "../../shared/erasing/erase.ts";
import { findErasure } from "../../shared/erasing/findErasure.ts";
import type { Figures } from "../../shared/figures/answer.ts";
import { findFigures } from "../../shared/figures/figures.ts";
import { readFiguresQuestion } from "../../shared/figures/question.ts";
import { CONTAINERS, FOLDERS } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, INITIALIZE } from "../integration/letters.ts";

const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

let storage: Storage;
let world: World;
let first: string;

const ask = async (given: Record<string, string>, pageSize = 2) => {
  const asked = readFiguresQuestion(given, world.clock.now(), world.app.finding.senders);
  if (!asked.ok) throw new Error(JSON.stringify(asked.wrong));
  return findFigures(world.app.finding, asked.value, pageSize);
};
const ofDay = async (day: string, more: Record<string, string> = {}) => ask({ from: day, to: day, ...more });
const numbers = ({ sent, published, read, confirmed, neverRead, failed }: Figures) => ({
  ...{ sent, published, read, confirmed, neverRead, failed },
});
const letterOf = (reference: string) =>
  world.letters().find(({ request }) => JSON.stringify(request).includes(`"${reference}"`))?.correspondenceId ?? "";

beforeAll(async () => {
  storage = await startStorage();
  // Whose counting is no concern of the others; the second of its resources has no letter.
  const bergen = { name: "bergen", resources: ["cases", "confidential-1"] };
  world = await World.start(storage, { settings: { SENDERS: JSON.stringify([bergen]) } });
  world.clock.advance(DAY - (world.clock.now() % DAY) + 10 * HOUR);
  first = dayOf(world.clock.now());
  const drop = (id: string, more: Parameters<typeof aLetter>[0] = {}) =>
    world.drop(aLetter({ id, ...more, letter: { sendersReference: id, ...more.letter } }));
  await drop("read");
  await drop("unread");
  await drop("reserved", { recipients: [RESERVED_PERSON] });
  await drop("wrong", { content: { messageTitle: "" }, recipients: [organization(1), organization(2)] });
  await drop("wrong again", { content: { messageTitle: "" } });
  await drop("taken back", { letter: { requestedPublishTime: timestamp(world.clock.now() + 6 * HOUR) } });
  await drop("many", {
    recipients: [organization(20), organization(21), organization(22)],
    letter: { resourceId: "cases" },
  });
  await world.run();
  await world.drop({ cancel: { requestId: "taken back" } });
  await world.advance(30 * MINUTE);
  await world.simulator.control.act(letterOf("read"), "read");
  await world.advance(HOUR);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 1 });
  await drop("later");
  await world.settle(10 * MINUTE);
  await world.sweep();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const MINE = { sent: 4, published: 3, read: 1, confirmed: 0, neverRead: 0 };
const FAILED = { invalidRequest: 3, recipientReserved: 1, cancelled: 1 };

test("each letter counts when it was posted, by what it has reached since; what was not sent, when it ended", async () => {
  const { total, periods, cost = 0 } = await ofDay(first);
  expect(numbers(total)).toEqual({ ...MINE, sent: 7, published: 6, failed: FAILED });
  expect(periods).toMatchObject([{ from: `${first}T00:00:00.000Z`, closed: false, sent: 7 }]);
  expect(total.sentToRead?.median).toBeGreaterThanOrEqual(30 * 60 * 0.98);
  // One for what is kept of the day; seven letters by twos, one dispatch, two kinds of dead letters.
  expect(cost).toBeLessThan(15);
});

test("by resource, with or without its prefix", async () => {
  expect(numbers((await ofDay(first, { resource: RESOURCE })).total)).toEqual({ ...MINE, failed: FAILED });
  const cases = await ofDay(first, { resource: "urn:altinn:resource:cases" });
  expect(numbers(cases.total)).toEqual({ ...MINE, sent: 3, published: 3, read: 0, failed: {} });
});

test("by sender: those on its resources, and the cost is that of these", async () => {
  const { sender, total, cost = 0 } = await ofDay(first, { sender: "bergen" });
  expect({ sender, ...numbers(total) }).toEqual({
    ...MINE,
    sender: "bergen",
    sent: 3,
    published: 3,
    read: 0,
    failed: {},
  });
  expect(cost).toBeLessThan((await ofDay(first)).cost ?? 0);
  expect(readFiguresQuestion({ sender: "oslo" }, 0, world.app.finding.senders)).toMatchObject({ ok: false });
});

test("by hour: hours add up to the day", async () => {
  const { total, periods } = await ofDay(first, { by: "hour" });
  expect(periods).toHaveLength(24);
  expect(periods.filter(({ sent }) => sent > 0).map(({ from, sent }) => `${from.slice(11, 13)} ${sent}`)).toEqual([
    "10 6",
    "11 1",
  ]);
  expect(total).toEqual((await ofDay(first)).total);
});

test("a dead letter that is dropped stays counted, also where nothing else tells of it", async () => {
  const { store } = world.app.sending;
  const before = await ofDay(first);
  for (const { name, value } of await world.deadLetters()) {
    if (value.reason !== "invalidRequest" || value.requestId === "wrong again") continue;
    const known = await store.deadLetters.read(name);
    if (known) await dropDeadLetter(world.app.sending, name, known);
  }
  expect(await world.deadLetters()).toHaveLength(2);
  expect((await ofDay(first)).total).toEqual(before.total);
});

test("what is erased stays counted", async () => {
  const before = await ofDay(first);
  const { store } = world.app.sending;
  const gone = { remove: async () => false };
  const removeMessages = async () => 0;
  const context = { store, accepted: gone, requests: gone, attachments: gone, removeMessages, clock: world.clock };
  const refused = (await world.deadLetters()).find(({ value }) => value.reason === "invalidRequest");
  // What was refused as a whole is known by its digest.
  for (const requestId of ["many", refused?.name.replace(".json", "") ?? ""]) {
    const found = await findErasure(context, { requestId });
    if (found.kind !== "found") throw new Error(`${requestId} is ${found.kind}`);
    await erase(context, found.erasure);
  }
  expect(await world.deadLetters()).toHaveLength(1);
  expect((await ofDay(first)).total).toEqual(before.total);
});

test("a day stays open while a letter of it is followed, and closing it changes nothing", async () => {
  await world.advance(2 * DAY);
  await world.sweep();
  const open = await ofDay(first);
  expect(open.periods).toMatchObject([{ closed: false }]);
  for (const { correspondenceId } of world.letters()) {
    if (correspondenceId === letterOf("taken back")) continue;
    await world.event(anEvent(correspondenceId, "correspondencepublished", world.clock.now()));
    await world.event(anEvent(correspondenceId, "correspondencereceiverread", world.clock.now()));
  }
  await world.sweep();
  const { total } = await ofDay(first);
  expect(total).toMatchObject({ sent: 7, read: 6 });
  await world.advance(DAY);
  await world.sweep();
  const closed = await ofDay(first);
  expect(closed).toMatchObject({ total, periods: [{ closed: true }], cost: 1 });
  expect((await ofDay(first, { by: "hour" })).total).toEqual(total);
  expect((await ofDay(first, { sender: "bergen" })).total).toMatchObject({ sent: 3, published: 3 });
  // A day without letters needs no blob to be closed; the day before today is too young.
  const days = await ask({ from: first, to: dayOf(world.clock.now()) });
  expect(days.periods.map(({ closed }) => closed)).toEqual([true, true, false, false]);
});

test("what is heard of a letter after its day was closed is counted all the same, once", async () => {
  const event = anEvent(letterOf("read"), "correspondencereceiverconfirmed", world.clock.now());
  await world.event(event);
  await world.event(event);
  const { total, cost } = await ofDay(first);
  expect(total).toMatchObject({ sent: 7, read: 6, confirmed: 1 });
  expect(cost).toBe(1);
});

test("a letter that is replayed after its day was closed did not fail then, and counts when it is sent", async () => {
  const [dead] = await world.deadLetters();
  const known = dead && (await world.app.sending.store.deadLetters.read(dead.name));
  expect(known?.value.reason).toBe("recipientReserved");
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 1 });
  if (dead && known) await askForReplay(world.app.sending.queues, dead.name, known.value);
  await world.run();
  expect((await ofDay(first)).total.failed).toEqual({ invalidRequest: 3, cancelled: 1 });
  await world.settle(HOUR);
  const today = dayOf(world.clock.now());
  expect((await ofDay(today)).total).toMatchObject({ sent: 0, failed: { recipientReserved: 1 } });
});

test("a closed day outlives its records", async () => {
  const before = await ofDay(first);
  for (const container of [CONTAINERS.state, CONTAINERS.deadLetters]) {
    const client = world.storage.blobs.getContainerClient(container);
    for await (const { name } of client.listBlobsFlat()) {
      if (!name.startsWith(`${FOLDERS.figures}/`)) await client.deleteBlob(name);
    }
  }
  expect((await ofDay(first)).total).toEqual(before.total);
});
