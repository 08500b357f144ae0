// Calls beside the POST of a letter that came to nothing: said, counted, and made again after a while, or given up.
import type { CallFailure } from "../altinn/httpCall.ts";
import { isSetUpFailure } from "../altinn/outcome.ts";
import type { LogFields } from "../telemetry.ts";
import type { SendingContext } from "./context.ts";
import { type Contact, waitThatCounts } from "./decide.ts";
import { delayBeforeNext } from "./delays.ts";
import type { Problem } from "./dispatchRecord.ts";
import type { UploadSet } from "./uploadSet.ts";

/** Why a call brought nothing; also that Altinn has lost what it had taken. */
export interface FailedCall extends Omit<CallFailure, "kind" | "cause"> {
  readonly cause: CallFailure["cause"] | "lostByAltinn";
}

/** To be tried again. */
export interface Later {
  readonly kind: "later";
  readonly failure: FailedCall;
  /** Altinn refuses us, not what is asked for. */
  readonly isOurSetUp: boolean;
}

/** A call that Altinn did not answer as it should. */
export function later({ kind: _failed, ...failure }: CallFailure): Later {
  return { kind: "later", failure, isOurSetUp: isSetUpFailure(failure) };
}

/** Says that a call failed: by an alert, where it is for our set-up, and else by `warn`. */
export function noteFailedCall(
  { telemetry }: SendingContext,
  after: Later,
  about: LogFields,
  warn: (fields: LogFields) => void,
): void {
  const fields = { ...about, ...fieldsOfFailure(after.failure) };
  if (after.isOurSetUp) telemetry.alert("altinnRefusesOurSetUp", fields);
  else warn(fields);
}

/** Why it is given up. */
export function gaveUpOn({ failure: { status, errorCode }, isOurSetUp }: Later): Problem {
  return {
    reason: isOurSetUp ? "notAuthorised" : "altinnKeepsFailing",
    ...(status === undefined ? {} : { status }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}

/** What is counted of failures. */
export type Failing = Pick<UploadSet, "failures" | "failedAt" | "countedWait">;

export interface AfterFailure {
  readonly failing: Failing;
  readonly delayMs: number;
  /** Present when it has been enough. */
  readonly gaveUp?: Problem;
}

/** @param dueAt when the call was due, in epoch milliseconds */
export async function afterUploadFailure(
  context: SendingContext,
  set: UploadSet,
  dueAt: number,
  after: Later,
  about: LogFields,
): Promise<AfterFailure> {
  noteFailedCall(context, after, about, (fields) => context.telemetry.warn("uploadFailed", fields));
  const isAnswer = after.failure.errorCode !== undefined || after.failure.cause === "lostByAltinn";
  const failing = failedOnce(context, set, dueAt, isAnswer, await context.contact.read());
  const delayMs = delayAfterFailure(context, after, failing.failures);
  const isOver = failing.countedWait >= context.rules.giveUpAfter;
  return { failing, delayMs, ...(isOver ? { gaveUp: gaveUpOn(after) } : {}) };
}

/** One more try that came to nothing. `isAnswer`: it is not for Altinn that it has to wait. */
export function failedOnce(
  { clock, rules }: SendingContext,
  { failures, failedAt, countedWait }: UploadSet,
  dueAt: number,
  isAnswer: boolean,
  contact: Contact,
): Failing {
  const now = clock.now();
  const wait = { since: failedAt ?? now, until: Math.min(now, dueAt), isAnswer };
  const counted = countedWait + waitThatCounts(wait, contact, rules.giveUpAfter);
  return { failures: failures + 1, failedAt: now, countedWait: counted };
}

/** How long to wait after so many failures, in milliseconds. */
export function delayAfterFailure(
  { random }: SendingContext,
  { failure, isOurSetUp }: Later,
  failures: number,
): number {
  return delayBeforeNext({ attempts: failures, retryAfterMs: failure.retryAfterMs, isOurSetUp, random: random() });
}

/** What the log says of a failure. */
export function fieldsOfFailure({ call, cause, status, errorCode }: FailedCall): LogFields {
  return {
    call,
    cause,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}
