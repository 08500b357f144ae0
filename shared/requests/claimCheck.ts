// A claim check: a message that says where the request is, because the request is too large for a queue message.
import { isBlobPath } from "./blobPath.ts";
import type { JsonObject } from "./json.ts";
import { traceNames, withCanonicalNames } from "./names.ts";
import type { Problem } from "./problem.ts";

/** The largest request, in bytes of JSON: 32 MB. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** What a message says of where its request is. */
export type ClaimCheck =
  /** The path of a blob in the container `correspondence-requests`. */
  { readonly kind: "claimCheck"; readonly path: string } | { readonly kind: "problems"; readonly problems: Problem[] };

/** Reads `{ "requestBlob": "<path>" }`, beside which only a trace may stand; `undefined` if the message is no claim check. */
export function parseClaimCheck(message: JsonObject): ClaimCheck | undefined {
  const named = new Map(Object.entries(withCanonicalNames(message, { requestBlob: {}, ...traceNames }) ?? {}));
  if (!named.has("requestBlob")) return undefined;
  const path = named.get("requestBlob");
  const problems: Problem[] = [];
  for (const name of named.keys()) {
    if (name === "requestBlob" || Object.hasOwn(traceNames, name)) continue;
    problems.push({
      path: name,
      rule: "claimCheck",
      message: "Stands beside requestBlob: the blob holds the whole request.",
    });
  }
  if (typeof path === "string" && isBlobPath(path)) {
    return problems.length === 0 ? { kind: "claimCheck", path } : { kind: "problems", problems };
  }
  const rule = "blobPath";
  const whatItMustBe =
    "Must be the path of a blob in the container correspondence-requests, without .. and without address.";
  return { kind: "problems", problems: [{ path: "requestBlob", rule, message: whatItMustBe }, ...problems] };
}
