// Messages on the app's own queues that are none of its own: what a producer has put on the wrong queue.
import { decodeMessage } from "../requests/decode.ts";
import { field, isObject } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { QUEUES } from "../storage/names.ts";
import { asItCame, type Queues } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/**
 * Moves a message that is none of the app's own to the queue of requests. There it is what it would have been at once: a
 * letter, a cancel, or refused and told; it brings nothing of ours any further. What looks like a message of the app's own is
 * left, since a newer version's must not pass for a request.
 *
 * @param message as it came from the queue: parsed JSON, or text
 * @returns false if it was left
 */
export async function moveStray(
  { queues, telemetry }: { readonly queues: Queues; readonly telemetry: Telemetry },
  message: unknown,
): Promise<boolean> {
  if (looksLikeOurs(message)) return false;
  await queues.put(QUEUES.requests, asItCame(message));
  telemetry.warn("requestOnOwnQueue");
  return true;
}

/** Every message of ours, of whichever version, has a number for its version, and none has what producers write in it. */
function looksLikeOurs(message: unknown): boolean {
  const decoded = decodeMessage(message);
  if (!decoded.ok || typeof decoded.value.version !== "number") return false;
  const named = withCanonicalNames(decoded.value);
  if (field(named, "requestBlob") !== undefined) return false;
  return !["correspondence", "cancel"].some((name) => isObject(field(named, name)));
}
