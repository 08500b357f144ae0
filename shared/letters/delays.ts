// When to try again.
import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";

/** After the n-th attempt; then the last one again and again. */
const DELAYS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
];

const LONGEST_DELAY = 7 * DAY;

/** When our own set-up is refused, someone must mend it first: no sooner than this. */
const SET_UP_DELAY = 5 * MINUTE;

/** What a delay depends on. */
export interface DelayOptions {
  /** How many attempts there have been, at least 1. */
  readonly attempts: number;
  /** What Altinn asked for; waiting is never shorter. */
  readonly retryAfterMs?: number | undefined;
  readonly isOurSetUp?: boolean;
  /** Random in [0, 1). */
  readonly random: number;
}

/** How long to wait, in milliseconds: the schedule ±20 %, never less than Retry-After, at most 7 days. */
export function delayBeforeNext(options: DelayOptions): number {
  const index = Math.min(Math.max(options.attempts, 1), DELAYS.length) - 1;
  const scheduled = DELAYS[index] ?? 6 * HOUR;
  const atLeast = options.isOurSetUp ? Math.max(scheduled, SET_UP_DELAY) : scheduled;
  const jittered = atLeast * (0.8 + 0.4 * options.random);
  const floor = Math.max(options.retryAfterMs ?? 0, options.isOurSetUp ? SET_UP_DELAY : 0);
  return Math.round(Math.min(Math.max(jittered, floor), LONGEST_DELAY));
}

/** True if Altinn asked for more than can be waited: someone should look. */
export function isCut(retryAfterMs: number | undefined): boolean {
  return (retryAfterMs ?? 0) > LONGEST_DELAY;
}
