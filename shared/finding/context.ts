// The dependencies of finding letters.
import type { Clock } from "../clock.ts";
import type { SharedContact } from "../pausing/contact.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { AskedSenders } from "./query.ts";

/** The parts by which letters are found. Nothing is written, and nobody at Altinn is called. */
export interface FindingContext {
  readonly clock: Clock;
  readonly store: StateStore;
  /** What instances tell each other; read now and then. */
  readonly contact: { read(): Promise<SharedContact> };
  /** The setting EMERGENCY_BRAKE; false where that is not known. */
  readonly isBrakeSet: boolean;
  readonly senders: AskedSenders;
}
