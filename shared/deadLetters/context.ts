// The dependencies of keeping and announcing ends.
import type { AnnouncementsContext } from "../announcements/context.ts";
import type { Clock } from "../clock.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Traces } from "../telemetry/traces.ts";

/** The parts by which dead letters are kept and announced. */
export interface DeadLettersContext extends AnnouncementsContext {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  /** `statusQueues`: the queues that a request may ask its announcements to go to. */
  readonly rules: { readonly statusQueues: ReadonlySet<string> };
}
