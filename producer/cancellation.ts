// Asking for a letter back: the message that cancels, and the check of what it names.
import { z } from "zod";
import type { Problem } from "../shared/requests/problem.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";
import type { StorageClients } from "./storage.ts";
import { asking } from "./storageFailure.ts";

/** What to cancel: a whole request, or one letter that Altinn has. */
export type Cancellation =
  | {
      /** The request's id; of a request without one, the `requestId` that `send` returned. */
      readonly requestId: string;
    }
  | {
      /** Altinn's id of the letter, out of an announcement. */
      readonly correspondenceId: string;
    };

/** What became of it. Whether there was anything to cancel any more is announced. */
export type CancelOutcome =
  | { readonly kind: "dropped" }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

const schema = z.union([
  z.strictObject({ requestId: z.string().min(1).max(256) }),
  z.strictObject({ correspondenceId: z.guid() }),
]);

/** Drops the message that cancels, to live until it is taken. Rejects with a StorageFailure. */
export async function dropCancellation(cancel: Cancellation, { queues }: StorageClients): Promise<CancelOutcome> {
  const parsed = schema.safeParse(cancel);
  if (!parsed.success) {
    const message = "Must name either a requestId of 1 to 256 characters or a correspondenceId, which is a UUID.";
    return { kind: "refused", problems: [{ path: "cancel", rule: "cancel", message }] };
  }
  const text = queueText({ cancel: parsed.data });
  await asking(`Dropping a cancellation on the queue ${QUEUES.requests}`, () =>
    queues.getQueueClient(QUEUES.requests).sendMessage(text, { messageTimeToLive: -1 }),
  );
  return { kind: "dropped" };
}
