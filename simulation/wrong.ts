// What is wrong with a history, in words; nothing, if all is well. Pure.
import { z } from "zod";
import type { AltinnLetter } from "../chaos/altinn.ts";
import type { KeptDocument } from "../chaos/evidence.ts";
import { describe } from "../chaos/naming.ts";
import { FAULTS, type FaultKind, type Verdict } from "../chaos/verdict.ts";

/** One thing that must not be. */
export interface Violation {
  readonly kind: FaultKind | "untrue" | "leftBehind" | "work";
  /** For people, with ids. */
  readonly text: string;
}

/** What a history has left, beside what the verdict goes by. */
export interface Rest {
  readonly altinn: readonly AltinnLetter[];
  /** The records of correspondences. */
  readonly correspondences: readonly KeptDocument[];
  /** Files that Altinn took by themselves and that no letter uses, by file name. */
  readonly unusedUploads: readonly string[];
  /** Invocations that have not come to their end. */
  readonly underWay: number;
  /** How many calls the app made once calm had returned, those of the timer's runs left out. */
  readonly callsInCalm: number;
  /** How often each letter was posted, by the name of the call, which has its key. */
  readonly posts: ReadonlyMap<string, number>;
}

/** Everything that is wrong. */
export function violationsOf(verdict: Verdict, rest: Rest): Violation[] {
  return [
    ...FAULTS.flatMap((kind) => withoutLimits(kind, verdict.faults[kind]).map((text) => ({ kind, text }))),
    ...untrue(rest),
    ...rest.unusedUploads.map(
      (name) => ({ kind: "leftBehind", text: `an upload of ${name} that no letter uses` }) as const,
    ),
    ...(rest.underWay > 0 ? [{ kind: "stuck", text: `${rest.underWay} invocations never end` } as const] : []),
    ...overworked(verdict.letters, rest),
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

/** So many calls a letter are enough for what trouble has left, and so many posts for the letter that needs most. */
const MOST_CALLS = 150;
const MOST_POSTS = 60;

function overworked(letters: number, { callsInCalm, posts }: Rest): Violation[] {
  const often = [...posts].filter(([, count]) => count > MOST_POSTS);
  return [
    ...often.map(([call, count]) => ({ kind: "work", text: `${call} was called ${count} times` }) as const),
    ...(callsInCalm > MOST_CALLS * letters
      ? [{ kind: "work", text: `${callsInCalm} calls for ${letters} letters once calm had returned` } as const]
      : []),
  ];
}
