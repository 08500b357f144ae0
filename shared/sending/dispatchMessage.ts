// The messages on `dispatches`: they only say which dispatch, or which request to prepare, and which generation of it.
import { z } from "zod";

const generation = z.int().min(1);
const dispatchSchema = z.object({ version: z.literal(1), dispatchId: z.uuid(), generation });
const preparationSchema = z.object({
  version: z.literal(1),
  /** The digest of the accepted request. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  generation,
});

export type DispatchMessage = z.infer<typeof dispatchSchema>;
export type PreparationMessage = z.infer<typeof preparationSchema>;

export function dispatchMessage(dispatchId: string, generation: number): DispatchMessage {
  return { version: 1, dispatchId, generation };
}

export function preparationMessage(digest: string, generation: number): PreparationMessage {
  return { version: 1, digest, generation };
}

/** The message as it came from the queue; `undefined` if it is none of ours, or of the other kind. */
export function parseDispatchMessage(value: unknown): DispatchMessage | undefined {
  return dispatchSchema.safeParse(value).data;
}

/** The same for a request that is to be prepared. */
export function parsePreparationMessage(value: unknown): PreparationMessage | undefined {
  return preparationSchema.safeParse(value).data;
}
