// What Altinn's answer to a letter means for the one who sends it. Pure.
import type { EndReason } from "./endReason.ts";
import { reasonOfErrorCode } from "./errorReasons.ts";
import type { Answer, CallFailure, FailureCause } from "./httpCall.ts";
import { type ProblemDetails, parseProblem } from "./problemDetails.ts";
import { type CorrespondenceStatus, parseStatus } from "./statuses.ts";
import { initialized } from "./wire.ts";

/** Why a letter is to be tried again. */
export type LaterCause =
  | FailureCause
  | "attachmentNotPublished"
  /** The call was not made: the circuit breaker is open. */
  | "breakerOpen";

/** What an attempt to create a correspondence came to. */
export type InitializeOutcome =
  | {
      readonly kind: "sent";
      readonly correspondenceId: string;
      readonly status: CorrespondenceStatus;
      readonly attachmentIds: string[];
    }
  /** Altinn has a correspondence with this idempotent key; the answer does not tell its id. */
  | { readonly kind: "exists" }
  | {
      readonly kind: "later";
      readonly cause: LaterCause;
      readonly status?: number;
      readonly errorCode?: number;
      readonly retryAfterMs?: number;
      /** True: Altinn surely did nothing, and does nothing any more. False: the letter may exist, or come to exist. */
      readonly definite: boolean;
    }
  /** Altinn refuses us and not the letter: token, rights, subscription, or a wrong address. */
  | {
      readonly kind: "ourSetUp";
      readonly status?: number;
      readonly errorCode?: number;
      readonly retryAfterMs?: number;
      /** As for `later`. */
      readonly definite: boolean;
    }
  /** Altinn refuses the letter, now and always. */
  | {
      readonly kind: "never";
      readonly status: number;
      readonly errorCode?: number;
      readonly reason: EndReason;
      /** What Altinn says about it, masked. */
      readonly detail: string;
    };

/** Altinn's code for an idempotent key that has a correspondence. */
const KEY_TAKEN = 1034;
/** An existing attachment is not published yet, or never will be: its status tells. */
const ATTACHMENT_NOT_PUBLISHED = 1018;
/** A register could not be asked (500); an upload failed inside (502). */
const retryableCodes: ReadonlySet<number> = new Set([1032, 2002]);
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
const setUpStatuses: ReadonlySet<number> = new Set([401, 403, 451]);

/** Whether Altinn's own refusal is of us, whatever was asked for: no rights, no agreement. */
export function refusesUs(status: number): boolean {
  return setUpStatuses.has(status);
}

/** Whether a call failed because our set-up is wrong: a gateway or Maskinporten refuses us, or a redirect leads away. */
export function isSetUpFailure({ cause, status }: Omit<CallFailure, "kind">): boolean {
  return (cause === "status" || cause === "token") && status !== undefined && isRefusal(status);
}

/** What an answer to a letter, or the lack of one, means. A 401 must have been tried with a fresh token before. */
export function initializeOutcome(answer: Answer | CallFailure): InitializeOutcome {
  return answer.kind === "failed" ? outcomeOfFailure(answer) : outcomeOfAnswer(answer);
}

function outcomeOfAnswer(answer: Answer): InitializeOutcome {
  const { status, json } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer);
  const problem = parseProblem(json);
  const { errorCode } = problem;
  const told = {
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
  };
  if (errorCode === KEY_TAKEN) {
    // With another status it may be the letter's own answer garbled: then only a look-up can tell.
    return status === 409 ? { kind: "exists" } : { kind: "later", cause: "status", ...told, definite: false };
  }
  if (status >= 500 || retryableStatuses.has(status)) {
    return { kind: "later", cause: "status", ...told, definite: status === 429 };
  }
  if (status < 400) return { kind: "later", cause: "unreadable", ...told, definite: false };
  if (refusesUs(status)) return { kind: "ourSetUp", ...told, definite: isFromBeforeTheWork(answer, problem) };
  if (errorCode === ATTACHMENT_NOT_PUBLISHED) {
    return { kind: "later", cause: "attachmentNotPublished", ...told, definite: true };
  }
  if (errorCode !== undefined && retryableCodes.has(errorCode)) {
    return { kind: "later", cause: "status", ...told, definite: false };
  }
  if (!problem.isProblem) {
    // A 409 is Altinn's own, with its body lost on the way: most likely the letter exists.
    if (status === 409) return { kind: "later", cause: "status", ...told, definite: false };
    // Neither Altinn's code nor its model's rules: a gateway speaks, or whoever sits at a wrong address. It may have
    // replaced the answer to what has been done.
    return { kind: "ourSetUp", ...told, definite: false };
  }
  return {
    kind: "never",
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
    reason: reasonOfErrorCode(errorCode),
    detail: problem.detail ?? "Altinn gives no detail.",
  };
}

/** Altinn's gateway and its check of tokens refuse without a body, before anything is done; else its code must be there. */
function isFromBeforeTheWork({ status, text }: Answer, { errorCode }: ProblemDetails): boolean {
  return errorCode !== undefined || ((status === 401 || status === 403) && text === "");
}

function outcomeOfSuccess({ status, json }: Answer): InitializeOutcome {
  const parsed = initialized.safeParse(json);
  if (!parsed.success) return { kind: "later", cause: "unreadable", status, definite: false };
  const [correspondence] = parsed.data.correspondences;
  return {
    kind: "sent",
    correspondenceId: correspondence.correspondenceId,
    // A status that is new to us says no more than that the letter exists.
    status: parseStatus(correspondence.status) ?? "Initialized",
    attachmentIds: parsed.data.attachmentIds,
  };
}

function outcomeOfFailure(failure: CallFailure): InitializeOutcome {
  const { cause, status } = failure;
  const told = {
    ...(status === undefined ? {} : { status }),
    ...(failure.errorCode === undefined ? {} : { errorCode: failure.errorCode }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
  // Without a token, or without a connection, the letter did not go out.
  const definite = cause === "notConnected" || cause === "token";
  return isSetUpFailure(failure)
    ? { kind: "ourSetUp", ...told, definite }
    : { kind: "later", cause, ...told, definite };
}

/** Whether a status, of a redirect or of a refused token, says that our set-up is wrong and not that something is down. */
function isRefusal(status: number): boolean {
  return status >= 300 && status < 500 && !retryableStatuses.has(status);
}
