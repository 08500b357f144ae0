// What a message on `dispatches` becomes: one attempt at one letter, and the one place that decides its end; the next
// steps of a request that is prepared; or the replay of a dead letter.

import { type CancelledOutcome, cancelLetter, onlyCancels } from "../cancelling/cancel.ts";
import { HOUR } from "../clock.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { closing, type LetterTraits, withoutDelay } from "../letters/decide.ts";
import { expectations, type Letter, letterTo } from "../letters/letter.ts";
import { needsOwnUploads, uploadFor } from "../letters/ownUploads.ts";
import { purgeLetter } from "../letters/purgeLetter.ts";
import { logWaiting, recordSent } from "../letters/recordSent.ts";
import { problemOf, rulesOnceAccepted } from "../letters/ruleProblem.ts";
import { type Progress, run, WAIT_FOR_CONTENT } from "../letters/run.ts";
import { changeDispatch, putNext } from "../messages/dispatches.ts";
import {
  isForged,
  isOurs,
  parseCancelMessage,
  parseDispatchMessage,
  parsePreparationMessage,
  parseReplayMessage,
} from "../messages/dispatchMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { unlessMarkerMissing } from "../pausing/missingMarker.ts";
import { pauseOf } from "../pausing/pause.ts";
import { prepareRequest } from "../preparing/prepareRequest.ts";
import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import {
  type DispatchRecord,
  hasUnknownOutcome,
  isOpen,
  mergeAttempts,
  type Problem,
  type UnsentEnd,
} from "../records/dispatchRecord.ts";
import type { Versioned } from "../records/records.ts";
import { forOne } from "../requests/forOne.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import type { IntakeContext } from "./context.ts";
import { replayDeadLetter } from "./replay.ts";

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

/** Of a letter that is not known, or not any more: it is looked for in any case. */
const UNKNOWN_TRAITS: LetterTraits = { hasFiles: true, isToDialog: true };

/** An Altinn that leaves us without the letter's id for so long is worth an alert. */
const LONG_WITHOUT_ID = HOUR;

/** Handles one message. Throws only when storage fails: then the host tries again. */
export async function sendDispatch(context: IntakeContext, message: unknown): Promise<DispatchOutcome> {
  // On fresh storage, a message on this queue that stayed there would count as state without a marker.
  if (!isOurs(message)) return passOver(context, message);
  return unlessMarkerMissing(context, QUEUES.dispatches, message, () => takeUp(context, message));
}

async function takeUp(context: IntakeContext, message: unknown): Promise<DispatchOutcome> {
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
    await tellEnd(context, record);
    return "repeated";
  }
  if (record.state === "sent") return purgeLetter(context, stored, parsed.generation);
  const accepted = await context.store.accepted.read(record.digest);
  const open = accepted ? await withContentBack(context, stored) : stored;
  // A message whose record was not written any more: the chain goes on from it.
  const current: DispatchRecord = {
    ...withoutDelay(open.value, context.clock.now()),
    generation: parsed.generation,
  };
  const begun = accepted ? current : waitingForContent(context, current);
  const attempted = await attempt(context, open, begun, accepted?.value);
  await context.contact.share();
  return conclude(context, attempted, accepted?.value.message);
}

/** What was tried, and was to end because its content was lost, goes on when that is there again; what was not ends at once. */
async function withContentBack(
  context: IntakeContext,
  stored: Versioned<DispatchRecord>,
): Promise<Versioned<DispatchRecord>> {
  if (stored.value.closing?.reason !== "requestLost") return stored;
  const reopened = ({ closing, ...known }: DispatchRecord) =>
    closing?.reason === "requestLost" && !known.cancel && known.attempts.length > 0 ? known : undefined;
  return (await changeDispatch(context, stored.value.dispatchId, reopened, stored)) ?? stored;
}

/** Without its content a letter can be looked up, and not posted. After too long it ends. */
function waitingForContent({ clock, rules, telemetry }: IntakeContext, record: DispatchRecord): DispatchRecord {
  if (record.closing || record.existsSince !== undefined) return record;
  telemetry.alert("acceptedRequestMissing", { dispatchId: record.dispatchId });
  const waited = { ...record, countedWait: record.countedWait + WAIT_FOR_CONTENT };
  if (waited.countedWait < rules.giveUpAfter) return waited;
  return closing(waited, UNKNOWN_TRAITS, clock.now(), "gaveUp", { reason: "requestLost" }).record;
}

/** What is none of ours is on the wrong queue, or of a newer version. */
async function passOver(context: IntakeContext, message: unknown): Promise<DispatchOutcome> {
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
  context: IntakeContext,
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
  if (await needsOwnUploads(context, record, request)) return uploadFor(context, record, request);
  // Whoever replays a letter may have mended its files.
  const pinnedEtags = record.epoch > 0 ? {} : accepted.attachmentEtags;
  const letter = letterTo(request, record.recipient, pinnedEtags, record.attachmentIds);
  return { kind: "ready", record, letter, warnings };
}

interface Attempted {
  readonly stored: Versioned<DispatchRecord>;
  readonly progress: Progress;
  /** About the request, where it has been read. */
  readonly warnings: readonly RuleProblem[];
}

async function attempt(
  context: IntakeContext,
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
async function conclude(context: IntakeContext, attempted: Attempted, known: unknown): Promise<DispatchOutcome> {
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
      if (!changed) return "sent";
      // Sent beats every end, also one that another invocation came to.
      await context.store.deadLetters.remove(deadLetterName(changed.value.dispatchId));
      if (!isOpen(changed.value)) return "sent";
      return purgeLetter(context, changed, Math.max(changed.value.generation, progress.record.generation));
    }
  }
}

/** What following the letter needs to know; where the request was never kept, Altinn's overview tells. */
async function expectationsOf(
  { altinn }: IntakeContext,
  message: unknown,
  correspondenceId: string,
): Promise<ReturnType<typeof expectations>> {
  if (message !== undefined) return expectations(message);
  const overview = await altinn.overview(correspondenceId);
  const isConfirmationNeeded = overview.kind === "found" && overview.value.isConfirmationNeeded;
  return { isConfirmationNeeded, requestedPublishTime: undefined };
}

async function putOff(
  context: IntakeContext,
  stored: Versioned<DispatchRecord>,
  record: DispatchRecord,
  delayMs: number,
): Promise<DispatchOutcome> {
  await putNext(context, stored, record.generation, delayMs, (known) =>
    known.state !== "waiting" || known.epoch > record.epoch
      ? { ...known, attempts: mergeAttempts(known.attempts, record.attempts) }
      : withAttemptsOf(record, known),
  );
  logWaiting(context, { ...record, generation: record.generation + 1 }, delayMs);
  return "waiting";
}

/** Our own decisions are recorded first, and then told. */
async function end(
  context: IntakeContext,
  stored: Versioned<DispatchRecord>,
  { record, end: how, problem }: Extract<Progress, { kind: "ended" }>,
  message: unknown,
): Promise<DispatchOutcome> {
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
  const stands = changed?.value ?? { ...record, state: how, problem, endedAt };
  // It ended before, and has been replayed while this invocation was under way.
  if (stands.epoch > record.epoch) return "outOfDate";
  if (changed && stands.state === "waiting") return putOff(context, changed, stands, 0);
  if (stands.state === "sent") return "sent";
  await tellEnd(context, stands, message);
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
    ...(known.attachmentIds ? { attachmentIds: known.attachmentIds } : {}),
    ...(known.existsSince !== undefined && record.existsSince === undefined ? { existsSince: known.existsSince } : {}),
  };
}

function warnOfMissingId(context: IntakeContext, record: DispatchRecord): void {
  if (record.existsSince === undefined || context.clock.now() - record.existsSince < LONG_WITHOUT_ID) return;
  context.telemetry.alert("letterExistsButIdUnknown", { dispatchId: record.dispatchId, resourceId: record.resourceId });
}
