// The app's clock on the local host: real time, or time that runs faster so that leases and delays pass in a test.

/** Under this symbol `globalThis` holds the clock that the app reads; in Azure there is none. */
export const CLOCK_SYMBOL = Symbol.for("altinn-correspondence-sender.clock");

/** A clock that may run faster than real time. */
export interface ScaledClock {
  /** How many times faster than real time; 1 is real time. */
  readonly scale: number;
  /** Milliseconds since 1970 on this clock. */
  now(): number;
  /** Milliseconds since some moment of this process, as fast as this clock runs; setting the machine's time changes nothing. */
  elapsed(): number;
  /** What a real time (milliseconds since 1970, of a storage service for example) is on this clock. */
  at(real: number): number;
}

/** Bounds of what a Date can hold. */
const LAST_TIME = 8.64e15;

/**
 * A clock that agreed with real time at `origin` (milliseconds since 1970) and runs `scale` times as fast. Processes
 * that are given the same origin and scale agree on the time.
 */
export function scaledClock(options: { scale: number; origin: number; realNow?: () => number }): ScaledClock {
  const { scale, origin, realNow = Date.now } = options;
  const at = (real: number) => {
    const scaled = Math.floor(origin + (real - origin) * scale);
    return Math.max(-LAST_TIME, Math.min(LAST_TIME, scaled));
  };
  return { scale, at, now: () => at(realNow()), elapsed: () => performance.now() * scale };
}

/** Reads `TIME_SCALE`: a number greater than 0. Not set means 1; throws for anything else. */
export function parseTimeScale(text: string | undefined): number {
  if (text === undefined || text === "") return 1;
  const scale = Number(text);
  if (!Number.isFinite(scale) || scale <= 0) throw new Error(`TIME_SCALE must be a number above 0, not "${text}".`);
  return scale;
}

/**
 * Reads `TIME_ORIGIN`: milliseconds since 1970, or an ISO 8601 time. Not set means `processStart`; throws for anything
 * else.
 */
export function parseTimeOrigin(text: string | undefined, processStart: number): number {
  if (text === undefined || text === "") return processStart;
  const origin = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(origin)) {
    throw new Error(`TIME_ORIGIN must be milliseconds since 1970 or an ISO 8601 time, not "${text}".`);
  }
  return origin;
}
