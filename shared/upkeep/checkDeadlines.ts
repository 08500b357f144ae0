// Letters that are followed no longer, and have a deadline left: once it has passed, Altinn is asked about them. Those that
// are followed have it found by the checks of their day.
import { MINUTE } from "../clock.ts";
import { CHECK_TIME_TO_LIVE, type CheckMessage } from "../messages/checkMessage.ts";
import { deadlineTag } from "../records/lacks.ts";
import type { StateStore } from "../records/stateStore.ts";
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import { whereTag } from "../storage/tags.ts";

interface Parts {
  readonly store: Pick<StateStore, "correspondences">;
  readonly queues: Pick<Queues, "put">;
}

/** So many letters in one sweep. */
const MOST = 1000;

/** Within this one sweep is made, or so. */
const TURN = 15 * MINUTE;

/** Puts a check of each letter whose deadline has passed at `now`, in epoch milliseconds. */
export async function checkDeadlines({ queues, store }: Parts, now: number): Promise<void> {
  const where = [whereTag("lacks", ">=", deadlineTag(0)), whereTag("lacks", "<=", deadlineTag(now))].join(" AND ");
  const due: string[] = [];
  for await (const { id } of store.correspondences.find(where)) due.push(id);
  // Those about which Altinn does not tell stay due, and come first in the index: they must not keep others from their turn.
  const first = due.length > MOST ? (Math.floor(now / TURN) * MOST) % due.length : 0;
  for (const correspondenceId of [...due.slice(first), ...due.slice(0, first)].slice(0, MOST)) {
    const message: CheckMessage = { version: 1, correspondenceId };
    await queues.put(QUEUES.statusChecks, queueText(message), { timeToLiveSeconds: CHECK_TIME_TO_LIVE });
  }
}
