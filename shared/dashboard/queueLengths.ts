// How many messages each queue holds: those that all share, and those of senders that have their own.
import { eachAtOnce } from "../eachAtOnce.ts";
import type { NamedSender } from "../senders/owners.ts";
import { dispatchQueueOf, requestQueueOf } from "../senders/senders.ts";
import { poisonQueueOf, QUEUES } from "../storage/names.ts";
import type { Queues } from "../storage/queues.ts";
import type { QueueLength } from "./parts.ts";

/** How many queues are asked at once. */
const AT_ONCE = 16;

/** The queues of letters that have not gone: those that all share, or of a sender with its own. */
const backlogOf = (sender: NamedSender | undefined) =>
  [requestQueueOf(sender), dispatchQueueOf(sender)].flatMap((name) => [name, poisonQueueOf(name)]);

/** What all share, whoever is shown. */
const SHARED = [...backlogOf(undefined), QUEUES.statusChecks, QUEUES.announcements];

/** And beside them where letters are received. */
const RECEIVING = [QUEUES.receipts, poisonQueueOf(QUEUES.receipts), QUEUES.received];

/** The lengths of all queues: one call for each. @param receives also those of letters that are received */
export async function readLengths(
  queues: Pick<Queues, "length">,
  senders: { readonly all: readonly NamedSender[] },
  receives = false,
): Promise<QueueLength[]> {
  const own = senders.all.filter(({ hasOwnQueue }) => hasOwnQueue).flatMap(backlogOf);
  const names = [...SHARED, ...(receives ? RECEIVING : []), ...own];
  const lengths = new Map<string, QueueLength>();
  await eachAtOnce(AT_ONCE, names, async (name) => {
    const length = await queues.length(name);
    lengths.set(name, length === undefined ? { name } : { name, length });
  });
  return names.flatMap((name) => lengths.get(name) ?? []);
}

/** Those to show: the shared ones, and of senders' own what is not empty; or those of the one sender that is shown. */
export function shownLengths(all: readonly QueueLength[], shown?: NamedSender): QueueLength[] {
  if (shown !== undefined) {
    const backlog = backlogOf(shown);
    return all.filter(({ name }) => backlog.includes(name));
  }
  const shared = [...SHARED, ...RECEIVING];
  return all.filter(({ name, length = 0 }) => shared.includes(name) || length > 0);
}
