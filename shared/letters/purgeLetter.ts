// A letter that exists and is to be cancelled: it is purged, unless it is too late for that.
import { refusesUs } from "../altinn/outcome.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { putNext } from "../messages/dispatches.ts";
import { type CorrespondenceRecord, isConfirmed, publishTimeOf } from "../records/correspondenceRecord.ts";
import type { CancelOutcome, DispatchRecord } from "../records/dispatchRecord.ts";
import { AFTER_PUBLISHING } from "../records/facts.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import { checkPurged } from "../tracking/checkCorrespondence.ts";
import { createStatusLists } from "../tracking/statusLists.ts";
import type { LettersContext } from "./context.ts";
import { delayAfterFailure, gaveUpOn, type Later, later, noteFailedCall } from "./failedCalls.ts";

type Purge = { readonly kind: "over"; readonly outcome: Omit<CancelOutcome, "at"> } | Later;

/**
 * Purges the letter of a dispatch that is sent and to be cancelled. The outcome is recorded, and then announced; a call
 * that fails is made again by a message.
 *
 * @param generation that of the message which brought us here
 */
export async function purgeLetter(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
): Promise<"ended" | "waiting"> {
  const { clock } = context;
  let purge = await tryPurge(context, stored.value);
  if (purge.kind === "later") {
    const outcome = await whenTooLate(context, stored.value, purge);
    if (!outcome) return tryLater(context, stored, generation, purge);
    purge = { kind: "over", outcome };
  }
  const outcome: CancelOutcome = { ...purge.outcome, at: clock.now() };
  const changed = await changeRecord(
    context.store.dispatches,
    stored.value.dispatchId,
    (known) =>
      known.cancel && !known.cancel.outcome
        ? { ...known, cancel: { ...known.cancel, outcome }, isUntold: true }
        : undefined,
    stored,
  );
  if (changed) await tellEnd(context, changed.value);
  return "ended";
}

const CALL = "DELETE /correspondence/{id}/purge";
const CANCELLED = { kind: "over", outcome: { end: "cancelled", reason: "cancelled" } } as const;

async function tryPurge(context: LettersContext, record: DispatchRecord): Promise<Purge> {
  const { correspondenceId = "" } = record;
  const resourceId = withoutResourcePrefix(record.resourceId);
  const answer = await context.altinn(resourceId).purge(correspondenceId);
  switch (answer.kind) {
    case "purged": {
      const now = context.clock.now();
      const facts = [{ status: "PurgedByAltinn", time: now, source: "answer" }] as const;
      await context.tracker.add({ correspondenceId, heardAt: now, resourceId, facts });
      return CANCELLED;
    }
    case "published":
      return { kind: "over", outcome: { end: "tooLate", errorCode: 1013, detail: "The letter is published" } };
    case "gone":
      return findPurge(context, correspondenceId, resourceId);
    case "refused": {
      const { kind: _refused, ...refusal } = answer;
      if (!refusesUs(answer.status)) {
        return { kind: "over", outcome: { end: "tooLate", ...refusal, detail: "Altinn refuses to purge the letter" } };
      }
      return { kind: "later", failure: { call: CALL, cause: "status", ...refusal }, isOurSetUp: true };
    }
    case "failed":
      return later(answer);
  }
}

/** Altinn says that it was purged before: by an earlier try of ours, or after it was published. */
async function findPurge(
  { altinn, clock, store, tracker }: LettersContext,
  correspondenceId: string,
  resourceId: string,
): Promise<Purge> {
  const record = (await store.correspondences.read(correspondenceId))?.value;
  const published = record ? publishTimeOf(record) : clock.now();
  const api = altinn(resourceId);
  const lists = createStatusLists(api, resourceId, { from: published, to: published });
  const checked = await checkPurged({ altinn: api, clock }, correspondenceId, lists);
  if (checked.kind === "failed") return later(checked);
  const [first, ...others] = checked.additions;
  const known = first ? (await tracker.add([first, ...others])).record : record;
  if (known && wasPublished(known)) {
    return { kind: "over", outcome: { end: "tooLate", detail: "The letter was published before it was purged" } };
  }
  if (known?.facts.PurgedByAltinn) return CANCELLED;
  return { kind: "later", failure: { call: CALL, cause: "unreadable" }, isOurSetUp: false };
}

function wasPublished(record: CorrespondenceRecord): boolean {
  return AFTER_PUBLISHING.some((status) => isConfirmed(record, status));
}

/** What a purge that keeps failing has come to, once it can be of no use any more: long after the publish time. */
async function whenTooLate(
  { clock, rules, store }: LettersContext,
  { cancel, correspondenceId = "" }: DispatchRecord,
  failed: Later,
): Promise<Omit<CancelOutcome, "at"> | undefined> {
  const record = (await store.correspondences.read(correspondenceId))?.value;
  const from = Math.max(cancel?.since ?? 0, record ? publishTimeOf(record) : 0);
  if (clock.now() < from + rules.giveUpAfter) return undefined;
  return { end: "tooLate", ...gaveUpOn(failed) };
}

async function tryLater(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
  failed: Later,
): Promise<"waiting"> {
  const { dispatchId, resourceId, cancel } = stored.value;
  noteFailedCall(context, failed, resourceId, { dispatchId }, (fields) =>
    context.telemetry.warn("purgeFailed", fields),
  );
  const failures = (cancel?.failures ?? 0) + 1;
  await putNext(context, stored, generation, delayAfterFailure(context, failed, failures), (known) =>
    !known.cancel || known.cancel.outcome ? undefined : { ...known, cancel: { ...known.cancel, failures } },
  );
  return "waiting";
}
