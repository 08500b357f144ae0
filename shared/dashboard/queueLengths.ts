// How many messages each queue holds: those that all share, and those of senders that have their own.
import { eachAtOnce } from "../eachAtOnce.ts";
import type { NamedSender } from "../senders/owners.ts";
import { backlogQueuesOf } from "../senders/senders.ts";
import { poisonQueueOf, QUEUES } from "../storage/names.ts";
import type { Queues } from "../storage/queues.ts";
import type { QueueLength } from "./parts.ts";

/** How many queues are asked at once. */
const AT_ONCE = 16;

const BACKLOG = backlogQueuesOf(undefined);

/** What all share, whoever is shown. */
const SHARED = [...BACKLOG, QUEUES.statusChecks, QUEUES.announcements];

/** And beside them where letters are received. */
const RECEIVING = [QUEUES.receipts, poisonQueueOf(QUEUES.receipts), QUEUES.received];

/** The lengths of all queues: one call for each. @param receives also those of letters that are received */
export async function readLengths(
  queues: Pick<Queues, "length">,
  senders: { readonly all: readonly NamedSender[] },
  receives: boolean,
): Promise<QueueLength[]> {
  const own = senders.all.filter(({ hasOwnQueue }) => hasOwnQueue);
  const named: Omit<QueueLength, "length">[] = [
    ...[...SHARED, ...(receives ? RECEIVING : [])].map((name) => ({ name })),
    ...own.flatMap((sender) =>
      backlogQueuesOf(sender).map((name, index) => ({ name, sender: sender.name, beside: BACKLOG[index] ?? name })),
    ),
  ];
  const lengths = new Map<string, number | undefined>();
  await eachAtOnce(AT_ONCE, named, async ({ name }) => void lengths.set(name, await queues.length(name)));
  return named.map((queue) => {
    const length = lengths.get(queue.name);
    return length === undefined ? queue : { ...queue, length };
  });
}

/** Those to show: the shared ones, and of senders' own what is not empty; or those by which one sender's letters go. */
export function shownLengths(all: readonly QueueLength[], shown?: NamedSender): QueueLength[] {
  if (shown === undefined) return all.filter(({ sender, length = 0 }) => sender === undefined || length > 0);
  const backlog = backlogQueuesOf(shown);
  return all.filter(({ name }) => backlog.includes(name));
}
