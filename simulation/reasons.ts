// Whether what was not sent had a reason, and whether each cancel was answered. Pure.
import { z } from "zod";
import type { AltinnLetter } from "../chaos/altinn.ts";
import type { ExpectedLetter } from "../chaos/errand.ts";
import type { Evidence, KeptDeadLetter, KeptDocument } from "../chaos/evidence.ts";
import type { PlannedDrops } from "../chaos/mix.ts";
import { concerns, nameOf } from "../chaos/naming.ts";
import type { Announcement } from "../shared/announcements/announcement.ts";
import { HOUR } from "../shared/clock.ts";
import type { Odds } from "./odds.ts";

/** What reasons are looked for in. */
export interface Grounds {
  readonly plan: Pick<PlannedDrops, "letters"> & Partial<Pick<PlannedDrops, "drops">>;
  readonly altinn: readonly AltinnLetter[];
  readonly evidence: Evidence;
  readonly announcements: readonly Announcement[];
  /** The records of dispatches and of requests. */
  readonly records: readonly KeptDocument[];
  /** Messages that were lost. */
  readonly lost: readonly string[];
  /** What the world was like. */
  readonly odds: Odds;
}

/** Letters that ended without being sent, and nothing spoke against them. */
export function endedWithoutReason({ plan, altinn, evidence, records, lost, odds }: Grounds): string[] {
  const existing = new Set(altinn.map(nameOf));
  const failed = failuresOf(records);
  const isLost = ({ reference }: ExpectedLetter) => lost.some((text) => decoded(text).includes(`"${reference}"`));
  return plan.letters.flatMap((letter) => {
    if (existing.has(nameOf(letter))) return [];
    const dead = evidence.deadLetters.find((candidate) => concerns(candidate, letter));
    const end = dead?.end ?? (isCancelled(letter, evidence) ? "cancelled" : undefined);
    // That it is lost is for the verdict to say.
    if (end === undefined || letter.mayEnd?.some((allowed) => allowed === end)) return [];
    const reason = dead === undefined ? "" : reasonOf(dead);
    if (dead !== undefined && end === "gaveUp" && failed.has(dead.name.slice(0, -".json".length))) return [];
    if (reason === "requestLost" && isLost(letter)) return [];
    if (reason === "requestBlobMissing" && odds.blobGone > 0) return [];
    if (reason === "resourceNotAllowed" && odds.altinnRejects > 0) return [];
    if (end === "outcomeUnknown" && odds.outage !== undefined && odds.outage.to - odds.outage.from > LONG_OUTAGE)
      return [];
    return [`${nameOf(letter)} ended as ${end} (${reason})`];
  });
}

/** A message as JSON, where it may be base64 of that. */
function decoded(text: string): string {
  return text.startsWith("{") ? text : Buffer.from(text, "base64").toString();
}

function isCancelled(letter: ExpectedLetter, { dispatches }: Evidence): boolean {
  return dispatches.some((one) => one.state === "cancelled" && nameOf(one) === nameOf(letter));
}

function reasonOf({ content }: KeptDeadLetter): string {
  return /"reason":"(\w+)"/.exec(content)?.[1] ?? "";
}

/** So many poison messages, or answers of 500 within an hour or more, are a reason to give a letter up. */
const POISON_MESSAGES = 4;
const ANSWERS_OF_500 = 8;

/** While Altinn answers nobody, letters are looked for in vain; after a day that is told. */
const LONG_OUTAGE = 12 * HOUR;

const recordSchema = z.object({
  dispatchId: z.string().optional(),
  digest: z.string(),
  poisonIds: z.array(z.string()),
  attempts: z.array(z.object({ at: z.number(), status: z.number().optional() })).optional(),
});

/** What Altinn, or the app itself, has failed on again and again: the ids of dispatches, and the digests of requests. */
function failuresOf(records: readonly KeptDocument[]): ReadonlySet<string> {
  const failed = new Set<string>();
  for (const { value } of records) {
    const { dispatchId, digest, poisonIds, attempts = [] } = recordSchema.parse(value);
    const refused = attempts.filter(({ status }) => status === 500);
    const first = refused.at(-ANSWERS_OF_500);
    const isRefused = first !== undefined && (refused.at(-1)?.at ?? 0) - first.at >= HOUR;
    if (poisonIds.length >= POISON_MESSAGES || isRefused) failed.add(dispatchId ?? digest);
  }
  return failed;
}

const cancelSchema = z.object({ cancel: z.object({ requestId: z.string() }) });

/** What answers a cancel of a letter. */
const ANSWERS: ReadonlySet<string> = new Set(["cancelled", "tooLate", "rejected", "gaveUp", "outcomeUnknown"]);

/** Letters that were cancelled, and whose producer was not told what came of it. */
export function unansweredCancels({ plan, announcements }: Grounds): string[] {
  const { drops = [] } = plan;
  const cancelled = new Set(
    drops.flatMap(({ text }) => cancelSchema.safeParse(jsonOf(text)).data?.cancel.requestId ?? []),
  );
  const answered = new Set<string>();
  for (const { type, data } of announcements) {
    const { sendersReference: reference = "", recipient } = data;
    if (ANSWERS.has(type.split(".").at(-1) ?? ""))
      answered.add(recipient ? nameOf({ reference, recipient }) : reference);
  }
  return plan.letters
    .filter(({ requestId = "" }) => cancelled.has(requestId))
    .filter((letter) => !answered.has(nameOf(letter)) && !answered.has(letter.reference))
    .map((letter) => `the cancel of ${nameOf(letter)}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
