// An accepted request: one that could not be finished at once, kept whole until its letters are done.
import * as z from "zod";
import { text, time } from "./fields.ts";

/** An accepted request: what a producer wrote, kept whole while its letters wait. */
export interface AcceptedRequest {
  readonly version: 1;
  readonly requestId: string;
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly message: unknown;
  /** The version of each attachment's blob when the request was accepted. */
  readonly attachmentEtags: Readonly<Record<string, string>>;
}

/** As it is stored. */
export const acceptedRequestSchema: z.ZodType<AcceptedRequest> = z.looseObject({
  version: z.literal(1),
  requestId: text,
  digest: text,
  acceptedAt: time,
  message: z.unknown(),
  attachmentEtags: z.record(text, text),
});
