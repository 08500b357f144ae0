// A letter that exists and is to be cancelled: it is purged, unless it is too late for that.
import type { CallFailure } from "../altinn/httpCall.ts";
import { isSetUpFailure, refusesUs } from "../altinn/outcome.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { checkPurged } from "../tracking/checkCorrespondence.ts";
import type { FactStatus } from "../tracking/facts.ts";
import { type CorrespondenceRecord, isConfirmed, publishTimeOf } from "../tracking/record.ts";
import type { Versioned } from "../tracking/stateStore.ts";
import { createStatusLists } from "../tracking/statusLists.ts";
import { changeDispatch, putDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { delayBeforeNext } from "./delays.ts";
import type { CancelOutcome, DispatchRecord } from "./dispatchRecord.ts";
import { repeatEnd } from "./outcomes.ts";

type Purge = { readonly kind: "over"; readonly outcome: Omit<CancelOutcome, "at"> } | Later;

interface Later {
  readonly kind: "later";
  readonly failure: Omit<CallFailure, "kind">;
  /** Altinn refuses us, not the purge. */
  readonly isOurSetUp: boolean;
}

/**
 * Purges the letter of a dispatch that is sent and to be cancelled. The outcome is recorded, and then announced; a call
 * that fails is made again by a message.
 *
 * @param generation that of the message which brought us here
 */
export async function purgeLetter(
  context: SendingContext,
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
  const changed = await changeDispatch(
    context,
    stored.value.dispatchId,
    (known) => (known.cancel && !known.cancel.outcome ? { ...known, cancel: { ...known.cancel, outcome } } : undefined),
    stored,
  );
  if (changed) await repeatEnd(context, changed.value);
  return "ended";
}

const CALL = "DELETE /correspondence/{id}/purge";
const CANCELLED = { kind: "over", outcome: { end: "cancelled", reason: "cancelled" } } as const;

async function tryPurge(context: SendingContext, record: DispatchRecord): Promise<Purge> {
  const { correspondenceId = "" } = record;
  const resourceId = withoutResourcePrefix(record.resourceId);
  const answer = await context.altinn.purge(correspondenceId);
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
  { altinn, clock, store, tracker }: SendingContext,
  correspondenceId: string,
  resourceId: string,
): Promise<Purge> {
  const record = (await store.correspondences.read(correspondenceId))?.value;
  const published = record ? publishTimeOf(record) : clock.now();
  const lists = createStatusLists(altinn, resourceId, { from: published, to: published });
  const checked = await checkPurged({ altinn, clock }, correspondenceId, lists);
  if (checked.kind === "failed") return later(checked);
  const [first, ...others] = checked.additions;
  const known = first ? (await tracker.add([first, ...others])).record : record;
  if (known && wasPublished(known)) {
    return { kind: "over", outcome: { end: "tooLate", detail: "The letter was published before it was purged" } };
  }
  if (known?.facts.PurgedByAltinn) return CANCELLED;
  return { kind: "later", failure: { call: CALL, cause: "unreadable" }, isOurSetUp: false };
}

/** What only a letter that was published comes to. */
const AFTER_PUBLISHING: readonly FactStatus[] = [
  "Published",
  "Fetched",
  "AttachmentsDownloaded",
  "Forwarded",
  "Read",
  "Replied",
  "Confirmed",
  "Archived",
  "PurgedByRecipient",
];

function wasPublished(record: CorrespondenceRecord): boolean {
  return AFTER_PUBLISHING.some((status) => isConfirmed(record, status));
}

function later({ kind: _failed, ...failure }: CallFailure): Later {
  return { kind: "later", failure, isOurSetUp: isSetUpFailure(failure) };
}

/** What a purge that keeps failing has come to, once it can be of no use any more: long after the publish time. */
async function whenTooLate(
  { clock, rules, store }: SendingContext,
  { cancel, correspondenceId = "" }: DispatchRecord,
  { failure: { status, errorCode }, isOurSetUp }: Later,
): Promise<Omit<CancelOutcome, "at"> | undefined> {
  const record = (await store.correspondences.read(correspondenceId))?.value;
  const from = Math.max(cancel?.since ?? 0, record ? publishTimeOf(record) : 0);
  if (clock.now() < from + rules.giveUpAfter) return undefined;
  return {
    end: "tooLate",
    reason: isOurSetUp ? "notAuthorised" : "altinnKeepsFailing",
    ...(status === undefined ? {} : { status }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}

/** Message n + 1 first, then generation n + 1 in the record: should the process die between them, the chain goes on. */
async function tryLater(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
  { failure, isOurSetUp }: Later,
): Promise<"waiting"> {
  const { clock, random, telemetry } = context;
  const { dispatchId, cancel } = stored.value;
  const fields = {
    dispatchId,
    call: failure.call,
    cause: failure.cause,
    ...(failure.status === undefined ? {} : { httpStatus: failure.status }),
    ...(failure.errorCode === undefined ? {} : { errorCode: failure.errorCode }),
  };
  if (isOurSetUp) telemetry.alert("altinnRefusesOurSetUp", fields);
  else telemetry.warn("purgeFailed", fields);
  const failures = (cancel?.failures ?? 0) + 1;
  const { retryAfterMs } = failure;
  const delayMs = delayBeforeNext({ attempts: failures, retryAfterMs, isOurSetUp, random: random() });
  const next = generation + 1;
  await putDispatch(context, dispatchId, next, delayMs);
  await changeDispatch(
    context,
    dispatchId,
    (known) =>
      !known.cancel || known.cancel.outcome || known.generation >= next
        ? undefined
        : { ...known, cancel: { ...known.cancel, failures }, generation: next, nextAttemptAt: clock.now() + delayMs },
    stored,
  );
  return "waiting";
}
