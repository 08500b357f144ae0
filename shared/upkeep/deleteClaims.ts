// Deletes the blobs of claim checks, long after their letters have been sent or have ended.
import { DAY, timestamp } from "../clock.ts";
import { eachRecord } from "../records/eachRecord.ts";
import { progressOf } from "../records/progress.ts";
import { changeRecord } from "../records/records.ts";
import type { ClaimedBlob, RequestRecord } from "../records/requestRecord.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/**
 * Goes through the requests whose blob is due for a look. Not before days after the end: until then a copy of the message
 * may still come, from the poison queue for one, and should find what it names.
 */
export async function deleteClaims(context: UpkeepContext): Promise<void> {
  const { deleteRequestBlobsAfter } = context.rules;
  if (deleteRequestBlobsAfter === undefined) return;
  const requests = context.store.requestsByHash;
  const now = context.clock.now();
  const where = whereTag("claim", "<=", timestamp(now));
  await eachRecord(context, requests, where, "requestHash", async (stored, id) => {
    const claim = stored.value.claimCheck;
    if (!claim || claim.lookAt > now) return;
    const isOver = claim.doneSince !== undefined && now >= claim.doneSince + deleteRequestBlobsAfter;
    // Only the version that was read: a producer may have put another request there.
    if (isOver) await context.requestBlobs.remove(claim.path, claim.etag);
    const next = isOver ? undefined : await nextLook(context, stored.value, claim, now, deleteRequestBlobsAfter);
    await changeRecord(
      requests,
      id,
      ({ claimCheck: _past, ...record }) => (next ? { ...record, claimCheck: next } : record),
      stored,
    );
  });
}

async function nextLook(
  context: UpkeepContext,
  record: RequestRecord,
  claim: ClaimedBlob,
  now: number,
  after: number,
): Promise<ClaimedBlob> {
  if (claim.doneSince !== undefined) return { ...claim, lookAt: claim.doneSince + after };
  const { waiting } = await progressOf(context, record);
  return waiting === 0 ? { ...claim, doneSince: now, lookAt: now + after } : { ...claim, lookAt: now + DAY };
}
