// The senders of one deployment, and whose a resource is. Pure: the resource of a letter decides, and nothing else.
import type { MaskinportenSettings } from "../altinn/altinnClient.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { QUEUES } from "../storage/names.ts";

/** Somebody whose letters go out by this deployment: their resources, and as whom they are sent. */
export interface Sender {
  /** Lower-case letters, digits and hyphens. It stands in logs, and in the name of a queue. */
  readonly name: string;
  /** Ids without URN prefix; each is one sender's alone. */
  readonly resources: readonly string[];
  readonly maskinporten: MaskinportenSettings;
  /** Where announcements go whose request names no queue; `undefined`: where all others go. */
  readonly statusQueue: string | undefined;
  /** More letters than this within an hour pull the sender's brake; `undefined`: no limit of its own. */
  readonly maxLettersPerHour: number | undefined;
  /** It has a queue of requests of its own, where nothing but its letters can be dropped. */
  readonly hasOwnQueue: boolean;
}

/** The senders of a deployment; most have none. */
export interface Senders {
  readonly all: readonly Sender[];
  /** Whose a resource is (its id with or without prefix); `undefined`: nobody's, so the deployment's own. */
  of(resourceId: string): Sender | undefined;
  named(name: string): Sender | undefined;
}

/** Senders by resource and by name. */
export function indexSenders(all: readonly Sender[]): Senders {
  const byResource = new Map(all.flatMap((sender) => sender.resources.map((id) => [id, sender] as const)));
  const byName = new Map(all.map((sender) => [sender.name, sender]));
  return {
    all,
    of: (resourceId) => byResource.get(withoutResourcePrefix(resourceId)),
    named: (name) => byName.get(name),
  };
}

/** The queue on which a sender's requests are dropped. */
export function requestQueueOf(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): string {
  return sender?.hasOwnQueue ? `${QUEUES.requests}-${sender.name}` : QUEUES.requests;
}

/** The queue of our own on which a sender's letters wait that were not sent at once: behind nobody else's. */
export function dispatchQueueOf(sender: Pick<Sender, "name" | "hasOwnQueue"> | undefined): string {
  return sender?.hasOwnQueue ? `${QUEUES.dispatches}-${sender.name}` : QUEUES.dispatches;
}

/** The resources that may be sent on by what is dropped on the queue that all share. */
export function sharedResources(resources: readonly string[], senders: readonly Sender[]): ReadonlySet<string> {
  return new Set([...resources, ...senders.flatMap((sender) => (sender.hasOwnQueue ? [] : sender.resources))]);
}

/** All resources, by whichever queue they are sent on. */
export function allResources(resources: readonly string[], senders: readonly Sender[]): readonly string[] {
  return [...new Set([...resources, ...senders.flatMap((sender) => sender.resources)])];
}
