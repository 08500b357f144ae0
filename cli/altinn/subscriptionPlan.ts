// Which of Altinn's event subscriptions are the app's, which are missing, and which match nothing. Pure.
import { resourceFilterOf, type Subscription, subjectFilterOf } from "../../shared/altinn/eventsApi.ts";

/** Where events are to be pushed: the app's webhook with its key. */
export interface Webhook {
  /** The app's address, without a path. */
  readonly app: string;
  readonly key: string;
}

/** On which resources an organisation gets letters. */
export interface Receiver {
  readonly resources: readonly string[];
  readonly organisation: string;
}

/** Whose a subscription is: the webhook's with this key, with another key, or somebody else's. */
export type Place = "current" | "otherKey" | "elsewhere";

/** A subscription, seen from the app. */
export interface SeenSubscription {
  readonly subscription: Subscription;
  readonly place: Place;
  /** The resource's id, without its prefix; undefined where the filter names none. */
  readonly resourceId: string | undefined;
  /** What will keep events from coming, for people. */
  readonly warnings: readonly string[];
}

const PATH = "/api/altinn-events";
const PREFIX = "urn:altinn:resource:";

/** The endpoint that Altinn is given. Its query is the one place where the key can be: pushes carry no other secret. */
export function endPointOf({ app, key }: Webhook): string {
  const url = new URL(PATH, app);
  url.searchParams.set("code", key);
  return url.href;
}

/** An endpoint without the secrets in it, to be shown. */
export function masked(endPoint: string): string {
  if (!URL.canParse(endPoint)) return "(not an address)";
  const url = new URL(endPoint);
  const names = [...new Set(url.searchParams.keys())];
  return `${url.origin}${url.pathname}${names.length === 0 ? "" : `?${names.map((name) => `${name}=***`).join("&")}`}`;
}

/** Looks at each subscription. Without a webhook's key, those of its address count as the app's. */
export function lookAt(
  subscriptions: readonly Subscription[],
  webhook: Pick<Webhook, "app"> & Partial<Webhook>,
  resources: readonly string[],
  receiver?: Receiver,
): SeenSubscription[] {
  const seen = subscriptions.map((subscription) => {
    const { resourceFilter } = subscription;
    const resourceId = resourceFilter?.startsWith(PREFIX) ? resourceFilter.slice(PREFIX.length) : undefined;
    return { subscription, place: placeOf(subscription.endPoint, webhook), resourceId };
  });
  return seen.map((one, index) => {
    if (one.place === "elsewhere") return { ...one, warnings: [] };
    // Of what others send, only what is about the organisation is to come.
    if (isForReceiver(one.subscription, receiver)) return { ...one, warnings: [] };
    const isDoubled = seen
      .slice(0, index)
      .some(
        ({ subscription, place, resourceId }) =>
          place === one.place &&
          resourceId === one.resourceId &&
          !hasFilters(subscription) &&
          !hasFilters(one.subscription),
      );
    return { ...one, warnings: warningsOf(one.subscription, one.resourceId, resources, isDoubled) };
  });
}

function placeOf(endPoint: string, { app, key }: Pick<Webhook, "app"> & Partial<Webhook>): Place {
  if (!URL.canParse(endPoint)) return "elsewhere";
  const url = new URL(endPoint);
  if (url.origin !== new URL(app).origin || url.pathname !== PATH) return "elsewhere";
  return key === undefined || url.searchParams.get("code") === key ? "current" : "otherKey";
}

/** Whether it brings the letters of a receiver: what is about its organisation on one of its resources, or everything there. */
function isForReceiver(
  { resourceFilter, subjectFilter, typeFilter, sourceFilter }: Subscription,
  receiver: Receiver | undefined,
  resources: readonly string[] = receiver?.resources ?? [],
): boolean {
  if (receiver === undefined || typeFilter != null || sourceFilter != null) return false;
  const isOfResource = resources.some((resourceId) => resourceFilter === resourceFilterOf(resourceId));
  return isOfResource && (subjectFilter == null || subjectFilter === subjectFilterOf(receiver.organisation));
}

/** Any filter but the one on the resource. */
function hasFilters({ subjectFilter, typeFilter, sourceFilter }: Subscription): boolean {
  return [subjectFilter, typeFilter, sourceFilter].some((filter) => filter !== undefined && filter !== null);
}

function warningsOf(
  { subjectFilter, typeFilter, sourceFilter, resourceFilter }: Subscription,
  resourceId: string | undefined,
  resources: readonly string[],
  isDoubled: boolean,
): string[] {
  const warnings: string[] = [];
  if (subjectFilter === "" || typeFilter === "") warnings.push("an empty subjectFilter or typeFilter matches nothing");
  if (subjectFilter) warnings.push("its subjectFilter keeps the events of all other recipients from you");
  if (typeFilter) warnings.push("its typeFilter lets that one type of event through, exactly as it is written");
  if (sourceFilter) warnings.push("a sourceFilter matches nothing here");
  if (resourceId === undefined) {
    warnings.push(
      resourceFilter
        ? "its resourceFilter does not begin with urn:altinn:resource:, and matches nothing"
        : "it has no resourceFilter",
    );
  } else if (!resources.includes(resourceId)) warnings.push("its resource is not among ALTINN_RESOURCES");
  if (isDoubled) warnings.push("it is there twice: every event comes twice");
  return warnings;
}

/** Of a resource: what there is that brings all of its events to the webhook with its present key. */
export interface ResourceCover {
  readonly resourceId: string;
  readonly state: "validated" | "notValidated" | "missing";
  /** Of a resource on which only letters to an organisation count: its number. */
  readonly organisation?: string;
}

/**
 * Whether each resource's events come. A subscription with further filters does not count, save one for what is about the
 * organisation on resources where that only receives.
 */
export function coverOf(
  seen: readonly SeenSubscription[],
  resources: readonly string[],
  receiver?: Receiver,
): ResourceCover[] {
  const current = seen.filter(({ place }) => place === "current").map(({ subscription }) => subscription);
  const stateOf = (covering: readonly Subscription[]): ResourceCover["state"] => {
    if (covering.length === 0) return "missing";
    return covering.some(({ validated }) => validated) ? "validated" : "notValidated";
  };
  const sent = resources.map((resourceId): ResourceCover => {
    const isOfResource = ({ resourceFilter }: Subscription) => resourceFilter === resourceFilterOf(resourceId);
    return { resourceId, state: stateOf(current.filter((one) => isOfResource(one) && !hasFilters(one))) };
  });
  if (receiver === undefined) return sent;
  const { organisation } = receiver;
  const received = receiver.resources.filter((resourceId) => !resources.includes(resourceId));
  return [
    ...sent,
    ...received.map((resourceId): ResourceCover => {
      const state = stateOf(current.filter((one) => isForReceiver(one, receiver, [resourceId])));
      return { resourceId, state, organisation };
    }),
  ];
}

/**
 * Those with another key that may go: of resources whose events come with the present key, and of resources that are not
 * used any more. The rest must stay, or events would be lost.
 */
export function supersededBy(
  seen: readonly SeenSubscription[],
  resources: readonly string[],
  receiver?: Receiver,
): { readonly removable: readonly SeenSubscription[]; readonly needed: readonly SeenSubscription[] } {
  const covered = new Set(
    coverOf(seen, resources, receiver)
      .filter(({ state }) => state === "validated")
      .map(({ resourceId }) => resourceId),
  );
  const wanted = [...resources, ...(receiver?.resources ?? [])];
  const old = seen.filter(({ place }) => place === "otherKey");
  const isRemovable = ({ resourceId }: SeenSubscription) =>
    resourceId === undefined || covered.has(resourceId) || !wanted.includes(resourceId);
  return { removable: old.filter(isRemovable), needed: old.filter((one) => !isRemovable(one)) };
}
