// What the schemas of records are made of. Every object in them is loose: during a deployment an older instance rewrites what
// a newer one has written, and what it does not know of must stay as it is.
import * as z from "zod";
import { END_REASONS } from "../altinn/endReason.ts";

export const text = z.string();
/** Epoch milliseconds, or a number of milliseconds. */
export const time = z.number();
export const optionalText = text.exactOptional();
export const optionalTime = time.exactOptional();
export const optionalNumber = z.number().exactOptional();
/** The trace that was given with a request, in every record of it; what came without one begins one that need not be kept. */
export const trace = { traceparent: optionalText, tracestate: optionalText };
export const endReason = z.enum(END_REASONS);
