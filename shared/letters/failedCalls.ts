// Failed calls other than the POST of a letter: logged, and made again after a while, or given up.
import type { CallFailure } from "../altinn/httpCall.ts";
import { isSetUpFailure } from "../altinn/outcome.ts";
import type { Problem } from "../records/dispatchRecord.ts";
import type { LogFields } from "../telemetry/telemetry.ts";
import type { LettersContext } from "./context.ts";
import { delayBeforeNext } from "./delays.ts";

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
  { telemetry, senders }: LettersContext,
  after: Later,
  resourceId: string,
  about: LogFields,
  warn: (fields: LogFields) => void,
): void {
  const fields = { ...about, sender: senders.of(resourceId)?.name, ...fieldsOfFailure(after.failure) };
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

/** How long to wait after so many failures, in milliseconds. */
export function delayAfterFailure(
  { random }: LettersContext,
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
