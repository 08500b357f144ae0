// Letters that are followed no longer, and have a deadline left: once it has passed, Altinn is asked about them. Those that
// are followed have it found by the checks of their day.
import { CHECK_TIME_TO_LIVE, type CheckMessage } from "../messages/checkMessage.ts";
import { deadlineTag } from "../records/lacks.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { whereTag } from "../storage/tags.ts";
import type { UpkeepContext } from "./context.ts";

/** So many letters in one sweep. */
const MOST = 1000;

/** Puts a check of each letter whose deadline has passed at `now`, in epoch milliseconds. */
export async function checkDeadlines({ queues, store }: UpkeepContext, now: number): Promise<void> {
  const where = [whereTag("lacks", ">=", deadlineTag(0)), whereTag("lacks", "<=", deadlineTag(now))].join(" AND ");
  let put = 0;
  for await (const { id: correspondenceId } of store.correspondences.find(where)) {
    if (put++ >= MOST) return;
    const message: CheckMessage = { version: 1, correspondenceId };
    await queues.put(QUEUES.statusChecks, queueText(message), { timeToLiveSeconds: CHECK_TIME_TO_LIVE });
  }
}
