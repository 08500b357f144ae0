// The cancel of one letter: written into the record of its dispatch, and carried out when that is run.

import { tellEnd } from "../deadLetters/ends.ts";
import { putDispatch } from "../messages/dispatches.ts";
import { type DispatchRecord, isOpen, replayed } from "../records/dispatchRecord.ts";
import { changeRecord } from "../records/records.ts";
import type { CancellingContext } from "./context.ts";

/**
 * Writes the wish into the record of a dispatch, and runs it at once. What is not sent then never will be; what is, is
 * purged. One that has ended is told again, and cannot be replayed any more.
 *
 * @param fresh its record, where it has none yet
 */
export async function wishToCancel(context: CancellingContext, fresh: DispatchRecord): Promise<void> {
  const { dispatchId } = fresh;
  const now = context.clock.now();
  const wished = withWish(fresh, now) ?? fresh;
  const isCreated = (await context.store.dispatches.create(dispatchId, wished)) !== undefined;
  // Before the message: one that came first would post what is to be cancelled.
  const changed = isCreated
    ? undefined
    : await changeRecord(context.store.dispatches, dispatchId, (known) =>
        // A request that was replayed since: this is its letter's next epoch.
        fresh.epoch > known.epoch ? withWish(replayed(known, fresh, now), now) : withWish(known, now),
      );
  const stands = changed?.value ?? wished;
  if (isOpen(stands)) await putDispatch(context, stands, stands.generation, 0);
  else await tellEnd(context, stands);
}

/** `undefined` where it is wished already. Of what has ended unsent it says that nobody is to send it again. */
function withWish(record: DispatchRecord, now: number): DispatchRecord | undefined {
  const isSent = record.state === "sent";
  if (record.cancel) return undefined;
  if (!isSent && record.state !== "waiting") return { ...record, cancel: { since: now, failures: 0 } };
  const closing = record.closing ?? { end: "cancelled", reason: "cancelled", since: now };
  return {
    ...record,
    cancel: { since: now, failures: 0 },
    ...(isSent ? {} : { closing }),
    generation: record.generation + 1,
    nextAttemptAt: now,
  };
}
