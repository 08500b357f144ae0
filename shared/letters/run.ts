// Runs one dispatch as far as it comes now: asks what to do next, does it, and decides what the answer means.
import type { InitializeOutcome } from "../altinn/outcome.ts";
import { HOUR } from "../clock.ts";
import type { Contact } from "../pausing/contact.ts";
import {
  type Attempt,
  attemptsOfEpoch,
  type DispatchRecord,
  mergeAttempts,
  type Problem,
  type UnsentEnd,
} from "../records/dispatchRecord.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import type { LettersContext } from "./context.ts";
import {
  afterEmptyLookUp,
  afterFailedLookUp,
  afterMismatch,
  afterPost,
  closing,
  type Decision,
  type LetterTraits,
  nextStep,
  othersGoThroughSince,
} from "./decide.ts";
import { isCut } from "./delays.ts";
import { type Letter, longestPost, lookUp, type PostResult, post } from "./letter.ts";

/** How far a dispatch came. */
export type Progress =
  | {
      readonly kind: "sent";
      readonly record: DispatchRecord;
      readonly correspondenceId: string;
      /** What Altinn said of it, beyond that it exists. */
      readonly addition: Addition | undefined;
      /** Altinn has just made it: hardly anybody has heard of it before. */
      readonly isNew: boolean;
    }
  | { readonly kind: "ended"; readonly record: DispatchRecord; readonly end: UnsentEnd; readonly problem: Problem }
  | { readonly kind: "waiting"; readonly record: DispatchRecord; readonly delayMs: number }
  /** Somebody else took over before the POST. */
  | { readonly kind: "superseded" };

/**
 * Runs the dispatch until it is sent, has ended or must wait.
 *
 * @param letter absent when its content is not there, or does not pass the rules any more: then it can only be looked up
 * @param beforePost notes the attempt that is about to begin; gives the record as noted, or `undefined` if somebody else
 *   took over
 */
export async function run(
  context: LettersContext,
  start: DispatchRecord,
  traits: LetterTraits,
  letter: Letter | undefined,
  beforePost: (record: DispatchRecord) => Promise<DispatchRecord | undefined>,
): Promise<Progress> {
  const { clock } = context;
  const sender = context.senders.of(start.resourceId)?.name;
  let decision: Decision = { record: start, next: nextStep(start, traits, clock.now()) };
  for (;;) {
    const { record, next } = decision;
    if (next.step === "wait") return { kind: "waiting", record, delayMs: next.delayMs };
    if (next.step === "end") return { kind: "ended", record, end: next.end, problem: next.problem };
    if (next.step === "lookUp") {
      const found = await lookUp(context, record);
      if (found.kind === "ours") return { ...found, kind: "sent", record, isNew: false };
      if (found.kind === "taken") {
        return { kind: "ended", record, end: "rejected", problem: { reason: found.reason, errorCode: 1034 } };
      }
      if (found.kind === "mismatch") {
        context.telemetry.alert("lookUpMismatch", { dispatchId: record.dispatchId, resourceId: record.resourceId });
      }
      decision = AFTER_LOOK_UP[found.kind](record, traits, clock.now());
      continue;
    }
    if (!letter) return { kind: "waiting", record, delayMs: WAIT_FOR_CONTENT };
    // Asked before the attempt is noted: from then on nothing but the POST may come between.
    const guarded = { id: record.dispatchId, failsAlone: await failsAlone(context, record) };
    const attempt: Attempt = { id: context.newId(), at: clock.now(), until: clock.now() + longestPost(letter) };
    const noted = await beforePost({ ...record, attempts: [...record.attempts, attempt] });
    if (!noted) return { kind: "superseded" };
    const call = () => post(context, letter, record.idempotentKey);
    const result = (await context.breaker.of(sender).guard(guarded, call, findsAltinnDown)) ?? NOT_POSTED;
    if (result.kind === "unsendable") {
      const nothingWent: Attempt = { ...attempt, cause: "never", definite: true };
      const untried = { ...noted, attempts: mergeAttempts(noted.attempts, [nothingWent]) };
      decision = closing(untried, traits, clock.now(), "rejected", result.problem);
      continue;
    }
    const { outcome } = result;
    if (outcome.kind === "sent") {
      context.contact.noteSent(sender);
      const addition = additionOfAnswer(outcome, record.resourceId, clock.now());
      const { correspondenceId } = outcome;
      return { kind: "sent", record: noted, correspondenceId, addition, isNew: true };
    }
    noteOutcome(context, record, outcome);
    decision = afterPost(noted, outcome, {
      letter: traits,
      attempt,
      now: clock.now(),
      contact: await contactAfter(context, outcome),
      giveUpAfter: context.rules.giveUpAfter,
      random: context.random(),
    });
  }
}

/** What a look-up that has not found the letter means. */
const AFTER_LOOK_UP = { none: afterEmptyLookUp, mismatch: afterMismatch, failed: afterFailedLookUp } as const;
/** How long waits what cannot be found in storage, in milliseconds: that must be mended first. */
export const WAIT_FOR_CONTENT = HOUR;

/** The breaker has opened since the letter was taken up. */
const NOT_POSTED: PostResult = {
  kind: "posted",
  outcome: { kind: "later", cause: "breakerOpen", definite: true },
};

/** Whether Altinn, or Maskinporten, could not do its work for anybody; a refusal says that it can. */
function findsAltinnDown(result: PostResult): boolean {
  if (result.kind !== "posted" || result.outcome.kind !== "later") return false;
  const { cause, status } = result.outcome;
  return cause !== "attachmentNotPublished" && (status === undefined || status >= 500 || cause === "unreadable");
}

/** Only a letter that failed before asks how others fare: it costs a read. */
async function failsAlone({ contact }: LettersContext, record: DispatchRecord): Promise<boolean> {
  const last = attemptsOfEpoch(record).at(-1);
  return last !== undefined && othersGoThroughSince(last.at, await contact.read());
}

/** Only what is put off asks how Altinn answers others: it costs a read. */
async function contactAfter(context: LettersContext, outcome: InitializeOutcome): Promise<Contact> {
  return outcome.kind === "later" || outcome.kind === "ourSetUp" ? context.contact.read() : {};
}

function additionOfAnswer(
  outcome: Extract<InitializeOutcome, { kind: "sent" }>,
  resourceId: string,
  now: number,
): Addition {
  return {
    correspondenceId: outcome.correspondenceId,
    heardAt: now,
    resourceId,
    facts: [{ status: outcome.status, time: now, source: "answer" }],
  };
}

function noteOutcome(
  { contact, telemetry, senders }: LettersContext,
  record: DispatchRecord,
  outcome: Exclude<InitializeOutcome, { kind: "sent" }>,
): void {
  if (outcome.kind === "exists" || outcome.kind === "never") {
    contact.noteRefused();
    return;
  }
  const fields = {
    dispatchId: record.dispatchId,
    resourceId: record.resourceId,
    sender: senders.of(record.resourceId)?.name,
    ...(outcome.status === undefined ? {} : { httpStatus: outcome.status }),
    ...(outcome.errorCode === undefined ? {} : { errorCode: outcome.errorCode }),
  };
  if (outcome.kind === "ourSetUp") telemetry.alert("altinnRefusesOurSetUp", fields);
  else if (isCut(outcome.retryAfterMs)) telemetry.alert("retryAfterTooLong", fields);
}
