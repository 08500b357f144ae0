// The circuit breakers of this instance: one for all letters, and within it one for each sender, so that what only one sender's
// letters meet (a vault that does not sign, a service of theirs that fails) stops no other's.
import { type Clock, HOUR } from "../clock.ts";
import { keptWhileUsed } from "../lastFew.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { type Breaker, createBreaker } from "./breaker.ts";

/** The breakers of this instance. */
export interface Breakers extends Pick<Breaker, "state" | "pause"> {
  /** That of a sender by its name, `undefined` for the deployment's own letters; what stops all, stops each. */
  of(sender: string | undefined): Breaker;
}

/** As many senders as an instance has clients for. One that is forgotten was idle, or begins closed. */
const MOST_SENDERS = 1_000;

/** Makes closed breakers. Without senders there is one, for all. */
export function createBreakers(options: {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly hasSenders: boolean;
}): Breakers {
  const { clock, hasSenders } = options;
  const shared = createBreaker(options);
  const keeping = { most: MOST_SENDERS, idleMs: HOUR, elapsed: () => clock.elapsed() };
  const ofSender = keptWhileUsed(keeping, (sender) =>
    within(shared, createBreaker({ ...options, sender: sender || undefined }), sender),
  );
  return {
    get state() {
      return shared.state;
    },
    pause: () => shared.pause(),
    of: (sender) => (hasSenders ? ofSender(sender ?? "") : shared),
  };
}

/** In the breaker for all a sender counts as one letter does: so many senders in a row, and not so many letters of one, open it. */
function within(shared: Breaker, own: Breaker, sender: string): Breaker {
  return {
    get state() {
      return shared.state === "closed" ? own.state : shared.state;
    },
    pause() {
      const pauses = [shared.pause(), own.pause()].filter((ms) => ms !== undefined);
      return pauses.length === 0 ? undefined : Math.max(...pauses);
    },
    async guard(letter, call, isDown) {
      // A letter that its sender's breaker holds back says nothing of Altinn to the others.
      if (own.pause() !== undefined) return undefined;
      return shared.guard(
        { id: sender, failsAlone: letter.failsAlone },
        () => own.guard(letter, call, isDown),
        (result) => result !== undefined && isDown(result),
      );
    },
  };
}
