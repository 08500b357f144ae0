// What a step of a letter comes to, and how one that failed is put off.
import type { CallFailure } from "../altinn/httpCall.ts";
import { isSetUpFailure } from "../altinn/outcome.ts";
import { delayBeforeNext } from "../letters/delays.ts";
import { putOff, type ReceiptRecord } from "../records/receiptRecord.ts";
import type { LogFields } from "../telemetry/telemetry.ts";
import type { ReceivingContext } from "./context.ts";

/** What a step changes in a letter's record, and whether the next one is to wait. */
export interface StepDone {
  readonly change: (known: ReceiptRecord) => ReceiptRecord;
  readonly isWaiting?: true;
}

/** As often as this a thing is tried at least before it is given up. */
export const LEAST_ATTEMPTS = 10;

/** Whether something that was to be done since `from` has failed for too long. */
export function isOverdue({ attempts }: ReceiptRecord, from: number, after: number, now: number): boolean {
  return attempts + 1 >= LEAST_ATTEMPTS && now - from >= after;
}

/** To be tried again: what failed is logged, and alerts where Altinn refuses our set-up. */
export function tryLater(
  { clock, random, telemetry }: ReceivingContext,
  { correspondenceId, attempts }: ReceiptRecord,
  failed: Omit<CallFailure, "kind">,
  isOurSetUp: boolean = isSetUpFailure(failed),
): StepDone {
  const { call, cause, status, errorCode, retryAfterMs } = failed;
  const delayMs = delayBeforeNext({ attempts: attempts + 1, retryAfterMs, isOurSetUp, random: random() });
  const fields: LogFields = {
    correspondenceId,
    call,
    cause,
    attempts: attempts + 1,
    delaySeconds: Math.round(delayMs / 1000),
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
  if (isOurSetUp) telemetry.alert("altinnRefusesOurSetUp", fields);
  else telemetry.warn("receiptWaiting", fields);
  const until = clock.now() + delayMs;
  return { change: (known) => putOff(known, until), isWaiting: true };
}
