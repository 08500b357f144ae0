// Whether a run went well: what was dropped is held against what Altinn has, what is recorded, and what was told. Pure.
import type { Announcement } from "../shared/announcements/announcement.ts";
import type { AltinnLetter } from "./altinn.ts";
import type { ExpectedLetter } from "./errand.ts";
import type { Evidence } from "./evidence.ts";
import { concerns, describe, grouped, isTakenBack, nameOf } from "./naming.ts";
import type { Plan } from "./plan.ts";
import { RECEIVED_FAULTS, type ReceivedVerdict } from "./received.ts";
import { findUntold, findWronglyTold } from "./told.ts";

/** Everything that a verdict is made from. */
export interface Case {
  /** What was dropped. */
  readonly plan: Pick<Plan, "letters" | "refusals">;
  readonly altinn: readonly AltinnLetter[];
  readonly announcements: readonly Announcement[];
  /** Ids of announcements that were true when they were told, and are not any more: their letters were sent again. */
  readonly outdated?: ReadonlySet<string>;
  /** Messages on the queues of announcements that are none. */
  readonly unreadable: readonly string[];
  readonly evidence: Evidence;
  /** What still waits, each said for people. */
  readonly waiting: readonly string[];
}

/** What a letter came to. */
export type Outcome = "sent" | "rejected" | "gaveUp" | "cancelled" | "outcomeUnknown";

/** What must not be. */
export const FAULTS = [
  /** More than one letter for one request and recipient, or one that nobody dropped. */
  "duplicates",
  /** Dropped, and neither a letter, nor a dead letter, nor a cancellation. */
  "lost",
  /** A letter in Altinn without a record that says which one it is. */
  "withoutRecord",
  /** Told what is not so. */
  "announcedWrongly",
  /** A letter, an end or a status of which nobody was told. */
  "unannounced",
  /** Something that still waits. */
  "stuck",
] as const;

export type FaultKind = (typeof FAULTS)[number];

export interface Verdict {
  readonly letters: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** What is wrong, each said for people, with ids. */
  readonly faults: Readonly<Record<FaultKind, readonly string[]>>;
  /** Of letters to the organisation, where others have sent such. */
  readonly incoming?: ReceivedVerdict;
}

/** True if nothing is wrong. */
export function isGood({ faults, incoming }: Verdict): boolean {
  const isReceived = incoming === undefined || RECEIVED_FAULTS.every((kind) => incoming[kind].length === 0);
  return isReceived && FAULTS.every((kind) => faults[kind].length === 0);
}

/** Judges a run that has come to rest. */
export function judge({ plan, altinn, announcements, outdated, unreadable, evidence, waiting }: Case): Verdict {
  const outcomes: Record<Outcome, number> = { sent: 0, rejected: 0, gaveUp: 0, cancelled: 0, outcomeUnknown: 0 };
  const lost: string[] = [];
  const existing = grouped(altinn, nameOf);
  for (const letter of plan.letters) {
    const outcome = outcomeOf(letter, existing.get(nameOf(letter)) ?? [], evidence);
    if (outcome === undefined) lost.push(`${nameOf(letter)} (request ${letter.requestId ?? "without id"})`);
    else outcomes[outcome]++;
  }
  for (const { mark } of plan.refusals) {
    if (evidence.deadLetters.some(({ content }) => content.includes(mark))) outcomes.rejected++;
    else lost.push(`the message with "${mark}"`);
  }
  return {
    letters: plan.letters.length + plan.refusals.length,
    outcomes,
    faults: {
      duplicates: findDuplicates(plan.letters, altinn),
      lost,
      withoutRecord: altinn.filter((letter) => !isRecorded(letter, evidence)).map(describe),
      announcedWrongly: [
        ...findWronglyTold(
          altinn,
          announcements.filter(({ id }) => !outdated?.has(id)),
          evidence,
        ),
        ...unreadable.map((text) => `a message that is no announcement, of ${text.length} characters`),
      ],
      unannounced: findUntold(altinn, announcements, evidence),
      stuck: waiting,
    },
  };
}

function outcomeOf(
  letter: ExpectedLetter,
  existing: readonly AltinnLetter[],
  { deadLetters, dispatches }: Evidence,
): Outcome | undefined {
  if (existing.length > 0) return existing.every(isTakenBack) ? "cancelled" : "sent";
  const dead = deadLetters.find((candidate) => concerns(candidate, letter));
  if (dead) return dead.end;
  const isCancelled = dispatches.some((one) => one.state === "cancelled" && nameOf(one) === nameOf(letter));
  return isCancelled ? "cancelled" : undefined;
}

function findDuplicates(letters: readonly ExpectedLetter[], altinn: readonly AltinnLetter[]): string[] {
  const requestIds = new Map(letters.map(({ reference, requestId }) => [reference, requestId ?? reference]));
  const byDispatch = grouped(altinn, ({ reference, recipient }) => `${requestIds.get(reference)} ${recipient}`);
  const dropped = new Set(letters.map(nameOf));
  return [
    ...altinn.filter((letter) => !dropped.has(nameOf(letter))).map((letter) => `${describe(letter)}, never dropped`),
    ...[...byDispatch.values()].flatMap(([, ...others]) => others.map((letter) => `${describe(letter)}, once more`)),
  ];
}

function isRecorded(letter: AltinnLetter, { records }: Evidence): boolean {
  const link = records.get(letter.correspondenceId);
  return link !== undefined && nameOf(link) === nameOf(letter);
}
