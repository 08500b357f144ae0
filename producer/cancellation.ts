// Asking for a letter back: the message that cancels, checked as the app will.
import { parseCancel } from "../shared/requests/parseCancel.ts";
import type { Problem } from "../shared/requests/problem.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { QUEUES, queueOfSender } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";
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

/** Drops the message that cancels, to live until it is taken. Rejects with a StorageFailure. */
export async function dropCancellation(
  cancel: Cancellation,
  { queues }: StorageClients,
  sender?: string,
): Promise<CancelOutcome> {
  const parsed = parseCancel({ cancel });
  if (parsed?.kind === "problems") return { kind: "refused", problems: parsed.problems };
  const queue = queueOfSender(QUEUES.requests, sender);
  await asking(`Dropping a cancellation on the queue ${queue}`, () =>
    queues.getQueueClient(queue).sendMessage(queueText({ cancel }), { messageTimeToLive: -1 }),
  );
  return { kind: "dropped" };
}
