// The dependencies of keeping and announcing ends.
import type { AnnouncementsContext } from "../announcements/context.ts";
import type { Clock } from "../clock.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { Senders } from "../senders/senders.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Traces } from "../telemetry/traces.ts";

/** The parts by which dead letters are kept and announced. */
export interface DeadLettersContext extends AnnouncementsContext {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  readonly senders: Senders;
  readonly rules: {
    /** The queues that a request may ask its announcements to go to. */
    readonly statusQueues: ReadonlySet<string>;
    /** Where they go if it asks for none; `undefined`: to the ordinary one. */
    readonly statusQueueOf: (resourceId: string) => string | undefined;
    /** The name of the sender whose own queue it came on. */
    readonly sender?: string | undefined;
  };
}
