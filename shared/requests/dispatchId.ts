// The id of a dispatch, which is also the idempotent key that Altinn gets for it.
import { createHash } from "node:crypto";
import { guidForm } from "./guid.ts";

/**
 * A name-based UUID (RFC 9562, version 5): the same namespace and name always give the same UUID.
 *
 * @param namespace a UUID with hyphens, in any case
 * @param name taken as UTF-8
 * @throws RangeError when the namespace is no UUID: a setting is wrong, and every id would be
 */
export function uuidV5(namespace: string, name: string): string {
  if (!guidForm.test(namespace)) throw new RangeError("The namespace is not a UUID.");
  const bytes = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * The id of sending one request to one recipient.
 *
 * @param namespace the deployment's own: keys are shared by all of Altinn, so a common one would let two agencies collide
 * @param requestId the producer's id, or the request's digest
 * @param canonicalRecipient as `canonicalRecipient` writes it; a JSON list keeps the pair unambiguous
 */
export function dispatchId(namespace: string, requestId: string, canonicalRecipient: string): string {
  return uuidV5(namespace, JSON.stringify([requestId, canonicalRecipient]));
}
