// While the marker is missing and other state is there, no dispatch can get its id: messages are put back, and nothing is sent.
import { MINUTE } from "../clock.ts";
import { asItCame } from "../storage/queues.ts";
import type { PausingContext } from "./context.ts";
import { MarkerMissing } from "./deployment.ts";

/** How long a message waits before the brake is looked at again, in milliseconds. */
const PAUSE = 5 * MINUTE;

/**
 * Does `work`, or puts the message back on `queue` while the marker is missing. A throw would do as well for a while, but the
 * host gives up on a message after five of them, and what has done no wrong is no poison.
 */
export async function unlessMarkerMissing<T>(
  context: Pick<PausingContext, "deployment" | "queues" | "telemetry">,
  queue: string,
  message: unknown,
  work: () => Promise<T>,
): Promise<T | "braked"> {
  try {
    await context.deployment();
  } catch (error) {
    if (!(error instanceof MarkerMissing)) throw error;
    context.telemetry.alert("markerMissing");
    await context.queues.put(queue, asItCame(message), { delayMs: PAUSE });
    return "braked";
  }
  return work();
}
