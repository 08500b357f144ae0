// The simulator's time: real and perhaps faster, set by hand, or somebody else's.

/** A clock that is read, in milliseconds since 1970. Time that others set. */
export interface ReadClock {
  now(): number;
}

/** How the simulator takes its time. */
export interface SimulatorClock extends ReadClock {
  /** `real` runs by itself, so that due work is done by timers; the others wait for `advance`. */
  readonly kind: "real" | "manual" | "external";
  /** How many times faster than real time; 1 for clocks that don't run. */
  readonly scale: number;
  /** Moves a manual clock; nothing for the others. */
  moveTo(time: number): void;
}

/** Time that runs `scale` times as fast as real time, and was `start` at the real time `origin` (milliseconds). */
export function realClock(scale: number, origin: number, start: number): SimulatorClock {
  return { kind: "real", scale, now: () => start + (Date.now() - origin) * scale, moveTo: () => {} };
}

/** Time that stands still until it is moved. */
export function manualClock(start: number = Date.now()): SimulatorClock {
  let time = start;
  return {
    kind: "manual",
    scale: 1,
    now: () => time,
    moveTo: (to) => {
      time = Math.max(time, to);
    },
  };
}

/** Time that somebody else keeps. */
export function externalClock(clock: ReadClock): SimulatorClock {
  return { kind: "external", scale: 1, now: () => clock.now(), moveTo: () => {} };
}
