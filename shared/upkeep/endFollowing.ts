// Letters that have been followed for as long as letters are, and have come to no end: their producers are told, and they are
// not asked about any more. What an event tells of one later is announced all the same.
import { dayOf } from "../clock.ts";
import { SINCE_WITH_LACKS, sinceTag } from "../records/correspondenceTags.ts";
import { passingOver } from "../records/eachRecord.ts";
import { followedSince, isFollowed } from "../records/following.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** So many letters in one sweep: after an update, or when the setting is lowered, there may be years of them. */
const MOST = 1000;

/** Ends the following of letters that have been followed since before `oldest`, a day. */
export async function endFollowing(context: UpkeepContext, oldest: string): Promise<void> {
  const { clock, store, telemetry, traces, tracker } = context;
  const passOver = passingOver(telemetry);
  const claimed = whereTag("request", ">", " ");
  const before = [
    [claimed, whereTag("since", ">=", SINCE_WITH_LACKS), whereTag("since", "<", sinceTag(oldest))],
    // Written by a version before.
    [claimed, whereTag("since", ">", "0"), whereTag("since", "<", oldest)],
  ];
  let ended = 0;
  for (const conditions of before) {
    for await (const { id } of store.correspondences.find(conditions.join(" AND "))) {
      if (ended >= MOST) return;
      await passOver({ correspondenceId: id }, async () => {
        const record = (await store.correspondences.read(id))?.value;
        // The index may lag.
        if (!record?.link || !isFollowed(record) || dayOf(followedSince(record)) >= oldest) return;
        ended++;
        await traces.follow(record.link);
        await tracker.add({ correspondenceId: id, heardAt: clock.now(), unresolvedSince: clock.now() });
      });
    }
  }
}
