// What to do next for one dispatch, and what an outcome means for it. Pure: a function of its record, the answer and the time.

import type { InitializeOutcome } from "../altinn/outcome.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";
import type { Contact } from "../pausing/contact.ts";
import {
  type Attempt,
  attemptsOfEpoch,
  type DispatchRecord,
  hasUnknownOutcome,
  mergeAttempts,
  type Problem,
  type UnsentEnd,
  unknownUntil,
} from "../records/dispatchRecord.ts";
import { delayBeforeNext } from "./delays.ts";

/** What the letter itself decides about how it is sent. */
export interface LetterTraits {
  /** Its files go along with the POST. */
  readonly hasFiles: boolean;
  /** It becomes a transmission in a Dialogporten dialog: Altinn may have saved it although it answered 4xx. */
  readonly isToDialog: boolean;
}

/** What is to be done next for a dispatch. */
export type Step =
  | { readonly step: "post" }
  | { readonly step: "lookUp" }
  | { readonly step: "wait"; readonly delayMs: number }
  | { readonly step: "end"; readonly end: UnsentEnd; readonly problem: Problem };

/** A record and what to do next with it. */
export interface Decision {
  readonly record: DispatchRecord;
  readonly next: Step;
}

/** A look-up proves that there is no letter only this long after the last POST with unknown outcome can have run. */
const SETTLING_TIME = 10 * MINUTE;

/** How long a key may be "used already" without our finding the letter, and a look-up may fail before an end. */
const LOOK_UP_PATIENCE = 24 * HOUR;

/** This many answers of 500, while other letters go through, mean that Altinn fails on this one. */
const TOO_MANY_500S = 8;

/** For so long at least, in milliseconds: whoever can put our messages can have them follow each other within seconds. */
const SHORTEST_FAILING = HOUR;

/** An Altinn that answers nobody counts as well, but so slowly that it takes this long: then the producer should know. */
const LONGEST_SILENCE = 14 * DAY;

/** No gap between attempts counts for more: a longer one was asked for, by Retry-After or by the sweep's grace. */
const LONGEST_COUNTED = 8 * HOUR;

/**
 * The record as its patience counts: what it is late by, for the brake, a breaker or a deep queue, is no time in which a
 * look-up failed or found nothing.
 */
export function withoutDelay(record: DispatchRecord, now: number): DispatchRecord {
  const { nextAttemptAt, emptySince, lookUpFailingSince } = record;
  const late = Math.max(now - nextAttemptAt, 0);
  return {
    ...record,
    ...(emptySince === undefined ? {} : { emptySince: emptySince + late }),
    ...(lookUpFailingSince === undefined ? {} : { lookUpFailingSince: lookUpFailingSince + late }),
  };
}

/** What to do first when the time of a dispatch has come, or after a look-up that found nothing (`lookedUp`). */
export function nextStep(record: DispatchRecord, letter: LetterTraits, now: number, lookedUp = false): Step {
  if (record.existsSince !== undefined) return { step: "lookUp" };
  const unknown = record.attempts.filter(hasUnknownOutcome);
  const until = unknownUntil(record);
  if (record.closing) {
    const wasTried = record.attempts.length > 0;
    return until === undefined && !(letter.isToDialog && wasTried) ? endOf(record.closing) : { step: "lookUp" };
  }
  if (until === undefined) return { step: "post" };
  // A 409 whose code was lost on the way says in all likelihood that it exists. Whoever replays a letter may know as
  // little: it is looked for before anything goes.
  const mayExist = unknown.length > 1 || unknown.some(({ status }) => status === 409) || record.epoch > 0;
  if (!lookedUp && (letter.hasFiles || mayExist)) return { step: "lookUp" };
  // Two POSTs with one key are harmless (one gets 409), but the files of the loser stay behind in Altinn.
  if (letter.hasFiles && until > now) return { step: "wait", delayMs: until - now };
  return { step: "post" };
}

/** What a look-up by key that found nothing means. */
export function afterEmptyLookUp(before: DispatchRecord, letter: LetterTraits, now: number): Decision {
  const { lookUpFailingSince: _failing, ...record } = before;
  if (record.existsSince !== undefined) {
    const emptySince = record.emptySince ?? now;
    if (now - emptySince >= LOOK_UP_PATIENCE) return { record, next: endWithoutId(record) };
    return { record: { ...record, emptySince }, next: { step: "wait", delayMs: half(now - record.existsSince) } };
  }
  if (record.closing) {
    const until = unknownUntil(record);
    const certainFrom = until === undefined ? now : until + SETTLING_TIME;
    if (now >= certainFrom) return { record, next: endOf(record.closing) };
    // A letter that comes to exist after all can be purged only as long as it is not published.
    const { end, since } = record.closing;
    const mayWait = end === "cancelled" ? half(now - since) : Number.POSITIVE_INFINITY;
    return { record, next: { step: "wait", delayMs: Math.min(certainFrom - now, mayWait) } };
  }
  return { record, next: nextStep(record, letter, now, true) };
}

/** The key is used, and nothing is found by it: another's letter has it, but not if we derived it, since nobody else can. */
function endWithoutId({ isKeyGiven }: DispatchRecord): Step {
  if (isKeyGiven) return { step: "end", end: "rejected", problem: { reason: "idempotentKeyTaken", errorCode: 1034 } };
  const detail = "Altinn says that the letter exists, and does not find it by its key";
  return { step: "end", end: "outcomeUnknown", problem: { reason: "altinnKeepsFailing", errorCode: 1034, detail } };
}

/**
 * What it means that the look-up by key answers with several ids, or with a letter that is not this one. Of a letter that
 * exists under a key of ours it says no more than an empty one; it never proves that there is none.
 */
export function afterMismatch(record: DispatchRecord, letter: LetterTraits, now: number): Decision {
  const isNotFound = record.existsSince !== undefined && !record.isKeyGiven;
  return (isNotFound ? afterEmptyLookUp : afterFailedLookUp)(record, letter, now);
}

/** What it means that the look-up by key, or reading what it found, did not work. */
export function afterFailedLookUp(before: DispatchRecord, letter: LetterTraits, now: number): Decision {
  const record = { ...before, lookUpFailingSince: before.lookUpFailingSince ?? now };
  const failing = now - record.lookUpFailingSince;
  // Files wait for a look-up before they go again; that has an end too.
  const isOver = record.closing ? failing >= LOOK_UP_PATIENCE : letter.hasFiles && failing >= LONGEST_SILENCE;
  if (isOver && record.existsSince === undefined) {
    const problem: Problem = record.closing ? problemIn(record.closing) : { reason: "altinnKeepsFailing" };
    return { record, next: { step: "end", end: "outcomeUnknown", problem } };
  }
  const mustKnow = record.closing !== undefined || record.existsSince !== undefined || letter.hasFiles;
  if (!mustKnow) return { record, next: { step: "post" } };
  return {
    record,
    next: { step: "wait", delayMs: half(now - Math.min(record.existsSince ?? now, record.lookUpFailingSince)) },
  };
}

/** What the meaning of an answer to a POST depends on, beside the answer. */
export interface AfterPostOptions {
  readonly letter: LetterTraits;
  readonly attempt: Attempt;
  readonly now: number;
  readonly contact: Contact;
  /** How long it may wait while Altinn answers others, in milliseconds. */
  readonly giveUpAfter: number;
  /** Random in [0, 1). */
  readonly random: number;
}

/** What the outcome of a POST means, when it is not that the letter was sent. */
export function afterPost(
  before: DispatchRecord,
  outcome: Exclude<InitializeOutcome, { kind: "sent" }>,
  options: AfterPostOptions,
): Decision {
  const { letter, now } = options;
  const record = withAttempt(before, { ...options.attempt, ...summaryOf(outcome) }, options, isAltinnsWord(outcome));
  if (outcome.kind === "exists") {
    return { record: { ...record, existsSince: record.existsSince ?? now }, next: { step: "lookUp" } };
  }
  if (outcome.kind === "never") {
    const { status, errorCode, reason, detail } = outcome;
    return closing(record, letter, now, "rejected", {
      reason,
      status,
      ...(errorCode === undefined ? {} : { errorCode }),
      detail,
    });
  }
  const isOurSetUp = outcome.kind === "ourSetUp";
  if (record.countedWait >= options.giveUpAfter || keepsFailing(record, options.attempt, options.contact)) {
    return closing(record, letter, now, "gaveUp", {
      reason: isOurSetUp ? "notAuthorised" : "altinnKeepsFailing",
      ...(outcome.status === undefined ? {} : { status: outcome.status }),
      ...(outcome.errorCode === undefined ? {} : { errorCode: outcome.errorCode }),
    });
  }
  const delayMs = delayBeforeNext({
    attempts: attemptsOfEpoch(record).length,
    retryAfterMs: outcome.retryAfterMs,
    isOurSetUp,
    random: options.random,
  });
  return { record, next: { step: "wait", delayMs } };
}

/** Ends a dispatch that cannot be sent, as soon as it is certain that no letter exists. */
export function closing(
  before: DispatchRecord,
  letter: LetterTraits,
  now: number,
  end: UnsentEnd,
  problem: Problem,
): Decision {
  const record: DispatchRecord = before.closing ? before : { ...before, closing: { ...problem, end, since: now } };
  return { record, next: nextStep(record, letter, now) };
}

function endOf(closing: NonNullable<DispatchRecord["closing"]>): Step {
  return { step: "end", end: closing.end, problem: problemIn(closing) };
}

function problemIn({ end: _end, since: _since, ...problem }: NonNullable<DispatchRecord["closing"]>): Problem {
  return problem;
}

/** Altinn's own definite word; a 4xx without a code can be a gateway in front of an Altinn that is down. */
function isAltinnsWord(outcome: InitializeOutcome): boolean {
  if (outcome.kind === "ourSetUp") return outcome.errorCode !== undefined;
  return outcome.kind === "later" && outcome.definite && outcome.errorCode !== undefined;
}

function withAttempt(
  record: DispatchRecord,
  attempt: Attempt,
  options: AfterPostOptions,
  isAnswer: boolean,
): DispatchRecord {
  const before = attemptsOfEpoch(record).findLast((other) => other.id !== attempt.id);
  const since = before?.at ?? record.replayedAt ?? record.createdAt;
  const until = Math.min(attempt.at, record.nextAttemptAt);
  return {
    ...record,
    attempts: mergeAttempts(record.attempts, [attempt]),
    countedWait: record.countedWait + waitThatCounts({ since, until, isAnswer }, options.contact, options.giveUpAfter),
  };
}

/** The wait before a try that came to nothing. */
export interface Wait {
  /** The try before, in epoch milliseconds. */
  readonly since: number;
  /** When this one was due, or was made if that was earlier: what came on top was the brake, a breaker, or a deep queue. */
  readonly until: number;
  /** Altinn itself answered this one. */
  readonly isAnswer: boolean;
}

/**
 * How much of a wait counts for giving up, in milliseconds: all of it if Altinn answered anybody meanwhile, else as much
 * as makes `giveUpAfter` of {@link LONGEST_SILENCE}.
 */
export function waitThatCounts({ since, until, isAnswer }: Wait, contact: Contact, giveUpAfter: number): number {
  const wait = Math.min(Math.max(until - since, 0), LONGEST_COUNTED);
  if (isAnswer || othersGoThroughSince(since, contact)) return wait;
  return Math.ceil(wait * Math.min(giveUpAfter / LONGEST_SILENCE, 1));
}

function summaryOf(outcome: Exclude<InitializeOutcome, { kind: "sent" }>): Omit<Attempt, "id" | "at" | "until"> {
  if (outcome.kind === "exists") return { cause: "exists", status: 409, errorCode: 1034, definite: false };
  const definite = outcome.kind === "never" || outcome.definite;
  return {
    cause: outcome.kind === "later" ? outcome.cause : outcome.kind,
    ...(outcome.status === undefined ? {} : { status: outcome.status }),
    ...(outcome.errorCode === undefined ? {} : { errorCode: outcome.errorCode }),
    definite,
  };
}

function keepsFailing(record: DispatchRecord, { at }: Attempt, contact: Contact): boolean {
  const failures = attemptsOfEpoch(record).filter((attempt) => attempt.status === 500);
  const first = failures.at(-TOO_MANY_500S);
  return first !== undefined && at - first.at >= SHORTEST_FAILING && othersGoThroughSince(first.at, contact);
}

/** True if Altinn has taken, or definitely refused, anyone's letter since then (epoch milliseconds). */
export function othersGoThroughSince(time: number, contact: Contact): boolean {
  return (contact.lastLetter ?? 0) > time;
}

/** Half as long as it has lasted, so at first within seconds, in the end every few hours. */
function half(elapsed: number): number {
  return Math.min(Math.max(elapsed / 2, 10 * SECOND), 6 * HOUR);
}
