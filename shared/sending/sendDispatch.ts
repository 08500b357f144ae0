// What a message on `dispatches` becomes: one attempt at one letter, and the one place that decides its end; the next
// steps of a request that is prepared; or the replay of a dead letter.

import { HOUR } from "../clock.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { deadLetterName, deadLetterOf, removeUpTo } from "../tracking/deadLetter.ts";
import type { AcceptedRequest, Versioned } from "../tracking/stateStore.ts";
import { changeDispatch, putDispatch } from "./accept.ts";
import { type CancelledOutcome, cancelLetter, onlyCancels } from "./cancel.ts";
import type { SendingContext } from "./context.ts";
import { closing, type LetterTraits, withoutDelay } from "./decide.ts";
import {
  isForged,
  isOurs,
  parseCancelMessage,
  parseDispatchMessage,
  parsePreparationMessage,
  parseReplayMessage,
} from "./dispatchMessage.ts";
import {
  type DispatchRecord,
  hasUnknownOutcome,
  isOpen,
  mergeAttempts,
  type Problem,
  type UnsentEnd,
} from "./dispatchRecord.ts";
import { endIfRefused } from "./firstAttempt.ts";
import { expectations, type Letter, letterTo } from "./letter.ts";
import { unlessMarkerMissing } from "./missingMarker.ts";
import { forOne, keepDeadLetter, logWaiting, recordSent, repeatEnd } from "./outcomes.ts";
import { pauseOf } from "./pause.ts";
import { prepareRequest } from "./prepareRequest.ts";
import { purgeLetter } from "./purgeLetter.ts";
import { replayDeadLetter } from "./replay.ts";
import { problemOf, rulesOnceAccepted } from "./ruleProblem.ts";
import { type Progress, run } from "./run.ts";
import { moveStray } from "./stray.ts";
import { uploadsFor } from "./uploadsAnew.ts";

/** What became of a message on `dispatches`. */
export type DispatchOutcome =
  | "sent"
  | "waiting"
  | "ended"
  /** A request's letters are on their way. */
  | "prepared"
  /** A dead letter is on its way again. */
  | "replayed"
  | CancelledOutcome
  /** It had ended already; its announcement was repeated. */
  | "repeated"
  /** Put back: the app's marker is missing. */
  | "braked"
  /** Put back: the brake is on, or the breaker is open. */
  | "paused"
  /** A later message carries the dispatch now. */
  | "outOfDate"
  /** None of ours: it is on the queue of requests now. */
  | "moved"
  /** There is no such dispatch, or the message is not one that this version knows. */
  | "unknown";

/** How long a dispatch waits whose stored request cannot be found: storage must be mended first. */
const WAIT_FOR_STORAGE = HOUR;

/** Of a letter that is not known, or not any more: it is looked for in any case. */
const UNKNOWN_TRAITS: LetterTraits = { hasFiles: false, isToDialog: true };

/** An Altinn that leaves us without the letter's id for so long is worth an alert. */
const LONG_WITHOUT_ID = HOUR;

/** Handles one message. Throws only when storage fails: then the host tries again. */
export async function sendDispatch(context: SendingContext, message: unknown): Promise<DispatchOutcome> {
  // On fresh storage, a message on this queue that stayed there would count as state without a marker.
  if (!isOurs(message)) return passOver(context, message);
  return unlessMarkerMissing(context, QUEUES.dispatches, message, () => takeUp(context, message));
}

async function takeUp(context: SendingContext, message: unknown): Promise<DispatchOutcome> {
  const pause = await pauseOf(context);
  if (pause && !(pause.cause === "brake" && (await onlyCancels(context, message)))) {
    // As it came: no attempt is lost, and nothing is written.
    await context.queues.put(QUEUES.dispatches, queueText(message), { delayMs: pause.delayMs });
    return "paused";
  }
  const preparation = parsePreparationMessage(message);
  if (preparation) return prepareRequest(context, preparation);
  const replay = parseReplayMessage(message);
  if (replay) return replayDeadLetter(context, replay);
  const cancel = parseCancelMessage(message);
  if (cancel) return cancelLetter(context, cancel);
  const parsed = parseDispatchMessage(message);
  const stored = parsed && (await context.store.dispatches.read(parsed.dispatchId));
  if (!parsed || !stored) {
    context.telemetry.alert("dispatchUnknown", parsed ? { dispatchId: parsed.dispatchId } : {});
    return "unknown";
  }
  const record = stored.value;
  if (parsed.generation < record.generation) return "outOfDate";
  if (isForged(parsed.generation, record.generation)) {
    context.telemetry.alert("dispatchUnknown", { dispatchId: record.dispatchId, generation: parsed.generation });
    return "unknown";
  }
  if (!isOpen(record)) {
    await repeatEnd(context, record);
    return "repeated";
  }
  if (record.state === "sent") return purgeLetter(context, stored, parsed.generation);
  const refused = await endIfRefused(context, stored);
  if (refused) {
    await repeatEnd(context, refused);
    return "ended";
  }
  // A message whose record was not written any more: the chain goes on from it.
  let current: DispatchRecord = { ...withoutDelay(record, context.clock.now()), generation: parsed.generation };
  // What is to be cancelled, or was lost, is only looked up: its first attempt may have died before the request was kept.
  const isOnlyLookedUp = record.closing !== undefined && (record.cancel ?? record.closing.reason === "requestLost");
  const wasTried = record.attempts.length > 0;
  const accepted = isOnlyLookedUp && !wasTried ? undefined : await context.store.accepted.read(record.digest);
  if (!accepted && !isOnlyLookedUp && record.existsSince === undefined) {
    context.telemetry.alert("acceptedRequestMissing", { dispatchId: record.dispatchId });
    const countedWait = record.countedWait + WAIT_FOR_STORAGE;
    if (countedWait < context.rules.giveUpAfter) {
      return putOff(context, stored, { ...current, countedWait }, WAIT_FOR_STORAGE);
    }
    current = closing(current, UNKNOWN_TRAITS, context.clock.now(), "gaveUp", { reason: "requestLost" }).record;
  }
  const attempted = await attempt(context, stored, current, accepted?.value);
  await context.contact.share();
  return conclude(context, attempted, accepted?.value.message);
}

/** What is none of ours is on the wrong queue, or of a newer version. */
async function passOver(context: SendingContext, message: unknown): Promise<DispatchOutcome> {
  if (await moveStray(context, message)) return "moved";
  context.telemetry.alert("dispatchUnknown");
  return "unknown";
}

type Begun =
  | {
      readonly kind: "ready";
      readonly record: DispatchRecord;
      readonly letter?: Letter;
      readonly warnings: readonly RuleProblem[];
    }
  | { readonly kind: "waiting"; readonly delayMs: number };

/** The letter as it goes now. What cannot go any more is not posted; whether it was sent before is still to be found out. */
async function begin(
  context: SendingContext,
  record: DispatchRecord,
  accepted: AcceptedRequest | undefined,
): Promise<Begun> {
  if (!accepted) return { kind: "ready", record, warnings: [] };
  const now = context.clock.now();
  const parsed = parseRequest(forOne(accepted.message, record.recipient), rulesOnceAccepted(context));
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
  const uploads = await uploadsFor(context, record, request);
  if (uploads.kind === "waiting") return uploads;
  if (uploads.kind === "failed") return ended(uploads.end, uploads.problem);
  const taken = uploads.kind === "ready" ? { ...record, attachmentIds: uploads.attachmentIds } : record;
  // Whoever replays a letter may have mended its files.
  const pinnedEtags = record.epoch > 0 ? {} : accepted.attachmentEtags;
  const letter = letterTo(request, record.recipient, pinnedEtags, taken.attachmentIds);
  return { kind: "ready", record: taken, letter, warnings };
}

interface Attempted {
  readonly stored: Versioned<DispatchRecord>;
  readonly progress: Progress;
  /** About the request, where it has been read. */
  readonly warnings: readonly RuleProblem[];
}

async function attempt(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  current: DispatchRecord,
  accepted: AcceptedRequest | undefined,
): Promise<Attempted> {
  let latest = stored;
  const begun = await begin(context, current, accepted);
  if (begun.kind === "waiting") return { stored, progress: { ...begun, record: current }, warnings: [] };
  const { record: start, letter, warnings } = begun;
  const traits = letter ?? UNKNOWN_TRAITS;
  const progress = await run(context, start, traits, letter, async (noted) => {
    const changed = await changeDispatch(
      context,
      noted.dispatchId,
      (known) => {
        const isTaken = known.state !== "waiting" || known.generation > noted.generation || known.epoch > noted.epoch;
        // Files that another invocation is sending must not go a second time.
        const isBeingSent = traits.hasFiles && hasUnseenAttempt(noted, known);
        return isTaken || isBeingSent ? undefined : withAttemptsOf(noted, known);
      },
      latest,
    );
    if (changed) latest = changed;
    const own = noted.attempts.at(-1)?.id;
    return changed?.value.attempts.some(({ id }) => id === own) ? changed.value : undefined;
  });
  return { stored: latest, progress, warnings };
}

/** @param known the request, where it has been read */
async function conclude(context: SendingContext, attempted: Attempted, known: unknown): Promise<DispatchOutcome> {
  const { stored, progress, warnings } = attempted;
  const message = async () => known ?? (await context.store.accepted.read(stored.value.digest))?.value.message;
  switch (progress.kind) {
    case "superseded":
      return "outOfDate";
    case "waiting":
      warnOfMissingId(context, progress.record);
      return putOff(context, stored, progress.record, progress.delayMs);
    case "ended":
      return end(context, stored, progress, progress.end === "cancelled" ? undefined : await message());
    case "sent": {
      const expected = await expectationsOf(context, await message(), progress.correspondenceId);
      await recordSent(context, { ...progress, ...expected, warnings }, { isNew: false });
      // Sent beats every end, also one that another invocation came to.
      await context.store.deadLetters.remove(deadLetterName(progress.record.dispatchId));
      const changed = await changeDispatch(
        context,
        progress.record.dispatchId,
        (known) => ({
          ...withAttemptsOf(progress.record, known),
          state: "sent",
          correspondenceId: progress.correspondenceId,
          endedAt: known.endedAt ?? context.clock.now(),
        }),
        stored,
      );
      if (!changed || !isOpen(changed.value)) return "sent";
      return purgeLetter(context, changed, Math.max(changed.value.generation, progress.record.generation));
    }
  }
}

/** What following the letter needs to know; where the request was never kept, Altinn's overview tells. */
async function expectationsOf(
  { altinn }: SendingContext,
  message: unknown,
  correspondenceId: string,
): Promise<ReturnType<typeof expectations>> {
  if (message !== undefined) return expectations(message);
  const overview = await altinn.overview(correspondenceId);
  const isConfirmationNeeded = overview.kind === "found" && overview.value.isConfirmationNeeded;
  return { isConfirmationNeeded, requestedPublishTime: undefined };
}

/** Message n + 1 first, then generation n + 1 in the record: should the process die between them, the chain goes on. */
async function putOff(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  record: DispatchRecord,
  delayMs: number,
): Promise<DispatchOutcome> {
  const generation = record.generation + 1;
  await putDispatch(context, record.dispatchId, generation, delayMs);
  const nextAttemptAt = context.clock.now() + delayMs;
  await changeDispatch(
    context,
    record.dispatchId,
    (known) => {
      if (known.state !== "waiting" || known.epoch > record.epoch) {
        return { ...known, attempts: mergeAttempts(known.attempts, record.attempts) };
      }
      const merged = withAttemptsOf(record, known);
      return known.generation >= generation
        ? { ...merged, generation: known.generation, nextAttemptAt: known.nextAttemptAt }
        : { ...merged, generation, nextAttemptAt };
    },
    stored,
  );
  logWaiting(context, { ...record, generation }, delayMs);
  return "waiting";
}

/** Our own decisions are recorded first (dead letter, then record) and then announced. A cancellation leaves no dead letter. */
async function end(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  { record, end: how, problem }: Extract<Progress, { kind: "ended" }>,
  message: unknown,
): Promise<DispatchOutcome> {
  if (how !== "cancelled") await keepDeadLetter(context, record, how, problem, message);
  const endedAt = context.clock.now();
  const changed = await changeDispatch(
    context,
    record.dispatchId,
    (known) => {
      if (known.state !== "waiting") return undefined;
      if (known.epoch > record.epoch) {
        return { ...known, attempts: mergeAttempts(known.attempts, record.attempts) };
      }
      const next = withAttemptsOf(record, known);
      // Another invocation has posted meanwhile: first it must be certain what came of that.
      return hasUnseenAttempt(record, known)
        ? { ...next, closing: { ...problem, end: how, since: endedAt } }
        : { ...next, state: how, problem, endedAt };
    },
    stored,
  );
  const stands = changed?.value;
  if (stands && stands.epoch > record.epoch) {
    // It ended before, and has been replayed while this invocation was under way.
    await removeUpTo(context.store.deadLetters, deadLetterOf(record, problem.reason), record.epoch);
    return "outOfDate";
  }
  if (changed && stands?.state === "waiting") {
    await context.store.deadLetters.remove(deadLetterOf(record, problem.reason));
    return putOff(context, changed, stands, 0);
  }
  if (stands?.state === "sent") {
    await context.store.deadLetters.remove(deadLetterOf(record, problem.reason));
    return "sent";
  }
  await repeatEnd(context, stands ?? { ...record, state: how, problem, endedAt: context.clock.now() });
  return "ended";
}

function hasUnseenAttempt(record: DispatchRecord, known: DispatchRecord): boolean {
  const seen = new Set(record.attempts.map(({ id }) => id));
  return known.attempts.some((attempt) => hasUnknownOutcome(attempt) && !seen.has(attempt.id));
}

/** What this invocation knows of the dispatch, on top of what is stored by now. */
function withAttemptsOf(record: DispatchRecord, known: DispatchRecord): DispatchRecord {
  return {
    ...record,
    epoch: Math.max(known.epoch, record.epoch),
    attempts: mergeAttempts(known.attempts, record.attempts),
    putBacks: Math.max(known.putBacks, record.putBacks),
    poisonIds: [...new Set([...known.poisonIds, ...record.poisonIds])].sort(),
    ...(known.closing && !record.closing ? { closing: known.closing } : {}),
    ...(known.cancel ? { cancel: known.cancel } : {}),
    ...(known.existsSince !== undefined && record.existsSince === undefined ? { existsSince: known.existsSince } : {}),
  };
}

function warnOfMissingId(context: SendingContext, record: DispatchRecord): void {
  if (record.existsSince === undefined || context.clock.now() - record.existsSince < LONG_WITHOUT_ID) return;
  context.telemetry.alert("letterExistsButIdUnknown", { dispatchId: record.dispatchId, resourceId: record.resourceId });
}
