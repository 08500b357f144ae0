// What Altinn's answers to a recipient mean: files, and what is done with a letter. Pure.
import {
  isDone,
  isRefusal,
  isSuccess,
  NO_ATTACHMENT,
  NO_CORRESPONDENCE,
  PURGED_BEFORE,
  type Refused,
  refusal,
} from "./answers.ts";
import { type Answer, type CallFailure, statusFailure, unreadable } from "./httpCall.ts";
import type { OpenedAnswer } from "./openHttp.ts";
import { parseProblem } from "./problemDetails.ts";
import type { RecipientAction, Unavailable } from "./recipientActions.ts";

/** What the download of a file comes to. */
export type Download =
  | OpenedAnswer
  | { readonly kind: "unavailable"; readonly why: Unavailable; readonly errorCode?: number }
  /** 404 with 1001: the letter itself is purged. */
  | { readonly kind: "gone" }
  | CallFailure;

/** What an action comes to. */
export type ActionOutcome =
  /** Done now, or before. */
  | { readonly kind: "done" }
  /** 1024, 1025: the letter is to be fetched first. */
  | { readonly kind: "notFetched" }
  /** 404 with 1001: purged meanwhile. */
  | { readonly kind: "gone" }
  | Refused
  | CallFailure;

const NOT_FETCHED: ReadonlySet<number | undefined> = new Set([1024, 1025]);
const CONFIRMED_BEFORE = 1041;
const ATTACHMENT_PURGED = 2019;
const ATTACHMENT_EXPIRED = 2020;

const WHY: ReadonlyMap<number | undefined, Unavailable> = new Map([
  [NO_ATTACHMENT, "unknown"],
  [ATTACHMENT_PURGED, "purged"],
  [ATTACHMENT_EXPIRED, "expired"],
]);

/** What a download came to. */
export function downloadOutcome(answer: OpenedAnswer | Answer | CallFailure): Download {
  if (answer.kind !== "answered") return answer;
  if (isSuccess(answer)) return unreadable(answer);
  const problem = parseProblem(answer.json);
  const { errorCode } = problem;
  if (answer.status === 404 && errorCode === NO_CORRESPONDENCE) return { kind: "gone" };
  const code = errorCode === undefined ? {} : { errorCode };
  const why = WHY.get(errorCode);
  if (why !== undefined) return { kind: "unavailable", why, ...code };
  return isRefusal(answer, problem)
    ? { kind: "unavailable", why: "refused", ...code }
    : statusFailure(answer, errorCode);
}

/** What an action came to. */
export function actionOutcome(action: RecipientAction, answer: Answer | CallFailure): ActionOutcome {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) return isDone(answer) ? { kind: "done" } : unreadable(answer);
  const problem = parseProblem(answer.json);
  const { errorCode } = problem;
  if (action === "confirm" && errorCode === CONFIRMED_BEFORE) return { kind: "done" };
  if (action === "purge" && errorCode === PURGED_BEFORE) return { kind: "done" };
  if (NOT_FETCHED.has(errorCode)) return { kind: "notFetched" };
  if (answer.status === 404 && errorCode === NO_CORRESPONDENCE) return { kind: "gone" };
  return isRefusal(answer, problem)
    ? { kind: "refused", ...refusal(answer, problem) }
    : statusFailure(answer, errorCode);
}
