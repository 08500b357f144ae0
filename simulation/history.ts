// One history: letters are dropped while everything goes wrong that the odds allow, then calm returns, and all must come to rest.
import { createHash } from "node:crypto";
import { ATTACHMENT_BLOBS } from "../chaos/attachments.ts";
import { SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import { evidenceOf, WORK_QUEUES, waitingMessages, waitingRecord } from "../chaos/evidence.ts";
import { type PlannedDrops, planDrops } from "../chaos/mix.ts";
import { type Random, seededRandom } from "../chaos/random.ts";
import { judge, type Verdict } from "../chaos/verdict.ts";
import { type Announcement, announcementSchema } from "../shared/announcements/announcement.ts";
import { DAY, HOUR, MINUTE } from "../shared/clock.ts";
import { setBrake } from "../shared/pausing/emergencyBrake.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { ModelAltinn } from "./altinn.ts";
import { ModelBlobs } from "./blobs.ts";
import { drawnFates, givenFates, type Mishap } from "./fates.ts";
import { ModelHost } from "./host.ts";
import type { Surroundings } from "./life.ts";
import { CALM, drawOdds, type Odds } from "./odds.ts";
import { inOwnWorld } from "./ownWorld.ts";
import { ModelQueues } from "./queues.ts";
import { Timeline } from "./timeline.ts";
import { type Violation, violationsOf } from "./wrong.ts";

/** A history, exactly: what is dropped, what goes wrong, and how the world is. */
export interface Telling {
  readonly seed: number;
  readonly plan: PlannedDrops;
  readonly odds: Odds;
  /** In place of what the odds give. */
  readonly mishaps: readonly Mishap[];
}

/** What a history is: drawn from a seed, or told again. */
export type HistoryOptions = (Telling | { readonly seed: number; readonly letters: number }) & {
  readonly settings: Settings;
  /** Told of everything that happens, in order. */
  readonly trace?: (moment: Moment) => void;
};

/** Something that happened. */
export interface Moment {
  /** Milliseconds since the history began. */
  readonly at: number;
  /** Which instance; 0: nobody's. */
  readonly instance: number;
  readonly what: string;
  /** What was not as usual. */
  readonly more: string;
}

/** What came of a history. */
export interface HistoryResult extends Telling {
  readonly verdict: Verdict;
  /** What is wrong, all of it. */
  readonly violations: readonly Violation[];
  /** How often an instance died. */
  readonly crashes: number;
  /** Of everything that happened: two runs of one history have the same. */
  readonly digest: string;
}

/** Things go wrong for so long, in simulated milliseconds. */
const TROUBLE = 2 * HOUR;

/** How often the timer runs, as CHECK_SCHEDULE has it; and once nothing happens any more, often enough for the daily chores. */
const SWEEP_EVERY = 15 * MINUTE;
const SWEEP_EVERY_LATER = 3 * HOUR;

/** What has not come to rest after so long never will. Letters are given up after three days, and messages hidden for seven. */
const PATIENCE = 16 * DAY;

/** What is a call, as it is noted. */
const CALL = /^[A-Z]+ /;

/** Runs a history. The same options give the same one. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed } = options;
  const startsAt = Date.UTC(2026, 0, 5, 6) + Math.floor(seededRandom(seed, "start").next() * 300) * DAY;
  const timeline = new Timeline(startsAt);
  return inOwnWorld(
    () => timeline.now,
    seededRandom(seed, "process"),
    () => live(options, timeline),
  );
}

async function live(options: HistoryOptions, timeline: Timeline): Promise<HistoryResult> {
  const { seed, settings, trace } = options;
  const startsAt = timeline.now;
  const random = seededRandom(seed, "world");
  const told = "plan" in options ? options : undefined;
  const drawn = told?.odds ?? drawOdds(seededRandom(seed, "odds"), TROUBLE);
  const plan =
    "plan" in options
      ? options.plan
      : planDrops({ seed, letters: options.letters, durationMs: TROUBLE, timeScale: 1, startsAt });
  let odds = drawn;
  const mishaps: Mishap[] = [];
  const fates =
    told === undefined
      ? drawnFates(
          seed,
          () => odds,
          (mishap) => mishaps.push(mishap),
        )
      : givenFates(seed, told.mishaps);
  const hash = createHash("sha256");
  let isCalm = false;
  let callsInCalm = 0;
  const note = (instance: number, what: string, more = "") => {
    const at = Math.round(timeline.now - startsAt);
    if (isCalm && CALL.test(what)) callsInCalm++;
    hash.update(`${at} ${instance} ${what} ${more}`);
    trace?.({ at, instance, what, more });
  };
  const container = () =>
    new ModelBlobs({ now: () => timeline.now, lag: () => fates.share("index") * odds.indexLagMs });
  const around: Surroundings = {
    settings,
    timeline,
    random,
    fates,
    odds: () => odds,
    isAltinnDown: () => isWithin(odds.outage, timeline.now - startsAt),
    state: container(),
    accepted: container(),
    deadLetters: container(),
    attachments: container(),
    requests: container(),
    queues: new ModelQueues({
      now: () => timeline.now,
      newId: () => uuid(random),
      onHidden: (message) => host.onHidden(message),
    }),
    altinn: new ModelAltinn({ timeline, fates, odds: () => odds, push: (event) => host.push(event) }),
    note,
    onDeath: (number) => host.onDeath(number),
  };
  const host = new ModelHost(around);
  for (const [path, text] of ATTACHMENT_BLOBS) around.attachments.put(path, text);
  for (const drop of plan.drops) {
    timeline.at(startsAt + drop.at, () => {
      const { requestBlob } = drop;
      if (requestBlob) around.requests.put(requestBlob.path, requestBlob.text);
      around.queues.put(QUEUES.requests, drop.text);
    });
  }
  if (drawn.brake !== undefined) planBrake(around, startsAt, drawn.brake);
  host.start(drawn.instances);

  /** The timer runs at the full quarters or hours; the last run has time to come to its end. */
  const sweepsUntil = async (until: number, every: number) => {
    for (let next = (Math.floor(timeline.now / every) + 1) * every; next <= until; next += every) {
      await timeline.run(next);
      void host.runTimer();
    }
    await timeline.run(until + 10 * MINUTE);
  };
  const troubleEnds = startsAt + Math.max(TROUBLE, drawn.outage?.to ?? 0, drawn.brake?.to ?? 0);
  await sweepsUntil(troubleEnds, SWEEP_EVERY);
  odds = { ...CALM, instances: drawn.instances };
  isCalm = true;
  note(0, "calm");
  const calmSince = timeline.now;
  await sweepsUntil(calmSince + 2 * HOUR, SWEEP_EVERY);
  // The daily chores come after midnight.
  await sweepsUntil(calmSince + DAY + HOUR, SWEEP_EVERY_LATER);
  while (!isAtRest(around, host) && timeline.now < calmSince + PATIENCE) {
    await sweepsUntil(timeline.now + SWEEP_EVERY_LATER, SWEEP_EVERY_LATER);
  }
  return {
    seed,
    ...conclude(around, host, plan, callsInCalm),
    plan,
    crashes: host.deaths,
    mishaps: told?.mishaps ?? mishaps,
    odds: drawn,
    digest: hash.digest("hex"),
  };
}

/** Nothing waits any more, and no recipient will do anything. */
function isAtRest(around: Surroundings, host: ModelHost): boolean {
  return host.underWay === 0 && whatWaits(around).length === 0;
}

function whatWaits({ queues, state }: Surroundings): string[] {
  return [
    ...WORK_QUEUES.flatMap((queue) => waitingMessages(queue, queues.length(queue))),
    ...state.list().flatMap(({ name, tags }) => waitingRecord(name, tags)),
  ];
}

function conclude(around: Surroundings, host: ModelHost, plan: PlannedDrops, callsInCalm: number) {
  const { announcements, unreadable } = announced(around);
  const documents = around.state.list();
  const inFolder = (folder: string) =>
    documents
      .filter(({ name }) => name.startsWith(`${folder}/`))
      .map(({ name }) => ({ name, value: around.state.read(name)?.value }));
  const deadLetters = around.deadLetters
    .list()
    .map(({ name }) => ({ name, value: around.deadLetters.read(name)?.value }));
  const correspondences = inFolder("correspondences");
  const evidence = evidenceOf({
    deadLetters,
    dispatches: inFolder("dispatches"),
    correspondences,
  });
  const altinn = around.altinn.letters();
  const verdict = judge({ plan, altinn, announcements, unreadable, evidence, waiting: whatWaits(around) });
  const violations = violationsOf(verdict, {
    altinn,
    correspondences,
    unusedUploads: around.altinn.unusedUploads(),
    underWay: host.underWay,
    callsInCalm,
    posts: around.altinn.posts,
  });
  return { verdict, violations };
}

function announced({ queues }: Surroundings) {
  const announcements: Announcement[] = [];
  const unreadable: string[] = [];
  for (const queue of [QUEUES.announcements, SECOND_STATUS_QUEUE]) {
    for (const { text } of queues.messages(queue)) {
      const parsed = announcementSchema.safeParse(JSON.parse(text));
      if (parsed.success) announcements.push(parsed.data);
      else unreadable.push(text);
    }
  }
  return { announcements, unreadable };
}

/** An operator pulls the brake, and lifts it again. */
function planBrake(
  { state, timeline }: Surroundings,
  startsAt: number,
  { from, to }: { from: number; to: number },
): void {
  for (const [at, isOn] of [
    [from, true],
    [to, false],
  ] as const) {
    timeline.at(startsAt + at, () => {
      void setBrake(
        {
          read: async (name) => state.read(name),
          create: async (name, value) => state.create(name, value),
          replace: async (name, value, etag) => state.replace(name, value, etag),
        },
        { isOn, reason: "operator", now: timeline.now },
      );
    });
  }
}

function isWithin(span: Odds["outage"], time: number): boolean {
  return span !== undefined && time >= span.from && time < span.to;
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
