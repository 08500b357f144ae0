// A letter that no dispatch has claimed for an hour: either ours, with its answer lost, or somebody else's.
import { sha256, whereTag } from "../storage/tags.ts";
import type { CorrespondenceRecord } from "../tracking/record.ts";
import { changeDispatch, putDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { unknownUntil } from "./dispatchRecord.ts";

/**
 * Before a letter counts as foreign, the keys of dispatches with unknown outcome and the same resource and reference are
 * looked up. If one of them is this letter, its dispatch is run at once and claims it; otherwise the record is marked
 * foreign, which a later claim undoes.
 */
export async function considerForeign(context: SendingContext, record: CorrespondenceRecord): Promise<void> {
  const { altinn, store, tracker, clock, telemetry } = context;
  const { correspondenceId, resourceId } = record;
  const overview = await altinn.overview(correspondenceId);
  if (overview.kind === "failed") return;
  if (overview.kind === "found" && overview.value.sendersReference !== undefined) {
    const reference = sha256(overview.value.sendersReference);
    const where = `${whereTag("state", "=", "waiting")} AND ${whereTag("reference", "=", reference)}`;
    for await (const { id } of store.dispatches.find(where)) {
      const dispatch = (await store.dispatches.read(id))?.value;
      if (dispatch?.state !== "waiting" || unknownUntil(dispatch) === undefined) continue;
      const found = await altinn.findByIdempotentKey(dispatch.resourceId, dispatch.idempotentKey);
      if (found.kind === "failed") return;
      if (found.kind === "found" && found.correspondenceId === correspondenceId) {
        const generation = dispatch.generation + 1;
        await putDispatch(context, id, generation, 0);
        await changeDispatch(context, id, (known) => ({
          ...known,
          generation: Math.max(known.generation, generation),
        }));
        return;
      }
    }
  }
  await tracker.add({ correspondenceId, heardAt: clock.now(), foreignSince: clock.now() });
  telemetry.info("correspondenceForeign", { correspondenceId, ...(resourceId === undefined ? {} : { resourceId }) });
}
