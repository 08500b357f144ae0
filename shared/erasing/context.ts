// The dependencies of erasing.
import type { Clock } from "../clock.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import type { MessageRemoval } from "../storage/removeMessages.ts";

/** The parts by which personal data is found and removed. */
export interface ErasingContext {
  readonly store: StateStore;
  /** Deletes blobs by path, whichever version or only one: of accepted requests, of producers' requests, of files. */
  readonly accepted: Pick<JsonBlobs, "remove">;
  readonly requests: Pick<JsonBlobs, "remove">;
  readonly attachments: Pick<JsonBlobs, "remove">;
  readonly removeMessages: MessageRemoval;
  readonly clock: Clock;
}
