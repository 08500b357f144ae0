// Deadlines of letters: what misses one is told after a look at Altinn, once, and what kept it is not.
import { beforeAll, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { checkBatch } from "../../shared/tracking/checkBatch.ts";
import { sweep } from "../../shared/upkeep/sweep.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";
import { sweepCosts } from "./sweepCosts.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

/** Has a letter sent that is due in so many milliseconds; its id in Altinn. */
async function due(world: World, id: string, inMs: number, letter: object = {}): Promise<string> {
  await world.drop(aLetter({ id, letter: { dueDateTime: timestamp(world.clock.now() + inMs), ...letter } }));
  await world.run();
  return world.letters().at(-1)?.correspondenceId ?? "";
}

/** What was sent is published, and a sweep sees that. */
async function publish(world: World): Promise<void> {
  await world.advance(MINUTE);
  await world.sweep();
}

/** What has been told of one letter. */
async function toldOf(world: World, requestId: string): Promise<string[]> {
  const told = await world.announcements();
  return told.filter(({ data }) => data.requestId === requestId).map(({ data }) => data.status);
}

test("a due time that passes is told of letters that are unread or unconfirmed, without any event, and once", async () => {
  await using world = await World.start(storage);
  const { control } = world.simulator;
  const needed = { isConfirmationNeeded: true };
  await due(world, "unread", DAY);
  await due(world, "untouched", DAY, needed);
  const unconfirmed = await due(world, "unconfirmed", DAY, needed);
  const confirmed = await due(world, "confirmed", DAY, needed);
  const readLate = await due(world, "read", DAY);
  await due(world, "later", 20 * DAY);
  await publish(world);
  await world.advance(DAY);
  await world.sweep();
  // No deadline has passed by an hour yet, and no record is read for one that is to come.
  expect(await sweepCosts(world)).toMatchObject({ records: 0 });
  await control.act(unconfirmed, "read");
  await control.act(confirmed, "confirmed");
  // It hides from the overview that it was confirmed.
  await control.act(confirmed, "attachmentsDownloaded");
  await control.act(readLate, "read");
  await world.advance(HOUR);
  await world.sweep();
  const published = ["sent", "published"];
  expect(await toldOf(world, "unread")).toEqual([...published, "neverRead"]);
  expect(await toldOf(world, "untouched")).toEqual([...published, "neverRead", "neverConfirmed"]);
  expect(await toldOf(world, "unconfirmed")).toEqual([...published, "read", "neverConfirmed"]);
  expect((await toldOf(world, "confirmed")).sort()).toEqual([
    "attachmentsDownloaded",
    "confirmed",
    "published",
    "sent",
  ]);
  expect(await toldOf(world, "read")).toEqual([...published, "read"]);
  expect(await toldOf(world, "later")).toEqual(published);
  const told = (await world.announcements()).find(({ data }) => data.status === "neverRead")?.data;
  expect(told).toMatchObject({ source: "overview", previousStatus: "published", deadline: told?.time });
  const count = (await world.told()).length;
  // Altinn's own events of the same come late.
  for (const event of control.events().filter(({ type }) => /never/.test(type))) await world.event(event);
  await world.advance(HOUR);
  expect(await sweepCosts(world)).toMatchObject({ records: 0 });
  expect(await world.told()).toHaveLength(count);
  // Three weeks old, and looked at when its deadline has passed all the same, not once a day.
  await world.advance(20 * DAY);
  await world.sweep();
  expect(await toldOf(world, "later")).toEqual([...published, "neverRead"]);
});

test("an event that comes first settles it without a look; one that comes between look and record keeps it untold", async () => {
  await using world = await World.start(storage);
  const { control } = world.simulator;
  await due(world, "by event", HOUR);
  await publish(world);
  await world.advance(HOUR);
  for (const event of control.events()) await world.event(event);
  await world.advance(HOUR);
  expect(await sweepCosts(world)).toMatchObject({ records: 0 });
  expect(await toldOf(world, "by event")).toEqual(["sent", "published", "neverRead"]);

  const id = await due(world, "between", HOUR);
  await publish(world);
  await world.advance(3 * HOUR);
  const { checking } = world.app;
  const api = checking.altinn(RESOURCE);
  const overview: typeof api.overview = async (asked) => {
    const answer = await api.overview(asked);
    await control.act(id, "read");
    await world.event(control.events().at(-1));
    return answer;
  };
  const altinn = () => ({ ...api, overview });
  await checkBatch({ ...checking, altinn }, { version: 1, correspondenceId: id }, "a-message");
  expect(await toldOf(world, "between")).toEqual(["sent", "published", "read"]);
});

test("a process that dies at any step of it tells all the same, with one id", async () => {
  await using world = await World.start(storage);
  const calls = [/^queue POST correspondence-status$/, /^blob PUT correspondence-state\/correspondences$/];
  const steps = calls.flatMap((step) => (["before", "after"] as const).map((phase) => ({ step, phase })));
  for (const [index, step] of steps.entries()) {
    const id = `died at ${index}`;
    await due(world, id, HOUR);
    await publish(world);
    world.clock.advance(2 * HOUR);
    await sweep(world.app.sending, world.app.settings.followDays);
    world.fault({ ...step, action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    await world.advance(15 * MINUTE);
    await world.sweep();
    expect(new Set(await toldOf(world, id))).toEqual(new Set(["sent", "published", "neverRead"]));
  }
  const ids = (await world.announcements()).filter(({ data }) => data.status === "neverRead").map(({ id }) => id);
  expect(new Set(ids).size).toBe(steps.length);
});

test("a letter that is not published for hours after its time is told of, with what it waits for, and again when it is published", async () => {
  const settings = { PUBLISH_WITHIN_HOURS: "12" };
  await using world = await World.start(storage, { settings, simulator: { publishMs: DAY } });
  const requestedPublishTime = timestamp(world.clock.now() + 5 * DAY);
  await world.drop(aLetter({ id: "late", letter: { requestedPublishTime } }));
  await world.run();
  for (const hours of [5 * 24, 11]) {
    await world.advance(hours * HOUR);
    await world.sweep();
    expect(await world.told()).toEqual(["sent"]);
  }
  await world.advance(HOUR);
  await world.sweep();
  const { data } = (await world.announcements()).at(-1) ?? {};
  const deadline = timestamp(Date.parse(requestedPublishTime) + 12 * HOUR);
  expect(data).toMatchObject({ status: "notPublished", previousStatus: "readyForPublish", time: deadline, deadline });
  expect(data?.rank).toBeUndefined();
  await world.advance(DAY);
  await world.sweep();
  expect(await world.told()).toEqual(["sent", "notPublished", "published"]);
});

test("attachments that expire are told of days before, also of a letter that is followed no longer", async () => {
  await using world = await World.start(storage, { settings: { FOLLOW_DAYS: "10" } });
  await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
  const file = { fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" };
  for (const [id, days] of [
    ["soon", 6],
    ["later", 30],
    ["seen", 30],
  ] as const) {
    await world.drop(aLetter({ id, attachments: [{ ...file, expirationInDays: days }] }));
  }
  await world.run();
  await publish(world);
  await world.advance(3 * DAY);
  await world.sweep();
  expect(await toldOf(world, "soon")).toEqual(["sent", "published", "attachmentsExpiring"]);
  await world.advance(8 * DAY);
  await world.sweep();
  const unresolved = ["sent", "published", "unresolved"];
  for (const id of ["later", "seen"]) expect(await toldOf(world, id)).toEqual(unresolved);
  expect(await sweepCosts(world)).toMatchObject({ lists: 0, overviews: 0, records: 0 });
  // Nobody hears of it: it is followed no longer, and no event tells of a download.
  await world.simulator.control.act(world.letters().at(-1)?.correspondenceId ?? "", "attachmentsDownloaded");
  await world.advance(12 * DAY);
  await world.sweep();
  expect(await toldOf(world, "later")).toEqual([...unresolved, "attachmentsExpiring"]);
  expect(await toldOf(world, "seen")).toEqual([...unresolved, "attachmentsDownloaded"]);
  const { data } = (await world.announcements()).find(({ data }) => data.requestId === "later" && data.deadline) ?? {};
  expect(Date.parse(data?.deadline ?? "") - Date.parse(data?.time ?? "")).toBe(7 * DAY);
  expect(await sweepCosts(world)).toMatchObject({ lists: 0, overviews: 0, records: 0 });
});
