// Finds out whether the letters of a request use its uploads. Once all have ended without a letter, the uploads are purged.

import { putPreparation } from "../messages/dispatches.ts";
import { eachRecord } from "../records/eachRecord.ts";
import { isInProgress, preparationOf } from "../records/preparation.ts";
import { progressOf } from "../records/progress.ts";
import { changeRecord } from "../records/records.ts";
import { allUnused } from "../records/uploadSet.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/**
 * Goes through the requests whose uploads are not settled. The index may lag, so an upload counts as unused only when as
 * many dispatches are known to have ended as there are recipients, and surely without a letter; and Altinn itself refuses
 * to purge what a letter uses.
 */
export async function settleUploads(context: UpkeepContext): Promise<void> {
  const requests = context.store.requestsByHash;
  const where = whereTag("uploads", "=", "open");
  await eachRecord(context, requests, where, "requestHash", async (stored, id) => {
    if (isInProgress(stored.value) || preparationOf(stored.value).isSettled) return;
    const { sent, ended, total } = await progressOf(context, stored.value);
    const isUsed = sent > 0 || ended.outcomeUnknown > 0;
    const isUnused = ended.rejected + ended.gaveUp + ended.cancelled >= total;
    if (!isUsed && !isUnused) return;
    const changed = await changeRecord(
      requests,
      id,
      (record) => {
        // What has changed since it was looked at may be used now: the next sweep sees.
        if (record !== stored.value) return undefined;
        const preparation = preparationOf(record);
        const unused = isUsed ? preparation.unused : allUnused(preparation);
        return { ...record, preparation: { ...preparation, unused, nextStepAt: context.clock.now(), isSettled: true } };
      },
      stored,
    );
    const { generation, unused } = preparationOf(changed?.value ?? stored.value);
    if (unused.length > 0) await putPreparation(context, stored.value, generation, 0);
  });
}
