// The dependencies of putting the app's own messages.
import type { Clock } from "../clock.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { Senders } from "../senders/senders.ts";
import type { Queues } from "../storage/queues.ts";

/** The parts by which records and their messages are written. */
export interface MessagesContext {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly queues: Queues;
  readonly senders: Senders;
}
