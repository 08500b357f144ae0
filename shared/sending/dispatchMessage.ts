// The message on `dispatches`: it only says which dispatch, and which generation of it.
import { z } from "zod";

const schema = z.object({ version: z.literal(1), dispatchId: z.uuid(), generation: z.int().min(1) });

export type DispatchMessage = z.infer<typeof schema>;

export function dispatchMessage(dispatchId: string, generation: number): DispatchMessage {
  return { version: 1, dispatchId, generation };
}

/** The message as it came from the queue; `undefined` if it is none of ours. */
export function parseDispatchMessage(value: unknown): DispatchMessage | undefined {
  return schema.safeParse(value).data;
}
