// Begins an attempt at a letter: checks anew that its accepted content may go, and says what to do where it was lost.
import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import type { DispatchRecord, Problem, UnsentEnd } from "../records/dispatchRecord.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import { forOne } from "../requests/forOne.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { LettersContext } from "./context.ts";
import { closing, type LetterTraits } from "./decide.ts";
import { type Letter, letterTo } from "./letter.ts";
import { needsOwnUploads, uploadFor } from "./ownUploads.ts";
import { problemOf, rulesOnceAccepted } from "./ruleProblem.ts";
import { WAIT_FOR_CONTENT } from "./run.ts";

/** Of a letter that is not known, or not any more: it is looked for in any case. */
export const UNKNOWN_TRAITS: LetterTraits = { hasFiles: true, isToDialog: true };

/** A letter that can be run, or has to wait. Without `letter` it can only be looked up. */
export type Begun =
  | {
      readonly kind: "ready";
      readonly record: DispatchRecord;
      readonly letter?: Letter;
      readonly warnings: readonly RuleProblem[];
    }
  | { readonly kind: "waiting"; readonly delayMs: number };

/** The letter as it goes now. What cannot go any more is not posted; whether it was sent before is still to be found out. */
export async function beginAttempt(
  context: LettersContext,
  record: DispatchRecord,
  accepted: AcceptedRequest | undefined,
): Promise<Begun> {
  if (!accepted) return { kind: "ready", record, warnings: [] };
  const now = context.clock.now();
  const parsed = await parseRequest(forOne(accepted.message, record.recipient), rulesOnceAccepted(context));
  const { warnings } = parsed;
  const ended = (end: UnsentEnd, problem: Problem): Begun => {
    const isKnownToExist = record.existsSince !== undefined;
    return {
      kind: "ready",
      record: isKnownToExist ? record : closing(record, UNKNOWN_TRAITS, now, end, problem).record,
      warnings,
    };
  };
  if (!parsed.ok) return ended("rejected", problemOf(parsed.problems));
  const { request } = parsed;
  if (await needsOwnUploads(context, record, request)) return uploadFor(context, record, request);
  // Whoever replays a letter may have mended its files.
  const pinnedEtags = record.epoch > 0 ? {} : accepted.attachmentEtags;
  const letter = letterTo(request, record.recipient, pinnedEtags, record.attachmentIds);
  return { kind: "ready", record, letter, warnings };
}

/** What was tried, and was to end because its content was lost, goes on when that is there again; what was not ends at once. */
export async function withContentBack(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
): Promise<Versioned<DispatchRecord>> {
  if (stored.value.closing?.reason !== "requestLost") return stored;
  const reopened = ({ closing, ...known }: DispatchRecord) =>
    closing?.reason === "requestLost" && !known.cancel && known.attempts.length > 0 ? known : undefined;
  return (await changeRecord(context.store.dispatches, stored.value.dispatchId, reopened, stored)) ?? stored;
}

/** Without its content a letter can be looked up, and not posted. After too long it ends. */
export function waitingForContent({ clock, rules, telemetry }: LettersContext, record: DispatchRecord): DispatchRecord {
  if (record.closing || record.existsSince !== undefined) return record;
  telemetry.alert("acceptedRequestMissing", { dispatchId: record.dispatchId });
  const waited = { ...record, countedWait: record.countedWait + WAIT_FOR_CONTENT };
  if (waited.countedWait < rules.giveUpAfter) return waited;
  return closing(waited, UNKNOWN_TRAITS, clock.now(), "gaveUp", { reason: "requestLost" }).record;
}
