// A world in which each of the timer's chores has something to do, and what is left of it in the end, in a form that is the
// same in each such world.
import { organization } from "../../local/parties.ts";
import { DAY, dayOf, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { ALL_CONTAINERS, CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import type { Storage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { refuseOnce } from "./deadLetterSteps.ts";
import { aLetter, dieAndLose, POST_LETTER } from "./letters.ts";

/** So many days after it begins, the timer finds something to do for each of its chores. */
const DAYS = 11;

/** How long accepted requests are kept. */
const KEPT_DAYS = 30;

/** The day on which a world began, for what names days. */
const beginnings = new WeakMap<World, number>();

/** Lives through the days before the sweep in question. */
export async function worldWithChores(storage: Storage): Promise<World> {
  const world = await World.start(storage, {
    simulator: { scanMs: MINUTE },
    settings: {
      FOLLOW_DAYS: "3",
      GIVE_UP_AFTER_HOURS: "24",
      DELETE_ACCEPTED_REQUESTS_AFTER_DAYS: String(KEPT_DAYS),
    },
  });
  // By storage's own clock everything is written today: it is a day too old then. From noon, so that no day ends unawares.
  const today = Math.floor(world.clock.now() / DAY) * DAY;
  const begins = today + (KEPT_DAYS + 1 - DAYS) * DAY + 12 * HOUR;
  beginnings.set(world, begins);
  world.clock.advance(begins - world.clock.now());
  const until = (day: number) => world.settle(begins + day * DAY - world.clock.now());

  await world.putAttachment("vedtak.txt", Buffer.from("vedtak"));
  const file = { fileName: "vedtak.txt", sendersReference: "v", blob: "vedtak.txt" };
  const one = (index: number) => ({ recipients: [organization(index)] });
  await world.drop(aLetter({ id: "expiring", ...one(20), attachments: [{ ...file, expirationInDays: 18 }] }));
  const requests = world.storage.blobs.getContainerClient(CONTAINERS.requests);
  const claimed = Buffer.from(JSON.stringify(aLetter({ id: "claimed", ...one(21) })));
  await requests.getBlockBlobClient("claimed.json").uploadData(claimed);
  await world.drop({ requestBlob: "claimed.json" });
  await world.settle(2 * MINUTE);
  await readBy(world, organization(21));
  await world.sweep();

  await until(4);
  const requestedPublishTime = timestamp(begins + 300 * DAY);
  await world.drop(aLetter({ id: "far", ...one(22), letter: { requestedPublishTime } }));
  await world.drop({ cancel: { requestId: "never" } });
  await world.run();
  await giveTurn(world, "far", begins + DAYS * DAY);
  await world.sweep();
  await until(5);
  await world.drop(aLetter({ id: "unread", ...one(23) }));
  await world.settle(2 * MINUTE);
  await world.sweep();

  await until(DAYS - 2);
  await world.drop(aLetter({ id: "news", ...one(30) }));
  await world.run();
  await world.drop(aLetter({ id: "found", ...one(24) }));
  await dieAndLose(world, POST_LETTER);
  await world.drop(aLetter({ id: "lost", ...one(25) }));
  await dieAndLose(world, /^blob PUT correspondence-state\/requests$/);
  await until(DAYS - 1);
  await readBy(world, organization(30));
  const shared = { attachments: [file] };
  await world.drop(aLetter({ id: "unused", recipients: [organization(28), organization(34)], ...shared }));
  for (let letters = 0; letters < 2; letters++) refuseOnce(world);
  await world.settle(HOUR);
  await world.drop(aLetter({ id: "used", recipients: [organization(26), organization(27)], ...shared }));
  const dueDateTime = timestamp(world.clock.now() + 20 * HOUR);
  await world.drop(aLetter({ id: "due", ...one(29), letter: { dueDateTime } }));
  await world.settle(HOUR);
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
  await world.drop(aLetter({ id: "forgotten", ...one(31) }));
  await world.drop(aLetter({ id: "preparing", recipients: [organization(32), organization(33)], ...shared }));
  await world.run();
  world.clearFaults();
  for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
  await until(DAYS);
  await world.settle(HOUR);
  return world;
}

/** The recipient reads the letter, and no event tells. */
async function readBy(world: World, recipient: string): Promise<void> {
  const letter = world.letters().find((each) => each.recipient === recipient);
  await world.simulator.control.act(letter?.correspondenceId ?? "", "read");
}

/** Has the record of a letter renewed on the day of a time: its id says when its turn is. */
async function giveTurn(world: World, requestId: string, time: number): Promise<void> {
  const { correspondences } = world.app.sending.store;
  for (const { name } of await world.blobs(CONTAINERS.state, "correspondences/")) {
    const id = name.slice("correspondences/".length, -".json".length);
    const record = (await correspondences.read(id))?.value;
    if (record?.link?.requestId !== requestId) continue;
    const correspondenceId = id.slice(0, -4) + (Math.floor(time / DAY) % 30).toString(16).padStart(4, "0");
    await correspondences.create(correspondenceId, { ...record, correspondenceId });
    await world.storage.blobs.getContainerClient(CONTAINERS.state).deleteBlob(name);
  }
}

/** What follows of how often or by whom something was done, or of the versions of blobs. */
const VOLATILE = new Set([
  "attachmentEtags",
  "attempts",
  "by",
  "etag",
  "generation",
  "messageId",
  "namespace",
  "putBacks",
  "until",
  "writer",
]);

/** Everything that is left: a line for each announcement, letter, attachment, blob and message. */
export async function leftIn(world: World): Promise<string[]> {
  const lines: string[] = [];
  const note = (what: string, value: unknown) => {
    lines.push(`${what} ${JSON.stringify(value, (key, each) => (VOLATILE.has(key) ? undefined : each))}`);
  };
  const told = new Map((await world.announcements()).map((announcement) => [announcement.id, announcement]));
  for (const { type, data } of told.values()) note("told", { type, ...data });
  const names = new Map<string, string>();
  for (const { correspondenceId, recipient, statuses, files } of world.letters()) {
    names.set(correspondenceId, `letter to ${recipient}`);
    note("letter", { recipient, statuses, files: files.map(({ fileName, status }) => [fileName, status]) });
  }
  for (const { statuses } of world.simulator.control.attachments()) note("attachment", statuses);
  for (const container of ALL_CONTAINERS) {
    if (container === CONTAINERS.attachments) continue;
    for (const { name, value } of await world.blobs(container)) note(`${container}/${name}`, value);
  }
  for (const { queue, text } of await world.host.waiting()) note(queue, text);
  const day = (time: number) => `day ${Math.floor((time - (beginnings.get(world) ?? 0) + 12 * HOUR) / DAY)}`;
  return lines
    .map((line) =>
      line
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => names.get(id) ?? "an id")
        .replace(/\b\d{4}-\d\d-\d\d(T[\d:.]+Z?)?/g, (date) => day(Date.parse(date.slice(0, 10))))
        .replace(/\b\d{13}\b/g, (time) => day(Date.parse(dayOf(Number(time))))),
    )
    .sort();
}
