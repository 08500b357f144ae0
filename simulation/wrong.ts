// What is wrong with a history, in words; nothing, if all is well. Pure.
import { z } from "zod";
import type { KeptDocument } from "../chaos/evidence.ts";
import { describe } from "../chaos/naming.ts";
import { FAULTS, type FaultKind, type Verdict } from "../chaos/verdict.ts";
import { DAY, MINUTE, SECOND } from "../shared/clock.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { type Kept, leftBehind } from "./leftovers.ts";
import type { Odds } from "./odds.ts";
import { endedWithoutReason, type Grounds, unansweredCancels } from "./reasons.ts";
import type { ReceivedVerdict } from "./received.ts";
import type { PlannedSenders } from "./senders.ts";
import { type Told, wronglyTold } from "./told.ts";
import type { Posted } from "./world.ts";

/** One thing that must not be. */
export interface Violation {
  readonly kind: FaultKind | "withoutReason" | "untrue" | "leftBehind" | "work" | "braked" | "received" | "senders";
  /** For people, with ids. */
  readonly text: string;
}

/** What a history has left, beside what the verdict goes by. */
export interface Rest extends Kept, Omit<Grounds, "announcements"> {
  /** What came of letters to the organisation. */
  readonly received: ReceivedVerdict;
  readonly told: readonly Told[];
  readonly settings: Pick<Settings, "senders">;
  /** When a POST of a letter came to Altinn, in milliseconds since the history began, and whose. */
  readonly posted: readonly Posted[];
  /** What trouble one of several senders is in; and what is wrong with their letters, in words. */
  readonly senders: PlannedSenders | undefined;
  readonly amongSenders: readonly string[];
  /** What the world was like. */
  readonly odds: Odds;
  /** The records of correspondences. */
  readonly correspondences: readonly KeptDocument[];
  /** Files that Altinn took by themselves and that no letter uses, by file name. */
  readonly unusedUploads: readonly string[];
  /** Invocations that have not come to their end. */
  readonly underWay: number;
  /** How many calls the app made once calm had returned, those of the timer's runs left out. */
  readonly callsInCalm: number;
  /** How often each letter was posted, and each to the organisation asked for, by the name of the call. */
  readonly posts: ReadonlyMap<string, number>;
}

/** Everything that is wrong. */
export function violationsOf(verdict: Verdict, rest: Rest): Violation[] {
  const grounds = { ...rest, announcements: rest.told.map(({ announcement }) => announcement) };
  return [
    ...FAULTS.flatMap((kind) => withoutLimits(kind, verdict.faults[kind]).map((text) => ({ kind, text }))),
    ...endedWithoutReason(grounds).map((text) => ({ kind: "withoutReason", text }) as const),
    ...unansweredCancels(grounds).map((text) => ({ kind: "unannounced", text }) as const),
    ...wronglyTold(rest.told, rest.plan, rest.settings.senders).map(
      (text) => ({ kind: "announcedWrongly", text }) as const,
    ),
    ...leftBehind(rest).map((text) => ({ kind: "leftBehind", text }) as const),
    ...rest.received.wrong.map((text) => ({ kind: "received", text }) as const),
    ...rest.amongSenders.map((text) => ({ kind: "senders", text }) as const),
    ...braked(rest),
    ...untrue(rest),
    ...rest.unusedUploads.map(
      (name) => ({ kind: "leftBehind", text: `an upload of ${name} that no letter uses` }) as const,
    ),
    ...(rest.underWay > 0 ? [{ kind: "stuck", text: `${rest.underWay} invocations never end` } as const] : []),
    ...overworked(verdict.letters + rest.received.received, rest),
  ];
}

/**
 * Altinn tells of a download nowhere but to a look, and a letter that is read is not looked at any more: where no look came
 * between the two, nobody can tell it.
 */
function withoutLimits(kind: FaultKind, texts: readonly string[]): readonly string[] {
  return kind === "unannounced" ? texts.filter((text) => !text.startsWith("attachmentsDownloaded of ")) : texts;
}

const recordSchema = z.object({ correspondenceId: z.string(), facts: z.record(z.string(), z.unknown()) });

/** Statuses that nobody tells a sender who does not look in time, or that follow from others. */
const UNSEEN: ReadonlySet<string> = new Set(["Initialized", "ReadyForPublish", "Fetched", "AttachmentsDownloaded"]);

/** Of a purge an event does not say whose it was. */
const PURGED: ReadonlySet<string> = new Set(["PurgedByRecipient", "PurgedByAltinn"]);

/** Each record says what Altinn says, all of it and nothing else. */
function untrue({ altinn, correspondences }: Rest): Violation[] {
  const records = new Map(
    correspondences.map(({ value }) => {
      const { correspondenceId, facts } = recordSchema.parse(value);
      return [correspondenceId, new Set(Object.keys(facts))];
    }),
  );
  return altinn.flatMap((letter) => {
    const known = records.get(letter.correspondenceId);
    // That there is none is for the verdict to say.
    if (known === undefined) return [];
    const lacks = letter.statuses.filter((status) => !UNSEEN.has(status) && !known.has(status));
    const invents = [...known].filter(
      (status) =>
        !letter.statuses.includes(status) &&
        !isSignal(status) &&
        !(status === "Purged" && letter.statuses.some((one) => PURGED.has(one))),
    );
    return [
      ...lacks.map(
        (status) => ({ kind: "untrue", text: `the record of ${describe(letter)} lacks ${status}` }) as const,
      ),
      ...invents.map(
        (status) => ({ kind: "untrue", text: `the record of ${describe(letter)} has ${status}` }) as const,
      ),
    ];
  });
}

/** What is no status of Altinn's. */
function isSignal(status: string): boolean {
  return ["NeverRead", "NeverConfirmed", "NotificationFailed", "NotPublished", "AttachmentsExpiring"].includes(status);
}

/** Nothing is posted under the brake: not once every instance has learnt of it, and what was under way has come to its end. */
function braked({ odds: { brake, latencyMs }, senders, posted }: Rest): Violation[] {
  const late = MINUTE + 10 * latencyMs;
  const isIn = (at: number, span: { from: number; to: number } | undefined) =>
    span !== undefined && at > span.from + late && at < span.to;
  return posted
    .filter(({ at, sender }) => isIn(at, brake) || (sender === senders?.brake?.sender && isIn(at, senders?.brake)))
    .map(({ at }) => ({
      kind: "braked",
      text: `a letter was posted ${Math.round(at / SECOND)} s after the beginning`,
    }));
}

/** So many calls a letter are enough for what trouble has left, and so many posts for the letter that needs most. */
const MOST_CALLS = 500;
/** And so many a day for the runs of the timer. */
const MOST_CALLS_A_DAY = 600;
const MOST_POSTS = 60;

function overworked(letters: number, { callsInCalm, posts, now, calmSince }: Rest): Violation[] {
  const calmDays = Math.max(now - calmSince, 0) / DAY;
  const often = [...posts].filter(([, count]) => count > MOST_POSTS);
  return [
    ...often.map(([call, count]) => ({ kind: "work", text: `${call} was called ${count} times` }) as const),
    ...(callsInCalm > MOST_CALLS * letters + MOST_CALLS_A_DAY * calmDays
      ? [{ kind: "work", text: `${callsInCalm} calls for ${letters} letters once calm had returned` } as const]
      : []),
  ];
}
