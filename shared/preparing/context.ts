// The dependencies of preparing the letters of a request.
import type { CancellingContext } from "../cancelling/context.ts";
import type { LettersContext } from "../letters/context.ts";
import type { PausingContext } from "../pausing/context.ts";

/** The parts by which files are uploaded, and letters put on their way. */
export interface PreparingContext
  extends LettersContext,
    Omit<CancellingContext, "rules">,
    Pick<PausingContext, "deployment"> {}
