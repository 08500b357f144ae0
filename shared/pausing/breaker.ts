// A circuit breaker around posting letters, one for each instance: spares an Altinn that is down.
import { CircuitState, circuitBreaker, handleWhenResult } from "cockatiel";
import { type Clock, MINUTE, SECOND } from "../clock.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** Whether letters are posted: all, none, or one to try. */
export type BreakerState = "closed" | "open" | "halfOpen";

/** The circuit breaker of this instance. */
export interface Breaker {
  readonly state: BreakerState;
  /** How much longer nothing should be posted, in milliseconds; `undefined` while letters may go. */
  pause(): number | undefined;
  /**
   * Posts a letter, and counts whether that found Altinn down. `undefined` if it was not posted, because the circuit is open.
   */
  guard<T>(letter: GuardedLetter, call: () => Promise<T>, isDown: (result: T) => boolean): Promise<T | undefined>;
}

/** What the breaker must know of a letter, to tell an Altinn that is down from a letter that Altinn fails on. */
export interface GuardedLetter {
  /** Its dispatch id. */
  readonly id: string;
  /** It failed before, while others went through: what it meets now says nothing of Altinn, unless it is taken. */
  readonly failsAlone: boolean;
}

/** So many letters in a row that find Altinn down open the circuit. One that fails again and again counts once. */
const FAILURES = 5;

/** How long it stays open, in milliseconds: longer each time that the one letter let through finds Altinn still down. */
const PAUSES = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];

/** While one letter finds out whether Altinn is back, the others wait so long, in milliseconds. */
const WHILE_HALF_OPEN = 10 * SECOND;

/** Makes a closed breaker. `sender`: whose letters alone it is for, as the log names it. */
export function createBreaker(options: {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly sender?: string | undefined;
}): Breaker {
  const { clock, telemetry } = options;
  const named = options.sender === undefined ? {} : { sender: options.sender };
  const pauses = PAUSES.map((ms) => ms / clock.scale);
  const down = Symbol("down");
  // In real time, and not by the library, which goes by the time of day: somebody may set that back.
  let openUntil = 0;
  let openings = 0;
  /** The letters that have found Altinn down since one was answered. */
  const failing = new Set<string>();
  const policy = circuitBreaker(
    handleWhenResult((result) => Array.isArray(result) && result[0] === down),
    {
      breaker: { state: undefined, success: () => failing.clear(), failure: () => failing.size >= FAILURES },
      halfOpenAfter: Number.NEGATIVE_INFINITY,
    },
  );
  policy.onBreak(() => {
    openUntil = performance.now() + (pauses[Math.min(openings, pauses.length - 1)] ?? 0);
    openings++;
    telemetry.alert("breakerOpen", { attempts: openings, ...named });
  });
  policy.onReset(() => {
    openings = 0;
    telemetry.info("breakerClosed", named);
  });
  const isBlocked = () => policy.state === CircuitState.Open && performance.now() < openUntil;
  const letsNothingGo = () => isBlocked() || policy.state === CircuitState.HalfOpen;

  return {
    get state() {
      if (policy.state === CircuitState.Closed) return "closed";
      return policy.state === CircuitState.HalfOpen ? "halfOpen" : "open";
    },
    pause() {
      if (policy.state === CircuitState.HalfOpen) return WHILE_HALF_OPEN;
      return isBlocked() ? (openUntil - performance.now()) * clock.scale : undefined;
    },
    async guard(letter, call, isDown) {
      // Those that come while the circuit is open, or half open and taken, are not failures.
      if (letsNothingGo()) return undefined;
      if (letter.failsAlone) {
        const value = await call();
        // Meanwhile the circuit may have opened: then somebody else finds out.
        if (!isDown(value) && !letsNothingGo()) await policy.execute(async () => value);
        return value;
      }
      const [, result] = await policy.execute(async () => {
        const value = await call();
        if (isDown(value)) failing.add(letter.id);
        return [isDown(value) ? down : undefined, value] as const;
      });
      return result;
    },
  };
}
