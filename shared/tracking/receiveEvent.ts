// An event from Altinn: a hint, kept in the record before it is answered, and checked where it does not say enough.
import { type AltinnEvent, parseAltinnEvent } from "../altinn/cloudEvent.ts";
import { type Clock, DAY } from "../clock.ts";
import { CHECK_TIME_TO_LIVE, type CheckMessage } from "../messages/checkMessage.ts";
import { type Fact, rankOf, statusOfEvent } from "../records/facts.ts";
import { isCheckDueAtOnce, isWorthAsking } from "../records/following.ts";
import type { StateStore } from "../records/stateStore.ts";
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Traces } from "../telemetry/traces.ts";
import type { NotificationOrders } from "./notificationOrders.ts";
import type { Tracker } from "./tracker.ts";

/** The parts by which an event is taken in. */
export interface EventContext {
  readonly clock: Clock;
  /** Makes sure of the app's marker: nothing of ours may be written before it. */
  readonly deployment: () => Promise<unknown>;
  readonly queues: Queues;
  readonly store: StateStore;
  readonly tracker: Tracker;
  readonly orders: NotificationOrders;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  /** Where is noted that events come. */
  readonly contact: { noteEvent(): void; share(): Promise<void> };
  /** The resources whose events count, without URN prefix. */
  readonly resources: ReadonlySet<string>;
  /** What an event tells is kept as a hint, and Altinn asked. */
  readonly confirmEvents: boolean;
  /** Where letters to the organisation are noted, that events tell of; `undefined`: none is received. */
  readonly inbox:
    | {
        isFor(event: AltinnEvent): boolean;
        hear(correspondenceId: string, resourceId: string): Promise<void>;
      }
    | undefined;
}

/** What became of an event. */
export type EventOutcome =
  | { readonly kind: "kept" }
  /** Of a resource that is not ours, and of no letter of ours: nothing is kept. */
  | { readonly kind: "passedOver" }
  /** Altinn asks whether the endpoint is ours. */
  | { readonly kind: "validation" }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** Keeps what an event tells. Throws only when storage fails: then Altinn is to try again. */
export async function receiveEvent(context: EventContext, body: unknown): Promise<EventOutcome> {
  const parsed = parseAltinnEvent(body);
  if (parsed.kind !== "event") return parsed;
  const { event } = parsed;
  await context.deployment();
  // A letter that this app has sent to its own organisation is both: sent, and received.
  const isReceived = await noteReceived(context, event);
  const isSent = await isOfOurs(context, event);
  const kind = isSent || isReceived ? "kept" : "passedOver";
  if (isSent) {
    await keep(context, { ...event, time: plausibleTime(event.time, context.clock.now()) });
    context.contact.noteEvent();
    await context.contact.share();
  }
  const { type: eventType, id: eventId } = event;
  context.telemetry.info("eventReceived", { eventType, eventId, ...aboutOf(event), outcome: kind });
  return { kind };
}

/** A letter to the organisation is published: it is to be received. */
async function noteReceived({ inbox }: EventContext, event: AltinnEvent): Promise<boolean> {
  const { about, type, instanceId, resourceId } = event;
  if (about !== "correspondence" || type !== "correspondencepublished" || resourceId === undefined) return false;
  if (!inbox?.isFor(event)) return false;
  await inbox.hear(instanceId, resourceId);
  return true;
}

/**
 * Whoever can post events can name any resource and any id. What is on none of our resources costs a read, and counts only
 * for a letter that is known to be ours: its resource may have been taken out of the settings.
 */
async function isOfOurs({ resources, store, orders }: EventContext, event: AltinnEvent): Promise<boolean> {
  if (event.resourceId !== undefined && resources.has(event.resourceId)) return true;
  if (event.about === "notification") return (await orders.letterOf(event.instanceId)) !== undefined;
  if (event.about !== "correspondence") return false;
  return (await store.correspondences.read(event.instanceId))?.value.link !== undefined;
}

/** There was no Altinn 3 before this, in epoch milliseconds. */
const EARLIEST = Date.UTC(2020, 0, 1);

/** When it happened, as the event says; when it was heard, if nothing can have happened then. */
function plausibleTime(time: number, now: number): number {
  return time < EARLIEST || time > now + DAY ? now : time;
}

async function keep(context: EventContext, event: AltinnEvent): Promise<void> {
  switch (event.about) {
    case "correspondence":
      return keepOfLetter(context, event);
    case "attachment":
      // Which letters it concerns is for Altinn to say; a failed scan is told to the sender in no other way.
      if (CHANGES_A_LETTER.has(event.type) && (await isScanAwaited(context, event.resourceId))) {
        const { instanceId: attachmentId, resourceId } = event;
        await putCheck(context, { version: 1, attachmentId, ...(resourceId === undefined ? {} : { resourceId }) });
      }
      return;
    case "notification": {
      const status = statusOfEvent(event);
      if (!status) return;
      const correspondenceId = await context.orders.keep(event.instanceId, { [status]: event.time });
      if (!correspondenceId) return;
      const { record } = await context.tracker.add(additionOfOrder(correspondenceId, context, status, event.time));
      return context.traces.follow(record.link);
    }
    case "other":
      return;
  }
}

async function keepOfLetter(context: EventContext, event: AltinnEvent): Promise<void> {
  const { clock, resources, tracker, confirmEvents } = context;
  const { instanceId: correspondenceId, resourceId = "", time, type } = event;
  const heardAt = clock.now();
  const status = statusOfEvent(event);
  // Signals beside the life of a letter have no other source that could confirm them.
  const isHint = confirmEvents && status !== undefined && rankOf(status) !== undefined;
  // A purge does not say by whom, and some deployments want every event confirmed.
  const isToBeAsked = status === "Purged" || (isHint && isWorthAsking(status));
  const { record, before } = await tracker.add({
    correspondenceId,
    heardAt,
    ...(resources.has(resourceId) ? { eventResourceId: resourceId } : {}),
    ...(status ? { facts: [{ status, time, source: isHint ? "hint" : "event" }] } : { unknownTypes: { [type]: time } }),
    ...(isToBeAsked ? { checkOwedAt: heardAt } : {}),
  });
  await context.traces.follow(record.link);
  if (isToBeAsked && isCheckDueAtOnce(before, record, heardAt))
    await putCheck(context, { version: 1, correspondenceId });
}

/** True while a letter of ours on this resource has files that are being scanned: nothing else can be learnt of one. */
async function isScanAwaited({ store }: EventContext, resourceId = ""): Promise<boolean> {
  const where = [
    whereTag("resource", "=", tagValue(resourceId)),
    whereTag("status", "=", "Initialized"),
    whereTag("request", ">", " "),
  ].join(" AND ");
  for await (const _letter of store.correspondences.find(where)) return true;
  return false;
}

const CHANGES_A_LETTER: ReadonlySet<string> = new Set([
  "attachmentuploadfailed",
  "attachmentpublished",
  "attachmentexpired",
]);

function additionOfOrder(correspondenceId: string, context: EventContext, status: Fact["status"], time: number) {
  const facts: Fact[] = [{ status, time, source: "event" }];
  return { correspondenceId, heardAt: context.clock.now(), facts };
}

async function putCheck(context: EventContext, message: CheckMessage): Promise<void> {
  await context.queues.put(QUEUES.statusChecks, queueText(message), { timeToLiveSeconds: CHECK_TIME_TO_LIVE });
}

function aboutOf(event: AltinnEvent): { correspondenceId?: string; attachmentId?: string; resourceId?: string } {
  return {
    ...(event.about === "correspondence" ? { correspondenceId: event.instanceId } : {}),
    ...(event.about === "attachment" ? { attachmentId: event.instanceId } : {}),
    ...(event.resourceId === undefined ? {} : { resourceId: event.resourceId }),
  };
}
