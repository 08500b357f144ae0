// Once a day, of those whose turn it is: writes the records anew of letters that are followed, and are published a long time from
// now, or were a long time ago. Storage deletes records by the time since they were written.
import { DAY, dayOf } from "../clock.ts";
import { SINCE_WITH_LACKS, sinceTag } from "../records/correspondenceTags.ts";
import { passingOver } from "../records/eachRecord.ts";
import type { Records } from "../records/records.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** A record of a letter that is to be published, or was, longer ago than this is not left to age: it is kept for 400 days at least. */
const FAR = 200 * DAY;

/** Each record is written once in so many days. */
const EVERY = 30;

/**
 * Renews the records of followed letters whose publish time is far from `now`, and whose turn has come since `last`, when this
 * was done before; of all of them if that is not known. Both times are in epoch milliseconds. Not of those that have but
 * a deadline left: a due time in 2099, written for "never", would keep whom it was for until then.
 */
export async function renewRecords(
  { store, telemetry, traces }: UpkeepContext,
  now: number,
  last: number | undefined,
): Promise<void> {
  const passOver = passingOver(telemetry);
  const [before, after] = [sinceTag(dayOf(now - FAR)), sinceTag(dayOf(now + FAR))];
  const far = [
    [whereTag("since", ">=", SINCE_WITH_LACKS), whereTag("since", "<", before)],
    [whereTag("since", ">", after)],
  ];
  for (const conditions of far) {
    const where = [whereTag("request", ">", " "), ...conditions].join(" AND ");
    for await (const { id } of store.correspondences.find(where)) {
      if (last !== undefined && turnsOf(id, now) === turnsOf(id, last)) continue;
      await passOver({ correspondenceId: id }, async () => {
        const link = (await renew(store.correspondences, id))?.link;
        if (!link) return;
        await traces.follow(link);
        await renew(store.requests, link.requestId);
        await renew(store.dispatches, link.dispatchId);
      });
    }
  }
}

/** How often a record's turn has come until a time. A part of their ids spreads them over the days. */
function turnsOf(id: string, time: number): number {
  return Math.floor((Math.floor(time / DAY) - (Number.parseInt(id.slice(-4), 16) % EVERY)) / EVERY);
}

/** Writes a record as it is. One that somebody else writes meanwhile is as good as renewed. */
async function renew<T>(records: Records<T>, id: string): Promise<T | undefined> {
  const stored = await records.read(id);
  if (stored) await records.replace(id, stored.value, stored.etag);
  return stored?.value;
}
