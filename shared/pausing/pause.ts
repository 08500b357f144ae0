// Whether letters may go just now: not while the brake is on, nor while the breaker is open.
import { MINUTE } from "../clock.ts";
import type { PausingContext } from "./context.ts";

/** Why nothing is posted, and how long whatever wants to be posted is put off, in milliseconds. */
export interface Pause {
  readonly cause: "brake" | "breaker";
  readonly delayMs: number;
}

/** How long a message waits before the brake is looked at again, in milliseconds. */
const UNDER_THE_BRAKE = 5 * MINUTE;

/** Spreads what was put off, so that it does not all come back at once: up to this much longer, in milliseconds. */
const SPREAD = MINUTE;

/** `undefined` while letters may go: any at all, or where a resource is named, those on it. */
export async function pauseOf(context: PausingContext, resourceId?: string): Promise<Pause | undefined> {
  const { brake, breaker, contact, random, senders } = context;
  const sender = resourceId === undefined ? undefined : senders.of(resourceId)?.name;
  const isBraked = (await brake.reason(sender)) !== undefined;
  const ofAll = breaker.pause();
  const open = isBraked ? UNDER_THE_BRAKE : resourceId === undefined ? ofAll : breaker.of(sender).pause();
  if (open === undefined) return undefined;
  // What stops one sender alone is not told as if it stopped all.
  const isForAll = isBraked ? (await brake.reason()) !== undefined : ofAll !== undefined;
  contact.notePause(isForAll ? undefined : (sender ?? ""));
  await contact.share();
  return { cause: isBraked ? "brake" : "breaker", delayMs: Math.round(open + random() * SPREAD) };
}
