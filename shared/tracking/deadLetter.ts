// A dead letter: a request that will not be sent, kept whole with the reason, so that it can be mended and replayed.
import type { EndReason } from "../altinn/endReason.ts";
import type { Attempt, UnsentEnd } from "../sending/dispatchRecord.ts";

/** What is wrong with a request, as its rejection says. */
export interface DeadLetterProblem {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

export interface DeadLetter {
  readonly version: 1;
  readonly end: UnsentEnd;
  readonly reason: EndReason;
  readonly errorCode?: number;
  /** For people; masked. */
  readonly detail?: string;
  /** What is wrong with the request, where the schema decided. */
  readonly problems?: readonly DeadLetterProblem[];
  /** Epoch milliseconds. */
  readonly endedAt: number;
  readonly epoch: number;
  readonly requestId?: string;
  readonly digest?: string;
  readonly dispatchId?: string;
  readonly recipient?: string;
  readonly resourceId?: string;
  readonly sendersReference?: string;
  readonly statusQueue?: string;
  readonly attempts: readonly Attempt[];
  /** The request as the producer wrote it. */
  readonly request?: unknown;
  /** The message itself, where it could not be decoded. */
  readonly raw?: string;
}

/**
 * The name of a dead letter: by dispatch where there is one, else by the digest of the message. `digest` is added when
 * the dispatch id belongs to another request, so that neither hides the other.
 */
export function deadLetterName(id: string, digest?: string): string {
  return digest === undefined ? `${id}.json` : `${id}-${digest}.json`;
}

/** The name of the dead letter of a dispatch that ended for a reason. */
export function deadLetterOf(
  dispatch: { readonly dispatchId: string; readonly digest: string },
  reason: EndReason | undefined,
): string {
  return deadLetterName(dispatch.dispatchId, reason === "requestIdReused" ? dispatch.digest : undefined);
}
