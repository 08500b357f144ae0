// A day's letters are brought up to date: whatever state Altinn is in, as if each had been asked about, and with few calls.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CorrespondenceStatus } from "../../shared/altinn/statuses.ts";
import { createAnnouncementFactory } from "../../shared/announcements/announcement.ts";
import { dayOf, HOUR, MINUTE } from "../../shared/clock.ts";
import { type CorrespondenceRecord, reached } from "../../shared/records/correspondenceRecord.ts";
import { ANNOUNCED, type Fact } from "../../shared/records/facts.ts";
import { isDue } from "../../shared/records/following.ts";
import { type Addition, merge, recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { createTraces } from "../../shared/telemetry/traces.ts";
import { additionOfDetails, additionOfOverview } from "../../shared/tracking/answers.ts";
import { checkDay, findLetters } from "../../shared/tracking/checkDay.ts";
import { createChecks } from "../../shared/tracking/checks.ts";
import { createNotificationOrders } from "../../shared/tracking/notificationOrders.ts";
import { createTracker } from "../../shared/tracking/tracker.ts";
import { memoryBlobs } from "../harness/memoryBlobs.ts";
import { TestClock } from "../harness/testClock.ts";
import { aLink } from "../records/additions.ts";
import { MODEL_RESOURCE, type ModelLetter, modelAltinn } from "./modelAltinn.ts";

const MIDNIGHT = Date.UTC(2030, 2, 1);
const NOW = MIDNIGHT + 20 * HOUR;

/** A letter in Altinn, and what we had heard of it before. */
interface Case extends ModelLetter {
  /** How much of its life an overview and the details showed us; nothing if we have not asked yet. */
  readonly seen: number;
  /** How much of it events told. */
  readonly told: number;
}

const LIVES: readonly (readonly CorrespondenceStatus[])[] = [
  [],
  ["ReadyForPublish"],
  ["ReadyForPublish", "Published"],
  ["ReadyForPublish", "Published", "Fetched"],
  ["ReadyForPublish", "Published", "Fetched", "Read"],
  ["ReadyForPublish", "Published", "Fetched", "Confirmed"],
  ["ReadyForPublish", "Published", "Fetched", "Read", "Confirmed"],
  ["ReadyForPublish", "Published", "Fetched", "AttachmentsDownloaded"],
  ["ReadyForPublish", "Published", "Fetched", "AttachmentsDownloaded", "Read", "Confirmed"],
  ["ReadyForPublish", "Published", "Fetched", "AttachmentsDownloaded", "Confirmed"],
  ["ReadyForPublish", "Published", "Fetched", "AttachmentsDownloaded", "Replied", "PurgedByRecipient"],
  ["ReadyForPublish", "Published", "Fetched", "Forwarded", "AttachmentsDownloaded", "Archived"],
  ["ReadyForPublish", "Published", "Fetched", "Archived", "Read", "Replied"],
  ["ReadyForPublish", "Published", "Fetched", "Read", "PurgedByRecipient"],
  ["ReadyForPublish", "Published", "PurgedByAltinn"],
  ["ReadyForPublish", "PurgedByAltinn"],
  ["PurgedByRecipient"],
  ["Failed"],
  ["ReadyForPublish", "Failed"],
  ["Reserved"],
  ["Reserved", "Failed"],
];

/** A made-up id: every other one of version 7, with a time that says nothing of when the letter is published. */
function idOf(index: number): string {
  const hex = index.toString(16).padStart(12, "0");
  return index % 2 === 0 ? `00000000-0000-4000-8000-${hex}` : `01c91b6a-${hex.slice(8)}-7000-8000-${hex}`;
}

function recordBefore(letter: Case): CorrespondenceRecord {
  const { id: correspondenceId, publishTime, statuses } = letter;
  const answer: Fact = { status: "Initialized", time: publishTime, source: "answer" };
  const link = aLink({ postedAt: publishTime - 3 * MINUTE, isConfirmationNeeded: true });
  const sent: Addition = { correspondenceId, heardAt: publishTime, resourceId: MODEL_RESOURCE, link, facts: [answer] };
  const events = statuses
    .slice(0, letter.told)
    .filter((status) => status !== "Fetched" && status !== "ReadyForPublish");
  // An event does not say who purged.
  const told = events.map((status) =>
    status === "PurgedByAltinn" || status === "PurgedByRecipient" ? "Purged" : status,
  );
  const facts = told.map((status): Fact => ({ status, time: publishTime, source: "event" }));
  return merge(recordOf(sent), recordOf({ correspondenceId, heardAt: publishTime, facts }));
}

/** What asking for the letter in every way would tell; `isListed` if a list has room for all that were purged when it was. */
async function allOf(letter: ModelLetter, isListed = true): Promise<readonly Addition[]> {
  const altinn = modelAltinn([letter]);
  const overview = await altinn.overview(letter.id);
  const details = await altinn.details(letter.id);
  const purges = letter.statuses.filter((status) => status === "PurgedByAltinn" || status === "PurgedByRecipient");
  return [
    ...(overview.kind === "found" ? [additionOfOverview(overview.value, NOW)] : []),
    ...(details.kind === "found" ? [additionOfDetails(details.value, NOW)] : []),
    ...purges
      .filter(() => isListed)
      .map((status): Addition => {
        const facts: Fact[] = [{ status, time: NOW, source: "list" }];
        return { correspondenceId: letter.id, heardAt: NOW, facts };
      }),
  ];
}

const withAll = (record: CorrespondenceRecord, additions: readonly Addition[]) =>
  additions.map(recordOf).reduce(merge, record);

async function knownOf(letter: Case): Promise<CorrespondenceRecord> {
  if (letter.seen === 0) return recordBefore(letter);
  const statuses: CorrespondenceStatus[] = ["Initialized", ...letter.statuses.slice(0, letter.seen)];
  return withAll(recordBefore(letter), await allOf({ ...letter, statuses }));
}

/** A store with what we had heard, and Altinn as it is. */
async function start(letters: readonly Case[]) {
  const clock = new TestClock(NOW);
  const state = memoryBlobs();
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters: memoryBlobs() });
  for (const letter of letters) {
    await store.correspondences.create(letter.id, await knownOf(letter));
  }
  const model = modelAltinn(letters.map((letter) => ({ ...letter, statuses: ["Initialized", ...letter.statuses] })));
  const logs: string[] = [];
  const telemetry = createTelemetry((level, line) => logs.push(`${level} ${line}`));
  const announcer = { announce: async () => undefined };
  const orders = createNotificationOrders(state, telemetry);
  const namespace = "5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42";
  const factory = createAnnouncementFactory(namespace);
  const traces = createTraces(async () => namespace);
  const tracker = createTracker({ clock, store, orders, announcer, announcements: async () => factory });
  return {
    state,
    model,
    logs,
    recordOf: async (id: string) => (await store.correspondences.read(id))?.value,
    async sweep() {
      const foreignCheck = () => async () => true;
      const context = { clock, altinn: () => model, store, tracker, telemetry, traces, foreignCheck };
      model.calls.length = 0;
      state.calls = 0;
      const checks = createChecks(context);
      // By our clock some of them were posted on the day before.
      for (const day of [dayOf(MIDNIGHT - HOUR), dayOf(MIDNIGHT)]) {
        const message = { version: 1, resourceId: MODEL_RESOURCE, day } as const;
        const found = await findLetters(context, message);
        if (found) await checkDay(context, checks, message, found);
      }
      return { calls: model.calls.length, storage: state.calls, failed: checks.outcome.failed };
    },
  };
}

const announcedIn = (record: CorrespondenceRecord | undefined) =>
  (record ? reached(record) : []).filter((status) => ANNOUNCED.has(status));

/** Sweeps, and holds each record against what asking for that letter in every way would have told. */
async function expectAll(letters: readonly Case[]) {
  const world = await start(letters);
  const first = await world.sweep();
  expect(first.failed).toBe(0);
  const purges = new Map<number, number>();
  for (const { publishTime, statuses } of letters) {
    const isPurged = statuses.some((status) => status.startsWith("Purged"));
    if (isPurged) purges.set(publishTime, (purges.get(publishTime) ?? 0) + 1);
  }
  for (const letter of letters) {
    const known = await knownOf(letter);
    const isListed = (purges.get(letter.publishTime) ?? 0) <= 1000;
    const all = await allOf({ ...letter, statuses: ["Initialized", ...letter.statuses] }, isListed);
    const expected = isDue(known, NOW) ? withAll(known, all) : known;
    // Of more than a list holds, some are found all the same.
    const isSure = (status: string) => isListed || !status.startsWith("Purged");
    const found = announcedIn(await world.recordOf(letter.id));
    expect(found.filter(isSure), JSON.stringify(letter)).toEqual(announcedIn(expected).filter(isSure));
  }
  // Never much dearer than to ask for each: two calls a letter, and a list or two of each status.
  expect(first.calls).toBeLessThanOrEqual(2.2 * letters.length + 30);
  return { world, first };
}

interface Crowd {
  readonly at: number;
  readonly every: number;
  readonly count: number;
  readonly life: readonly CorrespondenceStatus[];
  readonly seen: number;
  readonly told: number;
}

function lettersOf(crowds: readonly Crowd[]): Case[] {
  const letters: Case[] = [];
  for (const { at, every, count, life, seen, told } of crowds) {
    for (let index = 0; index < count; index++) {
      const publishTime = Math.min(MIDNIGHT + at + index * every, MIDNIGHT + 24 * HOUR - 1);
      letters.push({ id: idOf(letters.length), publishTime, statuses: life, seen: Math.min(seen, life.length), told });
    }
  }
  return letters;
}

const crowd: fc.Arbitrary<Crowd> = fc.record({
  at: fc.oneof(fc.constantFrom(0, 8 * HOUR, 8 * HOUR + 1), fc.integer({ min: 0, max: 24 * HOUR - 1 })),
  every: fc.constantFrom(0, 0, 1, 1000),
  count: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 3, arbitrary: fc.integer({ min: 9, max: 200 }) },
    fc.integer({ min: 990, max: 1300 }),
  ),
  life: fc.constantFrom(...LIVES),
  seen: fc.integer({ min: 0, max: 5 }),
  told: fc.integer({ min: 0, max: 5 }),
});

test("whatever Altinn's state, a sweep finds what asking for each letter would have found", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(crowd, { minLength: 1, maxLength: 8 }), async (crowds) => {
      await expectAll(lettersOf(crowds));
    }),
    { numRuns: 15 },
  );
});

const PUBLISHED = ["ReadyForPublish", "Published"] as const;

/** Letters that nobody has touched since we saw them published: enough of them for lists to be cheaper. */
const quiet: Crowd = { at: 9 * HOUR, every: 1000, count: 40, life: PUBLISHED, seen: 2, told: 2 };

/** A letter among those, of which we have seen so much. */
const among = (life: readonly CorrespondenceStatus[], seen: number, more: Partial<Crowd> = {}): Crowd[] => [
  quiet,
  { at: 9 * HOUR, every: 0, count: 1, life, seen, told: 0, ...more },
];

test.each<[string, Crowd[]]>([
  ["Fetched, which no list and no overview shows", among([...PUBLISHED, "Fetched"], 2)],
  ["AttachmentsDownloaded, of which no event tells", among([...PUBLISHED, "AttachmentsDownloaded"], 2)],
  ["Read after a download", among([...PUBLISHED, "AttachmentsDownloaded", "Read"], 3)],
  ["Confirmed after a download", among([...PUBLISHED, "AttachmentsDownloaded", "Confirmed"], 3)],
  ["Replied after it was archived", among([...PUBLISHED, "Archived", "Replied"], 3)],
  ["a purge by the recipient", among([...PUBLISHED, "Fetched", "PurgedByRecipient"], 2)],
  ["a purge by Altinn after a download", among([...PUBLISHED, "AttachmentsDownloaded", "PurgedByAltinn"], 3)],
  ["one of several recipients who is reserved", among(["Reserved"], 0)],
  ["the same, who has failed at the publish time", among(["Reserved", "Failed"], 1)],
  ["failed by a virus, of which no event tells", among(["Failed"], 0)],
  ["failed though it was published", among([...PUBLISHED, "Failed"], 2)],
  ["published late, when others are settled", among(PUBLISHED, 1)],
  ["told by an event, and never looked at", among([...PUBLISHED, "Read"], 0, { told: 2 })],
  [
    "at the first and last moment of the day",
    [...among([...PUBLISHED, "Read"], 2, { at: 0 }), { ...quiet, at: 24 * HOUR }],
  ],
])("a hole that lists or overviews have: %s", async (_hole, crowds) => {
  const { world } = await expectAll(lettersOf(crowds));
  const again = await world.sweep();
  expect(again.failed).toBe(0);
  // What is settled, or has been told, is not asked about any more.
  expect(again.calls).toBeLessThanOrEqual(12);
  expect(again.storage).toBeLessThanOrEqual(4);
});

test("by lists alone: each life in a crowd of its own, of which a list has not room for all", async () => {
  const lives = LIVES.filter((life) => life.length > 2);
  const crowds = lives.map((life, index) => ({ ...quiet, at: index * HOUR, every: 7, count: 90, life, seen: 2 }));
  await expectAll(lettersOf([...crowds, { ...quiet, count: 1000 }]));
});

test("the clock by which we posted was an hour ahead: Altinn's own times count once they are known", async () => {
  await expectAll(
    lettersOf([
      { ...quiet, at: 0, every: 0, seen: 0 },
      { ...quiet, at: 0, life: [...PUBLISHED, "Read"] },
    ]),
  );
});

test("more letters than a list holds have one publish time, and have been read: the rest are asked about one by one", async () => {
  const at = 8 * HOUR;
  const read = { ...quiet, at, every: 0, count: 1100, life: [...PUBLISHED, "Read" as const], seen: 3 };
  const { first } = await expectAll(
    lettersOf([quiet, read, { ...read, count: 100, seen: 2 }, { ...quiet, at, every: 0 }]),
  );
  expect(first.calls).toBeLessThan(1000);
});

test.each([
  [1000, 0, 1],
  [3000, 0.01, 1],
  [1000, 0, 5],
  [1000, 0.01, 5],
])(
  "of %i letters without a settled end, %d with news, among %d times as many: few calls, and no record is read without news",
  async (count, share, times) => {
    const news = Math.round(count * share);
    const read = { ...quiet, at: 1, life: [...PUBLISHED, "Read" as const] };
    const settled = { ...quiet, life: [...PUBLISHED, "Read", "Confirmed"] as const, seen: 4 };
    const letters = lettersOf([
      { ...quiet, at: 0, every: 20_000, count: count - news },
      ...(news > 0 ? [{ ...read, every: 20_000 * 100, count: news }] : []),
      ...(times > 1
        ? [{ ...settled, at: 2, every: Math.round(20_000 / (times - 1)), count: count * (times - 1) }]
        : []),
    ]);
    const { first } = await expectAll(letters);
    // A list of each status that may come next; more where it has not room for those that are settled.
    expect(first.calls).toBeLessThanOrEqual(9 + news + (times > 1 ? 2 * 3 * times : 0));
    expect(first.storage).toBeLessThanOrEqual(3 + 10 * news);
  },
);
