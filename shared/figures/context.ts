// The dependencies of counting letters.
import type { Clock } from "../clock.ts";
import type { StateStore } from "../records/stateStore.ts";

/** The parts by which letters are counted. */
export interface FiguresContext {
  readonly clock: Clock;
  readonly store: StateStore;
}
