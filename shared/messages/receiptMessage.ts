// The messages on `receipts`: a letter to the organisation whose turn has come, or a resource to look for such letters on.
import * as z from "zod";

const letter = z.object({
  version: z.literal(1),
  correspondenceId: z.guid(),
  /** As its record says; a lower one is out of date. */
  generation: z.number(),
});

/** Letters of one resource whose requested publish time is between these times, in epoch milliseconds. */
const search = z.object({ version: z.literal(1), resourceId: z.string(), from: z.number(), to: z.number() });

/** A letter's turn. */
export type ReceiptMessage = z.infer<typeof letter>;

/** What a sweep asks for. */
export type SearchMessage = z.infer<typeof search>;

const schema = z.union([letter, search]);

/** The message as it came from the queue; `undefined` if it is none of ours. */
export function parseReceiptMessage(value: unknown): ReceiptMessage | SearchMessage | undefined {
  return schema.safeParse(value).data;
}
