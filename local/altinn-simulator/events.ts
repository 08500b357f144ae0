// Produces the CloudEvents that Altinn sends, and hands them to the subscriptions that match.

import { randomUUID } from "node:crypto";
import { lookUp } from "./rules/recipients.ts";
import type { AltinnEvent, Correspondence, EventRule, Subscription } from "./state.ts";
import type { World } from "./world.ts";

/** What an event is about; the source names it. */
export type EventSource = "correspondence" | "attachment" | "notification";

/** An event to produce: the type without `no.altinn.correspondence.`, and what it is about. */
export interface Happening {
  readonly type: string;
  readonly source: EventSource;
  readonly resourceId: string;
  readonly instance: string;
  /** A URN; the owner when left out. */
  readonly subject?: string;
}

/** Produces an event at a time (milliseconds): it is kept, and put on its way to every subscription that matches. */
export function emit(world: World, at: number, happening: Happening): void {
  const subject = happening.subject ?? ownerUrn(world.options.owner);
  const { alternative } = lookUp(subject);
  const event: AltinnEvent = {
    specversion: "1.0",
    id: randomUUID(),
    type: `no.altinn.correspondence.${happening.type}`,
    time: `${new Date(at).toISOString().slice(0, -1)}+00:00`,
    resource: `urn:altinn:resource:${happening.resourceId}`,
    resourceinstance: happening.instance,
    subject,
    ...(alternative === undefined ? {} : { alternativesubject: alternative }),
    source: `${world.options.platformUrl}/correspondence/api/v1/${happening.source}`,
  };
  world.state.events.push(event);
  route(world, at, event);
}

/** An event about a letter. */
export function emitLetter(world: World, at: number, letter: Correspondence, type: string, subject?: string): void {
  emit(world, at, {
    type,
    source: "correspondence",
    resourceId: letter.resourceId,
    instance: letter.id,
    subject: subject ?? ownerUrn(letter.owner),
  });
}

/** The URN of the owner's organisation. */
export function ownerUrn(owner: string): string {
  return `urn:altinn:organization:identifier-no:${owner}`;
}

function route(world: World, at: number, event: AltinnEvent): void {
  const rule = takeRule(world, event);
  if (rule?.lose === true) return;
  if (rule?.hold === true) {
    world.state.held.push(event.id);
    return;
  }
  for (let copy = 0; copy <= (rule?.repeat ?? 0); copy += 1) pushToAll(world, at + (rule?.delayMs ?? 0), event);
}

function pushToAll(world: World, at: number, event: AltinnEvent): void {
  for (const subscription of world.state.subscriptions) {
    if (subscription.validated && matches(subscription, event)) {
      world.schedule(at, { kind: "push", subscriptionId: subscription.id, eventId: event.id, attempt: 0 });
    }
  }
}

/** Lets the events go that were held back: in the order they came in, or the other way round. */
export function releaseHeld(world: World, order: "given" | "reversed"): void {
  const ids = world.state.held.splice(0);
  const ordered = order === "reversed" ? ids.reverse() : ids;
  for (const id of ordered) {
    const event = world.state.events.find((candidate) => candidate.id === id);
    if (event !== undefined) pushToAll(world, world.now(), event);
  }
}

function matches(subscription: Subscription, event: AltinnEvent): boolean {
  return (
    subscription.resourceFilter === event.resource &&
    (subscription.typeFilter === null || subscription.typeFilter === event.type) &&
    (subscription.subjectFilter === null || subscription.subjectFilter === event.subject)
  );
}

function takeRule(world: World, event: AltinnEvent): EventRule | undefined {
  const rules = world.state.eventRules;
  const index = rules.findIndex((rule) => rule.type === undefined || event.type.endsWith(`.${rule.type}`));
  const rule = rules[index];
  if (rule === undefined || rule.times === undefined || rule.times === "always") return rule;
  if (rule.times <= 1) rules.splice(index, 1);
  else rules[index] = { ...rule, times: rule.times - 1 };
  return rule;
}
