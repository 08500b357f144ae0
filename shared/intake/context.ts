// The dependencies of taking messages in: all those of sending, and the blobs that bring requests.
import type { PausingContext } from "../pausing/context.ts";
import type { PreparingContext } from "../preparing/context.ts";
import type { Receiving } from "../receiving/context.ts";
import type { RequestBlobs } from "./requestBlobs.ts";

/** The parts by which messages become letters. */
export interface IntakeContext extends PreparingContext, PausingContext {
  readonly requestBlobs: RequestBlobs;
  /** `undefined`: no letters are received. */
  readonly receiving: Receiving | undefined;
  readonly rules: PreparingContext["rules"] & {
    /** Of `resources` those that may be sent on by what is dropped on the queue that all share. */
    readonly sharedResources: ReadonlySet<string>;
    /** When the blob of a claim check is deleted: so long after the request's end, in milliseconds; `undefined`: never. */
    readonly deleteRequestBlobsAfter: number | undefined;
    /** How long an accepted request is kept at least, in milliseconds; `undefined`: for ever. */
    readonly deleteAcceptedAfter: number | undefined;
  };
}
