// Comparing a key that somebody gives with the one that is wanted, for the local host and the simulator.
import { createHash, timingSafeEqual } from "node:crypto";

/** Compares digests, which are of one length, so that the time taken tells nothing of the key. */
export function isSameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
