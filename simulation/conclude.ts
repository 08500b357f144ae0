// What a world has come to: whether all waits are over, and what is wrong.
import { z } from "zod";
import { evidenceOf, type KeptDocument, waitingMessages, waitingRecord } from "../chaos/evidence.ts";
import { judge, type Verdict } from "../chaos/verdict.ts";
import type { Announcement } from "../shared/announcements/announcement.ts";
import type { DeadLetter } from "../shared/records/deadLetter.ts";
import { receiptRecordSchema } from "../shared/records/receiptRecord.ts";
import { FOLDERS, QUEUES, recordName } from "../shared/storage/names.ts";
import { workQueuesOf } from "./host.ts";
import { judgeReceived, type ReceivedVerdict } from "./received.ts";
import { type Plan, wrongAmongSenders } from "./senders.ts";
import { toldOn } from "./told.ts";
import type { SimulatedWorld } from "./world.ts";
import { type Violation, violationsOf } from "./wrong.ts";

/** What came of a world. */
export interface Conclusion {
  readonly verdict: Verdict;
  /** How many letters to the organisation were received. */
  readonly received: number;
  /** What is wrong, all of it. */
  readonly violations: readonly Violation[];
}

/** Nothing waits any more. */
export function isAtRest(world: SimulatedWorld): boolean {
  return world.host.underWay === 0 && whatWaits(world).length === 0;
}

/** What was dropped, and must come of it. */
export interface Judged extends Pick<Plan, "letters" | "refusals">, Partial<Pick<Plan, "drops">> {
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
  const received = judgeIncoming(world);
  const violations = violationsOf(verdict, {
    received,
    plan,
    altinn,
    evidence,
    told,
    settings: around.settings,
    records: [...dispatches, ...documentsIn(world, FOLDERS.requests)],
    leases: documentsIn(world, FOLDERS.checks),
    lost: host.lost,
    droppedAndKept: kept.filter((letter) => isAsDropped(letter, world.dropped)).map(({ name }) => name),
    now: world.timeline.now,
    calmSince: world.calmSince,
    posted: world.posted,
    senders: world.options.senders,
    amongSenders: wrongOfSenders(world, plan),
    odds: world.drawn,
    correspondences,
    unusedUploads: around.altinn.unusedUploads(),
    underWay: host.underWay,
    callsInCalm,
    posts: around.altinn.posts,
  });
  return { verdict, received: received.received, violations };
}

function wrongOfSenders(
  { around, options: { senders }, startsAt }: SimulatedWorld,
  { drops = [], ...plan }: Judged,
): string[] {
  if (senders === undefined) return [];
  const { refused, brake } = senders;
  return wrongAmongSenders(around.altinn.letters(), { ...plan, drops }, senders, startsAt, [refused, brake]);
}

function judgeIncoming(world: SimulatedWorld): ReceivedVerdict {
  const { altinn, inbox, queues, settings } = world.around;
  const records = documentsIn(world, FOLDERS.receipts).map(({ value }) => receiptRecordSchema.parse(value));
  return judgeReceived({
    letters: settings.receiving === undefined ? [] : altinn.incoming(),
    told: queues.messages(QUEUES.received).map(({ insertedAt: at, text }) => ({ at, text })),
    documents: new Map(
      inbox.documents
        .list()
        .map(({ name, writtenAt }) => [name, { value: inbox.documents.read(name)?.value, writtenAt }]),
    ),
    files: inbox.files,
    records: new Map(records.map((record) => [record.correspondenceId, record])),
    wishes: world.wishes,
    onStored: settings.receiving?.onStored ?? { read: false, confirm: false },
    clocksMs: world.drawn.clockSkewMs + world.drawn.clockJumpMs,
  });
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

function whatWaits({ around: { queues, state, settings } }: SimulatedWorld): string[] {
  return [
    ...workQueuesOf(settings).flatMap((queue) => waitingMessages(queue, queues.length(queue))),
    ...state.list().flatMap(({ name, tags }) => waitingRecord(name, tags)),
  ];
}
