// The senders of one deployment, with all that the app knows of them, and the queues and resources that are theirs. Pure.
import type { MaskinportenSettings } from "../altinn/altinnClient.ts";
import { poisonQueueOf, QUEUES, queueOfSender } from "../storage/names.ts";
import type { NamedSender, SendersOf } from "./owners.ts";

/** Somebody whose letters go out by this deployment, and as whom. */
export interface Sender extends NamedSender {
  readonly maskinporten: MaskinportenSettings;
  /** Where announcements go whose request names no queue; `undefined`: where all others go. */
  readonly statusQueue: string | undefined;
  /** More letters than this within an hour pull the sender's brake; `undefined`: no limit of its own. */
  readonly maxLettersPerHour: number | undefined;
}

/** The senders of a deployment; most have none. */
export type Senders = SendersOf<Sender>;

/** The queue on which a sender's requests are dropped. */
export function requestQueueOf(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): string {
  return queueOfSender(QUEUES.requests, ownQueueName(sender));
}

/** The queue of our own on which a sender's letters wait that were not sent at once: behind nobody else's. */
export function dispatchQueueOf(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): string {
  return queueOfSender(QUEUES.dispatches, ownQueueName(sender));
}

/**
 * The queues of letters that have not gone, with those where the host puts aside what fails: a sender's own, or those that all
 * share.
 */
export function backlogQueuesOf(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): readonly string[] {
  return [requestQueueOf(sender), dispatchQueueOf(sender)].flatMap((queue) => [queue, poisonQueueOf(queue)]);
}

function ownQueueName(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): string | undefined {
  return sender?.hasOwnQueue ? sender.name : undefined;
}

/** The resources that may be sent on by what is dropped on the queue that all share. */
export function sharedResources(resources: readonly string[], senders: readonly Sender[]): ReadonlySet<string> {
  return new Set([...resources, ...senders.flatMap((sender) => (sender.hasOwnQueue ? [] : sender.resources))]);
}

/** All resources, by whichever queue they are sent on. */
export function allResources(resources: readonly string[], senders: readonly Sender[]): readonly string[] {
  return [...new Set([...resources, ...senders.flatMap((sender) => sender.resources)])];
}
