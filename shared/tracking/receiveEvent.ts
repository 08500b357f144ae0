// An event from Altinn: a hint, kept in the record before it is answered, and checked where it does not say enough.
import { type AltinnEvent, parseAltinnEvent } from "../altinn/cloudEvent.ts";
import type { Clock } from "../clock.ts";
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry.ts";
import { CHECK_TIME_TO_LIVE, type CheckMessage } from "./checkMessage.ts";
import { type Fact, rankOf, statusOfEvent } from "./facts.ts";
import type { NotificationOrders } from "./notificationOrders.ts";
import type { Tracker } from "./tracker.ts";

export interface EventContext {
  readonly clock: Clock;
  /** Makes sure of the app's marker: nothing of ours may be written before it. */
  readonly deployment: () => Promise<unknown>;
  readonly queues: Queues;
  readonly tracker: Tracker;
  readonly orders: NotificationOrders;
  /** Shortens the wait for an attachment that is being scanned; true if there is one that no letter has yet. */
  readonly hurryUpload: (attachmentId: string) => Promise<boolean>;
  readonly telemetry: Telemetry;
  /** What an event tells is kept as a hint, and Altinn asked. */
  readonly confirmEvents: boolean;
}

export type EventOutcome =
  | { readonly kind: "kept" }
  /** Altinn asks whether the endpoint is ours. */
  | { readonly kind: "validation" }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** Keeps what an event tells. Throws only when storage fails: then Altinn is to try again. */
export async function receiveEvent(context: EventContext, body: unknown): Promise<EventOutcome> {
  const parsed = parseAltinnEvent(body);
  if (parsed.kind !== "event") return parsed;
  const { event } = parsed;
  await context.deployment();
  await keep(context, event);
  context.telemetry.info("eventReceived", { eventType: event.type, eventId: event.id, ...aboutOf(event) });
  return { kind: "kept" };
}

async function keep(context: EventContext, event: AltinnEvent): Promise<void> {
  switch (event.about) {
    case "correspondence": {
      const status = statusOfEvent(event);
      // Signals beside the life of a letter have no other source that could confirm them.
      const source = context.confirmEvents && status && rankOf(status) !== undefined ? "hint" : "event";
      const facts: Fact[] = status ? [{ status, time: event.time, source }] : [];
      const { record } = await context.tracker.add({
        correspondenceId: event.instanceId,
        heardAt: context.clock.now(),
        resourceId: event.resourceId,
        facts,
        ...(status ? {} : { unknownTypes: { [event.type]: event.time } }),
      });
      // A purge does not say by whom, and some deployments want every event confirmed.
      const isCheckDue = status === "Purged" || (context.confirmEvents && status !== undefined);
      if (isCheckDue && record.link) await putCheck(context, { version: 1, correspondenceId: event.instanceId });
      return;
    }
    case "attachment":
      // Which letters it concerns is for Altinn to say; a failed scan is told to the sender in no other way.
      if (!CHANGES_A_LETTER.has(event.type) || (await context.hurryUpload(event.instanceId))) return;
      await putCheck(context, { version: 1, attachmentId: event.instanceId });
      return;
    case "notification": {
      const status = statusOfEvent(event);
      if (!status) return;
      const correspondenceId = await context.orders.keep(event.instanceId, { [status]: event.time });
      if (correspondenceId) await context.tracker.add(additionOfOrder(correspondenceId, context, status, event.time));
      return;
    }
    case "other":
      return;
  }
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
