// What producers were told, held against itself: each on its own queue, under an id of its own, after what came before.
import { z } from "zod";
import { SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import type { PlannedDrops } from "../chaos/mix.ts";
import { type Announcement, announcementSchema } from "../shared/announcements/announcement.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { indexSenders } from "../shared/senders/owners.ts";
import type { Sender } from "../shared/senders/senders.ts";
import { QUEUES } from "../shared/storage/names.ts";
import type { ModelQueues } from "./queues.ts";

/** An announcement, and the queue that it is on. */
export interface Told {
  readonly queue: string;
  readonly announcement: Announcement;
}

/** Everything that was told, in the order in which it was put on its queue; and what cannot be read. */
export function toldOn(queues: ModelQueues) {
  const told: Told[] = [];
  const unreadable: string[] = [];
  for (const queue of [QUEUES.announcements, SECOND_STATUS_QUEUE]) {
    for (const { text } of queues.messages(queue)) {
      const parsed = announcementSchema.safeParse(JSON.parse(text));
      if (parsed.success) told.push({ queue, announcement: parsed.data });
      else unreadable.push(text);
    }
  }
  return { told, unreadable };
}

/** What is wrong with announcements, whatever became of their letters. */
export function wronglyTold(
  told: readonly Told[],
  { drops = [] }: Partial<Pick<PlannedDrops, "drops">>,
  senders: readonly Sender[],
): string[] {
  return [...misaddressed(told, drops, senders), ...ambiguous(told), ...withoutPrevious(told)];
}

const requestSchema = z.object({
  correspondence: z.object({ sendersReference: z.string(), resourceId: z.string() }),
  statusQueue: z.string().optional(),
});

/** Each request has its announcements on the queue that it names, or its sender has. */
function misaddressed(told: readonly Told[], drops: PlannedDrops["drops"], senders: readonly Sender[]): string[] {
  const { of } = indexSenders(senders);
  const queues = new Map<string, string>();
  for (const { text, requestBlob } of drops) {
    const decoded = decodeMessage(requestBlob?.text ?? text);
    const request = decoded.ok ? requestSchema.safeParse(decoded.value).data : undefined;
    if (request === undefined) continue;
    const { sendersReference, resourceId } = request.correspondence;
    queues.set(sendersReference, request.statusQueue ?? of(resourceId)?.statusQueue ?? QUEUES.announcements);
  }
  return told.flatMap(({ queue, announcement: { type, data } }) => {
    const own = queues.get(data.sendersReference ?? "");
    return own === undefined || own === queue ? [] : [`${type} of ${data.sendersReference} is on ${queue}`];
  });
}

/** One id stands for one announcement: whoever has handled one discards the other. */
function ambiguous(told: readonly Told[]): string[] {
  const known = new Map<string, string>();
  return told.flatMap(({ announcement: { id, type, data } }) => {
    const what = `${type} of ${data.dispatchId ?? data.correspondenceId ?? data.requestId}`;
    const before = known.get(id) ?? what;
    known.set(id, before);
    return before === what ? [] : [`${id} stands for ${before} and for ${what}`];
  });
}

/** Whoever is told of a lower status first, knows it when the higher one comes. */
function withoutPrevious(told: readonly Told[]): string[] {
  const lowest = new Map<string, number>();
  return told.flatMap(({ announcement: { type, data } }) => {
    const { correspondenceId = "", rank, previousStatus } = data;
    if (rank === undefined) return [];
    const before = lowest.get(correspondenceId) ?? rank;
    lowest.set(correspondenceId, Math.min(before, rank));
    return previousStatus === undefined && before < rank
      ? [`${type} of ${correspondenceId} names no status before`]
      : [];
  });
}
