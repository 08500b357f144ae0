// The id, digest and trace of a request as it was written, before it is known whether it passes the rules.
import type { TraceContext } from "../telemetry/traceContext.ts";
import { requestDigest } from "./digest.ts";
import { field, isObject, type JsonObject } from "./json.ts";
import { withCanonicalNames } from "./names.ts";
import { traceIn } from "./trace.ts";

/** A request as the producer wrote it, what identifies it, and the trace that it was given. */
export interface WrittenRequest extends TraceContext {
  readonly value: JsonObject;
  readonly digest: string;
  readonly requestId: string;
  /** The queue's id of the message that brought it, which whoever put it was given; absent where that is not at hand. */
  readonly messageId?: string;
}

/** Reads the producer's id, or names the request by its digest. */
export function readIdentity(value: JsonObject): WrittenRequest {
  const digest = requestDigest(value);
  const id = field(withCanonicalNames(value), "id");
  const requestId = typeof id === "string" && id.length >= 1 && id.length <= 256 ? id : digest;
  return { value, digest, requestId, ...traceIn(value) };
}

/** What identifies a request that was accepted. */
export function identityOf({
  message,
  digest,
  requestId,
}: Pick<WrittenRequest, "digest" | "requestId"> & { readonly message: unknown }): WrittenRequest {
  return { value: isObject(message) ? message : {}, digest, requestId, ...traceIn(message) };
}
