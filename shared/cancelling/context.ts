// The dependencies of cancelling: no API of Altinn is among them.
import type { DeadLettersContext } from "../deadLetters/context.ts";
import type { MessagesContext } from "../messages/context.ts";
import type { PausingContext } from "../pausing/context.ts";

/** The parts by which a wish to cancel is written and told. */
export interface CancellingContext
  extends MessagesContext,
    DeadLettersContext,
    Pick<PausingContext, "brake" | "senders"> {
  /** A new random UUID. */
  readonly newId: () => string;
}
