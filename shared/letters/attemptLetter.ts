// One attempt at a letter whose dispatch has a record: begun, run as far as it comes, and concluded.
import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import type { DispatchRecord } from "../records/dispatchRecord.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import { beginAttempt, UNKNOWN_TRAITS, waitingForContent, withContentBack } from "./beginAttempt.ts";
import { type Attempted, conclude, type LetterOutcome } from "./concludeAttempt.ts";
import type { LettersContext } from "./context.ts";
import { withoutDelay } from "./decide.ts";
import { hasUnseenAttempt, withAttemptsOf } from "./knownAttempts.ts";
import { run } from "./run.ts";

/** Makes the attempt that a message of this generation stands for. Throws only when storage fails. */
export async function attemptLetter(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
): Promise<LetterOutcome> {
  const accepted = await context.store.accepted.read(stored.value.digest);
  const open = accepted ? await withContentBack(context, stored) : stored;
  // A message whose record was not written any more: the chain goes on from it.
  const current: DispatchRecord = {
    ...withoutDelay(open.value, context.clock.now()),
    generation,
  };
  const begun = accepted ? current : waitingForContent(context, current);
  const attempted = await attempt(context, open, begun, accepted?.value);
  await context.contact.share(context.senders.of(current.resourceId)?.name);
  return conclude(context, attempted, accepted?.value.message);
}

async function attempt(
  context: LettersContext,
  stored: Versioned<DispatchRecord>,
  current: DispatchRecord,
  accepted: AcceptedRequest | undefined,
): Promise<Attempted> {
  let latest = stored;
  const begun = await beginAttempt(context, current, accepted);
  if (begun.kind === "waiting") return { stored, progress: { ...begun, record: current }, warnings: [] };
  const { record: start, letter, warnings } = begun;
  const traits = letter ?? UNKNOWN_TRAITS;
  const progress = await run(context, start, traits, letter, async (noted) => {
    const changed = await changeRecord(
      context.store.dispatches,
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
