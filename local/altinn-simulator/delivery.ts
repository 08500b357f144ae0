// Pushes events to their subscribers, and tries again when they refuse, at the intervals that Altinn has.

import { randomUUID } from "node:crypto";
import type { Task } from "./state.ts";
import type { World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long Altinn waits before each new try; after the last one the event is lost. */
export const retryDelays: readonly number[] = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  12 * HOUR,
];

/** One push and how it went; `status` 0 is no answer. */
export interface Delivery {
  readonly eventId: string;
  readonly subscriptionId: number;
  readonly attempt: number;
  readonly status: number;
  /** Simulated milliseconds. */
  readonly at: number;
}

/** Carries out a push or a validation that is due; a refused one goes back on the agenda. */
export async function deliver(
  world: World,
  at: number,
  task: Extract<Task, { kind: "push" | "validate" }>,
  timeoutMs: number,
): Promise<Delivery | undefined> {
  const find = () => world.state.subscriptions.find(({ id }) => id === task.subscriptionId);
  const subscription = find();
  if (subscription === undefined) return undefined;
  const event =
    task.kind === "validate"
      ? validation(world, subscription.id)
      : world.state.events.find(({ id }) => id === task.eventId);
  if (event === undefined) return undefined;
  const status = await post(subscription.endPoint, event, timeoutMs);
  const accepted = status >= 200 && status < 300;
  const still = find();
  if (accepted && task.kind === "validate" && still !== undefined) still.validated = true;
  const wait = retryDelays[task.attempt];
  if (!accepted && wait !== undefined) world.schedule(at + wait, { ...task, attempt: task.attempt + 1 });
  return { eventId: event.id, subscriptionId: subscription.id, attempt: task.attempt, status, at };
}

function validation(world: World, subscriptionId: number) {
  return {
    id: randomUUID(),
    source: `${world.options.platformUrl}/events/api/v1/subscriptions/${subscriptionId}`,
    type: "platform.events.validatesubscription",
    specversion: "1.0",
  };
}

async function post(endPoint: string, event: unknown, timeoutMs: number): Promise<number> {
  try {
    const answer = await fetch(endPoint, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}
