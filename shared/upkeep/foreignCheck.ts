// A letter that no dispatch has claimed for an hour: either ours, with its answer lost, or somebody else's.

import { putNext } from "../messages/dispatches.ts";
import { type CorrespondenceRecord, resourceOf } from "../records/correspondenceRecord.ts";
import { deadLetterName } from "../records/deadLetter.ts";
import { type DispatchRecord, unknownUntil } from "../records/dispatchRecord.ts";
import { noteUndone } from "../records/figuresNotes.ts";
import { readOrAlert } from "../records/records.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/**
 * The look at letters that nobody has claimed, for one batch: whether any of ours is missing is asked of the index once.
 */
export function foreignCheck(context: UpkeepContext): (record: CorrespondenceRecord) => Promise<boolean> {
  let asked: Promise<boolean> | undefined;
  return (record) => {
    asked ??= isAnyMissing(context);
    return considerForeign(context, record, asked);
  };
}

/**
 * Before a letter counts as foreign, and if any of ours is missing, the keys of dispatches with unknown outcome and the
 * same reference are looked up. If one of them is this letter, its dispatch is run at once and claims it; otherwise the
 * record is marked foreign, which a later claim undoes.
 *
 * @returns false if Altinn could not tell: then it is to be looked at again
 */
async function considerForeign(
  context: UpkeepContext,
  record: CorrespondenceRecord,
  isAnyMissing: Promise<boolean>,
): Promise<boolean> {
  const { altinn, store, tracker, clock, telemetry } = context;
  const { correspondenceId } = record;
  const resourceId = resourceOf(record);
  // The details, since they tell of a purged letter too.
  const seen = (await isAnyMissing) ? await altinn(resourceId ?? "").details(correspondenceId) : undefined;
  if (seen?.kind === "failed") return false;
  if (seen?.kind === "found" && seen.value.sendersReference !== undefined) {
    const reference = sha256(seen.value.sendersReference);
    for await (const { id } of store.dispatches.find(whereTag("reference", "=", reference))) {
      const stored = await readOrAlert(store.dispatches, id, telemetry);
      if (!stored || !mayHaveSent(stored.value)) continue;
      const dispatch = stored.value;
      const found = await altinn(dispatch.resourceId).findByIdempotentKey(dispatch.resourceId, dispatch.idempotentKey);
      if (found.kind === "failed" || found.kind === "several") return false;
      if (found.kind === "found" && found.correspondenceId === correspondenceId) {
        await noteFound(context, dispatch);
        await putNext(context, stored, dispatch.generation, 0, (known) => ({
          ...known,
          // Not known until now what came of it: from here on it is sent, as soon as it is looked up.
          state: known.state === "outcomeUnknown" ? "waiting" : known.state,
          existsSince: known.existsSince ?? clock.now(),
        }));
        return true;
      }
    }
  }
  await tracker.add({ correspondenceId, heardAt: clock.now(), foreignSince: clock.now() });
  telemetry.info("correspondenceForeign", { correspondenceId, ...(resourceId === undefined ? {} : { resourceId }) });
  return true;
}

/**
 * False if there is no dispatch of which a letter could be missing. Most letters that nobody claims are other systems', and
 * anybody who can post an event can make some up: as long as none of ours is missing, Altinn is asked about none.
 */
async function isAnyMissing({ store }: UpkeepContext): Promise<boolean> {
  for (const state of ["waiting", "outcomeUnknown"]) {
    for await (const _dispatch of store.dispatches.find(whereTag("state", "=", state))) return true;
  }
  return false;
}

/** A letter of which nobody knew whether it exists does, and is sent: it did not fail. */
async function noteFound({ store }: UpkeepContext, dispatch: DispatchRecord): Promise<void> {
  const { state, problem, endedAt, resourceId, dispatchId } = dispatch;
  if (state !== "outcomeUnknown" || !problem || endedAt === undefined) return;
  const { reason } = problem;
  await noteUndone(store.figures, deadLetterName(dispatchId), { end: state, reason, endedAt, resourceId }, 1);
}

/** True if a letter may exist because of the dispatch without its knowing. */
function mayHaveSent(dispatch: DispatchRecord): boolean {
  if (dispatch.state === "outcomeUnknown") return true;
  return dispatch.state === "waiting" && unknownUntil(dispatch) !== undefined;
}
