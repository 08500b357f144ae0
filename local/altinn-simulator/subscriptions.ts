// Altinn Events' subscriptions: what a service owner asks to be pushed, and where.

import { z } from "zod";
import { type Answer, emptyAnswer, jsonAnswer, modelFailure } from "./answer.ts";
import { writeTime } from "./model/values.ts";
import type { Subscription } from "./state.ts";
import type { World } from "./world.ts";

const text = z.string().nullish();
const requestSchema = z.object({
  endPoint: z.url(),
  resourceFilter: z.string().startsWith("urn:altinn:resource:"),
  subjectFilter: text,
  typeFilter: text,
  sourceFilter: text,
  alternativeSubjectFilter: text,
});

/** `POST /subscriptions`. The same subscription again is the one that there is. */
export function subscribe(world: World, body: string): Answer {
  const parsed = requestSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "$");
    return modelFailure(Object.fromEntries(paths.map((path) => [path, ["The field is missing or not valid."]])));
  }
  const { endPoint, resourceFilter, subjectFilter, typeFilter, sourceFilter, alternativeSubjectFilter } = parsed.data;
  for (const [name, value] of Object.entries({ sourceFilter, alternativeSubjectFilter })) {
    if (value) return modelFailure({ [name]: ["The filter is not allowed for this resource."] });
  }
  const wanted = {
    endPoint,
    resourceFilter,
    subjectFilter: subjectFilter ?? null,
    typeFilter: typeFilter ?? null,
    createdBy: "/org/ttd",
  };
  const known = world.state.subscriptions.find(
    (other) =>
      other.endPoint === wanted.endPoint &&
      other.resourceFilter === wanted.resourceFilter &&
      other.subjectFilter === wanted.subjectFilter &&
      other.typeFilter === wanted.typeFilter,
  );
  if (known !== undefined) return jsonAnswer(201, show(known));
  const id = world.state.subscriptions.reduce((most, subscription) => Math.max(most, subscription.id), 0) + 1;
  const now = world.now();
  const subscription: Subscription = { id, ...wanted, created: now, validated: false };
  world.state.subscriptions.push(subscription);
  world.schedule(now, { kind: "validate", subscriptionId: id, attempt: 0 });
  return jsonAnswer(201, show(subscription));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function show(subscription: Subscription) {
  const { id, endPoint, resourceFilter, subjectFilter, typeFilter, createdBy, created, validated } = subscription;
  return {
    id,
    endPoint,
    sourceFilter: null,
    subjectFilter,
    alternativeSubjectFilter: null,
    resourceFilter,
    typeFilter,
    consumer: createdBy,
    createdBy,
    created: writeTime(created),
    validated,
  };
}

/** `GET /subscriptions`. */
export function listSubscriptions(world: World): Answer {
  const subscriptions = world.state.subscriptions.map(show);
  return jsonAnswer(200, { count: subscriptions.length, subscriptions });
}

/** `GET /subscriptions/{id}`. */
export function showSubscription(world: World, id: string): Answer {
  const subscription = world.state.subscriptions.find((candidate) => String(candidate.id) === id);
  return subscription === undefined ? emptyAnswer(404) : jsonAnswer(200, show(subscription));
}

/** `DELETE /subscriptions/{id}`. */
export function unsubscribe(world: World, id: string): Answer {
  const { subscriptions } = world.state;
  const index = subscriptions.findIndex((candidate) => String(candidate.id) === id);
  if (index < 0) return emptyAnswer(404);
  subscriptions.splice(index, 1);
  return emptyAnswer(200);
}
