// The id and digest of a request as it was written, before it is known whether it passes the rules.
import { requestDigest } from "./digest.ts";
import { field, isObject, type JsonObject } from "./json.ts";
import { withCanonicalNames } from "./names.ts";

/** A request as the producer wrote it, and what identifies it. */
export interface WrittenRequest {
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
  return { value, digest, requestId };
}

/** What identifies a request that was accepted. */
export function identityOf({
  message,
  digest,
  requestId,
}: Pick<WrittenRequest, "digest" | "requestId"> & { readonly message: unknown }): WrittenRequest {
  return { value: isObject(message) ? message : {}, digest, requestId };
}
