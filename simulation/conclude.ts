// What a world has come to: whether all waits are over, and what is wrong.
import { z } from "zod";
import { evidenceOf, type KeptDocument, WORK_QUEUES, waitingMessages, waitingRecord } from "../chaos/evidence.ts";
import type { PlannedDrops } from "../chaos/mix.ts";
import { judge, type Verdict } from "../chaos/verdict.ts";
import type { Announcement } from "../shared/announcements/announcement.ts";
import type { DeadLetter } from "../shared/records/deadLetter.ts";
import { FOLDERS, recordName } from "../shared/storage/names.ts";
import { toldOn } from "./told.ts";
import type { SimulatedWorld } from "./world.ts";
import { type Violation, violationsOf } from "./wrong.ts";

/** What came of a world. */
export interface Conclusion {
  readonly verdict: Verdict;
  /** What is wrong, all of it. */
  readonly violations: readonly Violation[];
}

/** Nothing waits any more. */
export function isAtRest(world: SimulatedWorld): boolean {
  return world.host.underWay === 0 && whatWaits(world).length === 0;
}

/** What was dropped, and must come of it. */
export interface Judged extends Pick<PlannedDrops, "letters" | "refusals">, Partial<Pick<PlannedDrops, "drops">> {
  /** References of letters that are not of this deployment, where others have Altinn in common with it. */
  readonly others?: ReadonlySet<string>;
}

/** Judges what there is now, by what was dropped and must come of it. */
export function conclude(world: SimulatedWorld, plan: Judged): Conclusion {
  const { around, host, callsInCalm } = world;
  const { told, announcements, unreadable } = announced(world);
  const correspondences = documentsIn(world, FOLDERS.correspondences);
  const kept = around.deadLetters.list().map(({ name }) => ({ name, value: around.deadLetters.read(name)?.value }));
  const gone = [...world.dropped].filter(
    ([name, letter]) => !around.deadLetters.exists(name) && !hasGoneOn(world, letter),
  );
  const deadLetters = [...kept, ...gone.map(([name, value]) => ({ name, value }))];
  const dispatches = documentsIn(world, FOLDERS.dispatches);
  const altinn = around.altinn.letters().filter(({ reference }) => plan.others?.has(reference) !== true);
  const evidence = evidenceOf({ deadLetters, dispatches, correspondences });
  const outdated = new Set(announcements.filter((told) => isOutdated(told, world.replayed)).map(({ id }) => id));
  const waiting = whatWaits(world);
  const verdict = judge({ plan, altinn, announcements, outdated, unreadable, evidence, waiting });
  const violations = violationsOf(verdict, {
    plan,
    altinn,
    evidence,
    told,
    records: [...dispatches, ...documentsIn(world, FOLDERS.requests)],
    leases: documentsIn(world, FOLDERS.checks),
    lost: host.lost,
    droppedAndKept: kept.filter((letter) => isAsDropped(letter, world.dropped)).map(({ name }) => name),
    now: world.timeline.now,
    calmSince: world.calmSince,
    postedAt: world.postedAt,
    odds: world.drawn,
    correspondences,
    unusedUploads: around.altinn.unusedUploads(),
    underWay: host.underWay,
    callsInCalm,
    posts: around.altinn.posts,
  });
  return { verdict, violations };
}

/** True of an end that stood until its letter was sent again. It may be told later than that is asked for. */
function isOutdated({ time, data: { deadLetter } }: Announcement, replayed: SimulatedWorld["replayed"]): boolean {
  const endedAt = replayed.get(deadLetter ?? "");
  return endedAt !== undefined && Date.parse(time) <= endedAt;
}

/** True if a letter was sent again by somebody else while it was being dropped. */
function hasGoneOn({ around }: SimulatedWorld, { dispatchId, epoch }: DeadLetter): boolean {
  const dispatch = dispatchId === undefined ? undefined : around.state.read(recordName(FOLDERS.dispatches, dispatchId));
  return dispatch !== undefined && epochSchema.parse(dispatch.value).epoch > epoch;
}

/** True if a dead letter was dropped at the same end. One that no dispatch tells of comes again with its message. */
function isAsDropped({ name, value }: KeptDocument, all: SimulatedWorld["dropped"]): boolean {
  const dropped = all.get(name);
  return dropped?.dispatchId !== undefined && epochSchema.parse(value).epoch <= dropped.epoch;
}

const epochSchema = z.object({ epoch: z.number() });

/** Everything that was told, in the order in which it was put on its queue. */
export function announced({ around: { queues } }: SimulatedWorld) {
  const { told, unreadable } = toldOn(queues);
  return { told, announcements: told.map(({ announcement }) => announcement), unreadable };
}

function documentsIn({ around: { state } }: SimulatedWorld, folder: string): KeptDocument[] {
  return state
    .list()
    .filter(({ name }) => name.startsWith(`${folder}/`))
    .map(({ name }) => ({ name, value: state.read(name)?.value }));
}

function whatWaits({ around: { queues, state } }: SimulatedWorld): string[] {
  return [
    ...WORK_QUEUES.flatMap((queue) => waitingMessages(queue, queues.length(queue))),
    ...state.list().flatMap(({ name, tags }) => waitingRecord(name, tags)),
  ];
}
