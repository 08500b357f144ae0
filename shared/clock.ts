// Time, passed to everything that decides, so that tests and the local host can set it.

/** Where the app gets the time from. */
export interface Clock {
  /** The time now, in milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Milliseconds since some moment of this process. It goes on when the time is set, back or forward: by it a process
   * measures its own intervals.
   */
  elapsed(): number;
  /** How many times faster than real time this clock runs: 1 in Azure. Delays that storage measures are divided by it. */
  readonly scale: number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now(), scale: 1 };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The UTC day of a time, as `2026-12-01`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The time as Altinn and CloudEvents write it (RFC 3339, UTC). */
export function timestamp(time: number): string {
  return new Date(time).toISOString();
}
