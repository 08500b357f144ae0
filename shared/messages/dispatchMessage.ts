// The messages on `dispatches`: they only say which dispatch, or which request to prepare, and which generation of it;
// which dispatches have just begun; which dead letter to replay; or which letter to cancel.
import * as z from "zod";
import { atLeast, atMost } from "../limits/lengths.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";

const generation = z.int().min(1);
const dispatchSchema = z.object({ version: z.literal(1), dispatchId: z.uuid(), generation });
/** So many dispatches at most go by one message. */
export const MOST_BY_ONE = 16;
const firstDispatchesSchema = z.object({
  version: z.literal(1),
  dispatchIds: z.array(z.uuid()).check(atLeast(1), atMost(MOST_BY_ONE)),
});
const preparationSchema = z.object({
  version: z.literal(1),
  /** SHA-256 of the request's id, as its record is named. */
  requestHash: z.string().regex(/^[0-9a-f]{64}$/),
  generation,
});

const replaySchema = z.object({
  version: z.literal(1),
  /** The name of the dead letter, and which epoch of it: one that has ended again meanwhile is not meant. */
  deadLetter: z.string().regex(/^[0-9a-f-]{1,200}\.json$/),
  epoch: z.int().min(0),
});

const cancelSchema = z.object({
  version: z.literal(1),
  /** Altinn's id of the letter. */
  cancel: z.guid(),
  /** Which try to find it in our records this is. */
  generation,
  /** The sender on whose own queue the cancel came. */
  sender: z.string().exactOptional(),
  /** The trace that the cancel was given. */
  traceparent: z.string().exactOptional(),
  tracestate: z.string().exactOptional(),
});

/** Runs a dispatch. */
export type DispatchMessage = z.infer<typeof dispatchSchema>;
/** Runs dispatches that have just begun, each in its first generation. */
export type FirstDispatchesMessage = z.infer<typeof firstDispatchesSchema>;
/** Takes the preparation of a request further. `requestHash`: SHA-256 of its id. */
export type PreparationMessage = z.infer<typeof preparationSchema>;
/** Replays a dead letter, as of this epoch. */
export type ReplayMessage = z.infer<typeof replaySchema>;
/** Cancels one letter by Altinn's id. */
export type CancelMessage = z.infer<typeof cancelSchema>;

/** The message that runs a dispatch. */
export function dispatchMessage(dispatchId: string, generation: number): DispatchMessage {
  return { version: 1, dispatchId, generation };
}

/** The message that runs dispatches which have just begun, at most {@link MOST_BY_ONE}. */
export function firstDispatchesMessage(dispatchIds: readonly string[]): FirstDispatchesMessage {
  return { version: 1, dispatchIds: [...dispatchIds] };
}

/** The message that takes the preparation of a request further. */
export function preparationMessage(requestHash: string, generation: number): PreparationMessage {
  return { version: 1, requestHash, generation };
}

/** The message that replays a dead letter. */
export function replayMessage(deadLetter: string, epoch: number): ReplayMessage {
  return { version: 1, deadLetter, epoch };
}

/** The message that cancels one letter; `origin`: the cancel's trace, and the sender on whose own queue it came. */
export function cancelMessage(
  correspondenceId: string,
  generation: number,
  origin: TraceContext & { readonly sender?: string },
): CancelMessage {
  return { version: 1, cancel: correspondenceId, generation, ...origin };
}

/** Ours raise a generation by one; a jump beyond all crashes is somebody's who can put messages, to stall a letter. */
export function isForged(generation: number, known: number): boolean {
  return generation > known + 1_000;
}

/** True if the message is one of ours, of whichever kind. */
export function isOurs(value: unknown): boolean {
  const kinds = [dispatchSchema, firstDispatchesSchema, preparationSchema, replaySchema, cancelSchema];
  return kinds.some((schema) => schema.safeParse(value).success);
}

/** The message as it came from the queue; `undefined` if it is none of ours, or of another kind. */
export function parseDispatchMessage(value: unknown): DispatchMessage | undefined {
  return dispatchSchema.safeParse(value).data;
}

/** The same for dispatches that have just begun. */
export function parseFirstDispatchesMessage(value: unknown): FirstDispatchesMessage | undefined {
  return firstDispatchesSchema.safeParse(value).data;
}

/** The same for a request that is to be prepared. */
export function parsePreparationMessage(value: unknown): PreparationMessage | undefined {
  return preparationSchema.safeParse(value).data;
}

/** The same for a dead letter that is to be replayed. */
export function parseReplayMessage(value: unknown): ReplayMessage | undefined {
  return replaySchema.safeParse(value).data;
}

/** The same for a letter that is to be cancelled, and is not in our records yet. */
export function parseCancelMessage(value: unknown): CancelMessage | undefined {
  return cancelSchema.safeParse(value).data;
}
