// What the answers to everything but a new letter mean: reading, listing, purging, attachments. Pure.
import type { z } from "zod";
import { type Answer, type CallFailure, statusFailure, unreadable } from "./httpCall.ts";
import { type ProblemDetails, parseProblem } from "./problemDetails.ts";
import { type AttachmentOverview, altinnId, attachmentOverview, idList } from "./wire.ts";

/** Altinn's answer that says no, for good. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly errorCode?: number;
}

/** What reading one thing comes to. */
export type Read<T> =
  | { readonly kind: "found"; readonly value: T }
  /** Altinn's own 404: it never was, or is purged. */
  | { readonly kind: "gone" }
  /** It is there, but not ours to read. */
  | Refused
  | CallFailure;

/** What a purge of a correspondence comes to. */
export type PurgeOutcome =
  | { readonly kind: "purged" }
  /** 1014, or 404 with 1001: purged before, or never there. */
  | { readonly kind: "gone" }
  /** 1013: it is published. */
  | { readonly kind: "published" }
  | Refused
  | CallFailure;

/** What making room for an attachment comes to. */
export type AttachmentInitialized =
  | { readonly kind: "initialized"; readonly attachmentId: string }
  | (Refused & { readonly detail: string })
  | CallFailure;

/** What an upload of an attachment's bytes comes to. */
export type AttachmentUploaded =
  | { readonly kind: "uploaded"; readonly value: AttachmentOverview }
  /** 2005: it has its bytes already. */
  | { readonly kind: "uploadedBefore" }
  /** 404 with 2001. */
  | { readonly kind: "gone" }
  | (Refused & { readonly detail: string })
  | CallFailure;

/** What a purge of an attachment comes to. */
export type AttachmentPurged =
  | { readonly kind: "purged" }
  /** 2006, or 404 with 2001. */
  | { readonly kind: "gone" }
  /** 2007: a correspondence uses it. */
  | { readonly kind: "inUse" }
  | Refused
  | CallFailure;

/** Altinn's code for a correspondence that is not there, or not any more. */
export const NO_CORRESPONDENCE = 1001;
/** The same for an attachment. */
export const NO_ATTACHMENT = 2001;

const PUBLISHED = 1013;
/** The same for one that was purged before. */
export const PURGED_BEFORE = 1014;
const UPLOADED_BEFORE = 2005;
const ATTACHMENT_PURGED_BEFORE = 2006;
const ATTACHMENT_IN_USE = 2007;

/** One thing that was asked for by its id; `missing` is the error code that goes with 404. */
export function readOne<T>(answer: Answer | CallFailure, model: z.ZodType<T>, missing: number): Read<T> {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) {
    const parsed = model.safeParse(answer.json);
    return parsed.success ? { kind: "found", value: parsed.data } : unreadable(answer);
  }
  const problem = parseProblem(answer.json);
  // A 404 without the code is a gateway's, and says nothing about the letter.
  if (answer.status === 404 && problem.errorCode === missing) return { kind: "gone" };
  // So are a 401 and a 403 without one.
  if ((answer.status === 401 || answer.status === 403) && problem.errorCode !== undefined) {
    return { kind: "refused", ...refusal(answer, problem) };
  }
  return statusFailure(answer, problem.errorCode);
}

/** A list of ids. */
export function readList(answer: Answer | CallFailure): { kind: "listed"; ids: string[] } | CallFailure {
  if (answer.kind === "failed") return answer;
  if (!isSuccess(answer)) return statusFailure(answer, parseProblem(answer.json).errorCode);
  const parsed = idList.safeParse(answer.json);
  return parsed.success ? { kind: "listed", ids: parsed.data.ids } : unreadable(answer);
}

/** What a purge of a correspondence came to. */
export function purgeOutcome(answer: Answer | CallFailure): PurgeOutcome {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) return isDone(answer) ? { kind: "purged" } : unreadable(answer);
  const problem = parseProblem(answer.json);
  if (problem.errorCode === PURGED_BEFORE) return { kind: "gone" };
  if (problem.errorCode === PUBLISHED) return { kind: "published" };
  if (answer.status === 404 && problem.errorCode === NO_CORRESPONDENCE) return { kind: "gone" };
  return isRefusal(answer, problem)
    ? { kind: "refused", ...refusal(answer, problem) }
    : statusFailure(answer, problem.errorCode);
}

/** What making room for an attachment came to. */
export function attachmentInitialized(answer: Answer | CallFailure): AttachmentInitialized {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) {
    const id = altinnId.safeParse(answer.json);
    return id.success ? { kind: "initialized", attachmentId: id.data } : unreadable(answer);
  }
  const problem = parseProblem(answer.json);
  return isRefusal(answer, problem)
    ? { kind: "refused", ...refusal(answer, problem), detail: detailOf(problem) }
    : statusFailure(answer, problem.errorCode);
}

/** What an upload of an attachment's bytes came to. */
export function attachmentUploaded(answer: Answer | CallFailure): AttachmentUploaded {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) {
    const parsed = attachmentOverview.safeParse(answer.json);
    return parsed.success ? { kind: "uploaded", value: parsed.data } : unreadable(answer);
  }
  const problem = parseProblem(answer.json);
  if (problem.errorCode === UPLOADED_BEFORE) return { kind: "uploadedBefore" };
  if (answer.status === 404 && problem.errorCode === NO_ATTACHMENT) return { kind: "gone" };
  return isRefusal(answer, problem)
    ? { kind: "refused", ...refusal(answer, problem), detail: detailOf(problem) }
    : statusFailure(answer, problem.errorCode);
}

/** What a purge of an attachment came to. */
export function attachmentPurged(answer: Answer | CallFailure): AttachmentPurged {
  if (answer.kind === "failed") return answer;
  if (isSuccess(answer)) return isDone(answer) ? { kind: "purged" } : unreadable(answer);
  const problem = parseProblem(answer.json);
  if (problem.errorCode === ATTACHMENT_PURGED_BEFORE) return { kind: "gone" };
  if (answer.status === 404 && problem.errorCode === NO_ATTACHMENT) return { kind: "gone" };
  if (problem.errorCode === ATTACHMENT_IN_USE) return { kind: "inUse" };
  return isRefusal(answer, problem)
    ? { kind: "refused", ...refusal(answer, problem) }
    : statusFailure(answer, problem.errorCode);
}

/** Whether the answer says yes. */
export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** What changes something is answered with 204, or with the id of what was changed; a gateway's friendly page changes nothing. */
export function isDone(answer: Answer): boolean {
  return answer.status === 204 || altinnId.safeParse(answer.json).success;
}

/** Whether Altinn itself says no, and would say it again. */
export function isRefusal(answer: Answer, problem: ProblemDetails): boolean {
  return problem.isProblem && answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status);
}

/** What a refusal is kept as. */
export function refusal(answer: Answer, { errorCode }: ProblemDetails): { status: number; errorCode?: number } {
  return { status: answer.status, ...(errorCode === undefined ? {} : { errorCode }) };
}

function detailOf(problem: ProblemDetails): string {
  return problem.detail ?? "Altinn gives no detail.";
}
