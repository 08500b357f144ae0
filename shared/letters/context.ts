// The dependencies of the work on one letter.
import type { AltinnFor } from "../altinn/altinnClient.ts";
import type { AttachmentBlobs } from "../attachments/attachmentBlobs.ts";
import type { DeadLettersContext } from "../deadLetters/context.ts";
import type { MessagesContext } from "../messages/context.ts";
import type { PausingContext } from "../pausing/context.ts";
import type { RequestContext } from "../requests/rules.ts";
import type { Tracker } from "../tracking/tracker.ts";

/** What differs between deployments of how letters are sent. */
export interface LetterRules extends Omit<RequestContext, "now"> {
  readonly statusQueues: ReadonlySet<string>;
  /** Where announcements of letters on a resource go, if their request names no queue; `undefined`: to the ordinary one. */
  readonly statusQueueOf: (resourceId: string) => string | undefined;
  /** How long a letter may wait while Altinn answers others, in milliseconds. */
  readonly giveUpAfter: number;
  /** How long after its publish time a letter is to be published, in milliseconds. */
  readonly publishWithin: number;
}

/** The parts by which a letter is posted, looked up, purged and recorded. */
export interface LettersContext
  extends MessagesContext,
    Omit<DeadLettersContext, "rules">,
    Pick<PausingContext, "breaker" | "contact" | "random" | "senders"> {
  readonly rules: LetterRules;
  readonly altinn: AltinnFor;
  readonly attachments: AttachmentBlobs;
  readonly tracker: Tracker;
  /** A new random UUID. */
  readonly newId: () => string;
}
