// The dependencies of the timer's chores.
import type { AltinnFor } from "../altinn/altinnClient.ts";
import type { CancellingContext } from "../cancelling/context.ts";
import type { IntakeContext } from "../intake/context.ts";
import type { PausingContext } from "../pausing/context.ts";
import type { Tracker } from "../tracking/tracker.ts";

/** The parts that the chores work with. */
export interface UpkeepContext
  extends Omit<CancellingContext, "rules">,
    PausingContext,
    Pick<IntakeContext, "requestBlobs" | "receiving"> {
  readonly altinn: AltinnFor;
  readonly tracker: Tracker;
  readonly rules: Pick<
    IntakeContext["rules"],
    "statusQueues" | "statusQueueOf" | "deleteRequestBlobsAfter" | "deleteAcceptedAfter"
  >;
}
