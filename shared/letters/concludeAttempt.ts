// What an attempt came to, written where it belongs: sent, ended, or to be tried again. The one place that decides ends.
import { HOUR } from "../clock.ts";
import { tellEnd } from "../deadLetters/ends.ts";
import { putNext } from "../messages/dispatches.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { type DispatchRecord, isOpen, mergeAttempts, told } from "../records/dispatchRecord.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { LettersContext } from "./context.ts";
import { hasUnseenAttempt, withAttemptsOf } from "./knownAttempts.ts";
import { type Expectations, expectations } from "./letter.ts";
import { purgeLetter } from "./purgeLetter.ts";
import { logWaiting, recordSent } from "./recordSent.ts";
import type { Progress } from "./run.ts";

/** What became of an attempt. */
export type LetterOutcome =
  | "sent"
  | "waiting"
  | "ended"
  /** A later message carries the dispatch now. */
  | "outOfDate";

/** An attempt that was run as far as it came. */
export interface Attempted {
  readonly stored: Versioned<DispatchRecord>;
  readonly progress: Progress;
  /** About the request, where it has been read. */
  readonly warnings: readonly RuleProblem[];
}

/** An Altinn that leaves us without the letter's id for so long is worth an alert. */
const LONG_WITHOUT_ID = HOUR;

/**
 * Records what an attempt came to, and tells it.
 *
 * @param known the request, where it has been read
 */
export async function conclude(context: LettersContext, attempted: Attempted, known: unknown): Promise<LetterOutcome> {
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
      const expected = await expectationsOf(context, await message(), progress);
      await recordSent(context, { ...progress, ...expected, warnings });
      let mayHaveEnded = false;
      const changed = await changeRecord(
        context.store.dispatches,
        progress.record.dispatchId,
        (known): DispatchRecord => {
          // One that ended, and was found after all, waits again: when it ended still stands in it.
          mayHaveEnded = known.state !== "waiting" || known.epoch > 0 || known.endedAt !== undefined;
          return {
            ...told(withAttemptsOf(progress.record, known)),
            state: "sent",
            correspondenceId: progress.correspondenceId,
            endedAt: known.endedAt ?? context.clock.now(),
          };
        },
        stored,
      );
      if (!changed) return "sent";
      // Sent beats every end, also one that another invocation came to. Ends are recorded before there is a dead letter.
      if (mayHaveEnded) await context.store.deadLetters.remove(deadLetterName(changed.value.dispatchId));
      if (!isOpen(changed.value)) return "sent";
      return purgeLetter(context, changed, Math.max(changed.value.generation, progress.record.generation));
    }
  }
}

/** What following the letter needs to know; where the request was never kept, Altinn's overview tells. */
async function expectationsOf(
  { altinn }: LettersContext,
  message: unknown,
  { record, correspondenceId }: Extract<Progress, { kind: "sent" }>,
): Promise<Expectations> {
  if (message !== undefined) return expectations(message);
  const overview = await altinn(record.resourceId).overview(correspondenceId);
  const known = overview.kind === "found" ? overview.value : undefined;
  const { isConfirmationNeeded = false, requestedPublishTime, dueDateTime } = known ?? {};
  // Of its attachments an overview tells only until it is published.
  return { isConfirmationNeeded, requestedPublishTime, dueDateTime, attachmentDays: undefined };
}

async function putOff(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  record: DispatchRecord,
  delayMs: number,
): Promise<LetterOutcome> {
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
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  { record, end: how, problem }: Extract<Progress, { kind: "ended" }>,
  message: unknown,
): Promise<LetterOutcome> {
  const endedAt = context.clock.now();
  const changed = await changeRecord(
    context.store.dispatches,
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
        : { ...next, state: how, problem, endedAt, isUntold: true };
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

function warnOfMissingId(context: LettersContext, record: DispatchRecord): void {
  if (record.existsSince === undefined || context.clock.now() - record.existsSince < LONG_WITHOUT_ID) return;
  context.telemetry.alert("letterExistsButIdUnknown", { dispatchId: record.dispatchId, resourceId: record.resourceId });
}
