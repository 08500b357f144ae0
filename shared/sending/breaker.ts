// A circuit breaker around posting letters, one for each instance: spares an Altinn that is down.
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, IterableBackoff } from "cockatiel";
import { type Clock, MINUTE, SECOND } from "../clock.ts";
import type { Telemetry } from "../telemetry.ts";

export type BreakerState = "closed" | "open" | "halfOpen";

export interface Breaker {
  readonly state: BreakerState;
  /** How much longer nothing should be posted, in milliseconds; `undefined` while letters may go. */
  pause(): number | undefined;
  /** Makes a call, and counts whether it found Altinn `down`. `undefined` if it was not made, because the circuit is open. */
  guard<T>(call: () => Promise<T>, isDown: (result: T) => boolean): Promise<T | undefined>;
}

/** So many calls in a row that find Altinn down open the circuit. */
const FAILURES = 5;

/** How long it stays open, in milliseconds: longer each time that the one letter let through finds Altinn still down. */
const PAUSES = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];

/** While one letter finds out whether Altinn is back, the others wait so long, in milliseconds. */
const WHILE_HALF_OPEN = 10 * SECOND;

export function createBreaker({ clock, telemetry }: { clock: Clock; telemetry: Telemetry }): Breaker {
  const pauses = PAUSES.map((ms) => ms / clock.scale);
  const down = Symbol("down");
  // The library keeps real time, so what is left of a pause is measured by it too.
  let openUntil = 0;
  let openings = 0;
  const policy = circuitBreaker(
    handleWhenResult((result) => Array.isArray(result) && result[0] === down),
    { breaker: new ConsecutiveBreaker(FAILURES), halfOpenAfter: new IterableBackoff(pauses) },
  );
  policy.onBreak(() => {
    openUntil = Date.now() + (pauses[Math.min(openings, pauses.length - 1)] ?? 0);
    openings++;
    telemetry.alert("breakerOpen", { attempts: openings });
  });
  policy.onReset(() => {
    openings = 0;
    telemetry.info("breakerClosed");
  });
  const isBlocked = () => policy.state === CircuitState.Open && Date.now() < openUntil;

  return {
    get state() {
      if (policy.state === CircuitState.Closed) return "closed";
      return policy.state === CircuitState.HalfOpen ? "halfOpen" : "open";
    },
    pause() {
      if (policy.state === CircuitState.HalfOpen) return WHILE_HALF_OPEN;
      return isBlocked() ? (openUntil - Date.now()) * clock.scale : undefined;
    },
    async guard(call, isDown) {
      // Those that come while the circuit is open, or half open and taken, are not failures.
      if (isBlocked() || policy.state === CircuitState.HalfOpen) return undefined;
      const [, result] = await policy.execute(async () => {
        const value = await call();
        return [isDown(value) ? down : undefined, value] as const;
      });
      return result;
    },
  };
}
