// Once a day: deletes what requests say of which each letter is sent or was cancelled. Their records stay, as the proof of it.
import { DAY } from "../clock.ts";
import { passingOver } from "../records/eachRecord.ts";
import { isDone } from "../records/progress.ts";
import type { UpkeepContext } from "./context.ts";

/** What waits, or is kept as long as its dead letters can be replayed, is looked at again after so many days. */
const AGAIN_AFTER = 30;

/**
 * Goes through the accepted requests that are old enough, and whose turn has come since `last`, when this was done before;
 * if that is not known, through all that are. Both times are in epoch milliseconds. Of one that is not done, whose record is gone, or that this version cannot
 * read, nothing is deleted: the storage account's rules do that in the end.
 */
export async function deleteAccepted(context: UpkeepContext, now: number, last: number | undefined): Promise<void> {
  const { rules, store, telemetry } = context;
  const { deleteAcceptedAfter } = rules;
  if (deleteAcceptedAfter === undefined) return;
  const passOver = passingOver(telemetry);
  for await (const { digest, writtenAt } of store.accepted.list()) {
    // By its age alone, so that nothing need be noted: each of them once in so many days.
    const first = Math.floor((writtenAt + deleteAcceptedAfter) / DAY) + 1;
    const turns = (time: number) => Math.floor((Math.floor(time / DAY) - first) / AGAIN_AFTER);
    if (turns(now) < 0 || (last !== undefined && turns(now) === turns(last))) continue;
    await passOver({}, async () => {
      const accepted = (await store.accepted.read(digest))?.value;
      const record = accepted && (await store.requests.read(accepted.requestId))?.value;
      if (record?.digest === digest && (await isDone(context, record))) await store.accepted.remove(digest);
    });
  }
}
