// What a world has come to: whether all waits are over, and what is wrong.
import { SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import { evidenceOf, type KeptDocument, WORK_QUEUES, waitingMessages, waitingRecord } from "../chaos/evidence.ts";
import type { PlannedDrops } from "../chaos/mix.ts";
import { judge, type Verdict } from "../chaos/verdict.ts";
import { type Announcement, announcementSchema } from "../shared/announcements/announcement.ts";
import { FOLDERS, QUEUES } from "../shared/storage/names.ts";
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

/** Judges what there is now, by what was dropped and must come of it. */
export function conclude(world: SimulatedWorld, plan: Pick<PlannedDrops, "letters" | "refusals">): Conclusion {
  const { around, host, callsInCalm } = world;
  const { announcements, unreadable } = announced(world);
  const correspondences = documentsIn(world, FOLDERS.correspondences);
  const deadLetters = around.deadLetters
    .list()
    .map(({ name }) => ({ name, value: around.deadLetters.read(name)?.value }));
  const dispatches = documentsIn(world, FOLDERS.dispatches);
  const altinn = around.altinn.letters();
  const evidence = evidenceOf({ deadLetters, dispatches, correspondences });
  const verdict = judge({ plan, altinn, announcements, unreadable, evidence, waiting: whatWaits(world) });
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

/** Everything that was told, in the order in which it was put on its queue. */
export function announced({ around: { queues } }: SimulatedWorld) {
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
