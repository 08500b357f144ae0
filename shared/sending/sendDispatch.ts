// What a message on `dispatches` becomes: one attempt at one letter, and the one place that decides its end; the next
// steps of a request that is prepared; or the replay of a dead letter.

import { HOUR } from "../clock.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { deadLetterName, deadLetterOf, removeUpTo } from "../tracking/deadLetter.ts";
import type { Versioned } from "../tracking/stateStore.ts";
import { changeDispatch, putDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { closing } from "./decide.ts";
import { parseDispatchMessage, parsePreparationMessage, parseReplayMessage } from "./dispatchMessage.ts";
import {
  type DispatchRecord,
  hasUnknownOutcome,
  mergeAttempts,
  type Problem,
  type UnsentEnd,
} from "./dispatchRecord.ts";
import { expectations, letterTo } from "./letter.ts";
import { unlessMarkerMissing } from "./missingMarker.ts";
import { forOne, keepDeadLetter, logWaiting, recordSent, repeatEnd } from "./outcomes.ts";
import { pauseOf } from "./pause.ts";
import { prepareRequest } from "./prepareRequest.ts";
import { replayDeadLetter } from "./replay.ts";
import { problemOf } from "./ruleProblem.ts";
import { type Progress, run } from "./run.ts";

/** What became of a message on `dispatches`. */
export type DispatchOutcome =
  | "sent"
  | "waiting"
  | "ended"
  /** A request's letters are on their way. */
  | "prepared"
  /** A dead letter is on its way again. */
  | "replayed"
  /** It had ended already; its announcement was repeated. */
  | "repeated"
  /** Put back: the app's marker is missing. */
  | "braked"
  /** Put back: the brake is on, or the breaker is open. */
  | "paused"
  /** A later message carries the dispatch now. */
  | "outOfDate"
  /** There is no such dispatch, or the message is none of ours. */
  | "unknown";

/** How long a dispatch waits whose stored request cannot be found: storage must be mended first. */
const WAIT_FOR_STORAGE = HOUR;

/** An Altinn that leaves us without the letter's id for so long is worth an alert. */
const LONG_WITHOUT_ID = HOUR;

/** Handles one message. Throws only when storage fails: then the host tries again. */
export async function sendDispatch(context: SendingContext, message: unknown): Promise<DispatchOutcome> {
  return unlessMarkerMissing(context, QUEUES.dispatches, message, () => takeUp(context, message));
}

async function takeUp(context: SendingContext, message: unknown): Promise<DispatchOutcome> {
  const pause = await pauseOf(context);
  if (pause) {
    // As it came: no attempt is lost, and nothing is written.
    await context.queues.put(QUEUES.dispatches, queueText(message), { delayMs: pause.delayMs });
    return "paused";
  }
  const preparation = parsePreparationMessage(message);
  if (preparation) return prepareRequest(context, preparation);
  const replay = parseReplayMessage(message);
  if (replay) return replayDeadLetter(context, replay);
  const parsed = parseDispatchMessage(message);
  const stored = parsed && (await context.store.dispatches.read(parsed.dispatchId));
  if (!parsed || !stored) {
    context.telemetry.alert("dispatchUnknown", parsed ? { dispatchId: parsed.dispatchId } : {});
    return "unknown";
  }
  const record = stored.value;
  if (parsed.generation < record.generation) return "outOfDate";
  if (record.state !== "waiting") {
    await repeatEnd(context, record);
    return "repeated";
  }
  // A message whose record was not written any more: the chain goes on from it.
  const current = { ...record, generation: parsed.generation };
  const accepted = await context.store.accepted.read(record.digest);
  if (!accepted) {
    context.telemetry.alert("acceptedRequestMissing", { dispatchId: record.dispatchId });
    return putOff(context, stored, current, WAIT_FOR_STORAGE);
  }
  const attempted = await attempt(context, stored, current, accepted.value);
  await context.contact.share();
  return conclude(context, attempted, accepted.value.message);
}

interface Attempted {
  readonly stored: Versioned<DispatchRecord>;
  readonly progress: Progress;
}

async function attempt(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  current: DispatchRecord,
  accepted: { message: unknown; attachmentEtags: Readonly<Record<string, string>> },
): Promise<Attempted> {
  let latest = stored;
  const parsed = parseRequest(forOne(accepted.message, current.recipient), {
    ...context.rules,
    now: new Date(context.clock.now()),
  });
  // Whoever replays a letter may have mended its files.
  const pinnedEtags = current.epoch > 0 ? {} : accepted.attachmentEtags;
  const letter = parsed.ok
    ? letterTo(parsed.request, current.recipient, pinnedEtags, current.attachmentIds)
    : undefined;
  // What does not pass any more is not posted any more; whether it was sent before is still to be found out.
  const traits = letter ?? { hasFiles: false, isToDialog: true };
  const start =
    parsed.ok || current.existsSince !== undefined
      ? current
      : closing(current, traits, context.clock.now(), "rejected", problemOf(parsed.problems)).record;
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
  return { stored: latest, progress };
}

async function conclude(context: SendingContext, attempted: Attempted, message: unknown): Promise<DispatchOutcome> {
  const { stored, progress } = attempted;
  switch (progress.kind) {
    case "superseded":
      return "outOfDate";
    case "waiting":
      warnOfMissingId(context, progress.record);
      return putOff(context, stored, progress.record, progress.delayMs);
    case "ended":
      return end(context, stored, progress.record, progress.end, progress.problem, message);
    case "sent": {
      await recordSent(context, { ...progress, ...expectations(message) }, { isNew: false });
      // Sent beats every end, also one that another invocation came to.
      await context.store.deadLetters.remove(deadLetterName(progress.record.dispatchId));
      await changeDispatch(
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
      return "sent";
    }
  }
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

/** Our own decisions are recorded first (dead letter, then record) and then announced. */
async function end(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  record: DispatchRecord,
  how: UnsentEnd,
  problem: Problem,
  message: unknown,
): Promise<DispatchOutcome> {
  await keepDeadLetter(context, record, how, problem, message);
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
    ...(known.existsSince !== undefined && record.existsSince === undefined ? { existsSince: known.existsSince } : {}),
  };
}

function warnOfMissingId(context: SendingContext, record: DispatchRecord): void {
  if (record.existsSince === undefined || context.clock.now() - record.existsSince < LONG_WITHOUT_ID) return;
  context.telemetry.alert("letterExistsButIdUnknown", { dispatchId: record.dispatchId, resourceId: record.resourceId });
}
