// Drops a request on the queue: as a message, or as a claim check when it is too large for one.
import { MAX_REQUEST_BYTES } from "../shared/requests/claimCheck.ts";
import type { Problem } from "../shared/requests/problem.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { CONTAINERS, pathOfSender, QUEUES, queueOfSender } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";
import { sha256 } from "../shared/storage/tags.ts";

/** The most that a queue message can hold, as UTF-8 (Azure Storage, "Put Message"). */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The most that the call may carry: the message as XML, where a quotation mark is six characters. Azure has 512 more. */
const MAX_BODY_BYTES = 128 * 1024;

/** What is wrong with a request that no claim check can carry. */
export function sizeProblem(text: string): Problem | undefined {
  if (Buffer.byteLength(text) <= MAX_REQUEST_BYTES) return undefined;
  return { path: "", rule: "maxSize", message: "Is larger than 32 MB. Spread the recipients over several requests." };
}

/**
 * Drops JSON on `correspondence-requests`, or on a sender's own queue, to live until it is taken. What is too large for a message goes into the
 * container of the same name first, under its own hash: the same request dropped again is the same blob. Returns that
 * blob's path, where there is one. Rejects with what storage says.
 *
 * @param text a request, no larger than `sizeProblem` allows
 * @param sender the sender on whose own queue it goes, if it goes on one
 */
export async function dropText(
  text: string,
  { queues, blobs }: StorageClients,
  sender?: string,
): Promise<string | undefined> {
  const queue = queues.getQueueClient(queueOfSender(QUEUES.requests, sender));
  if (fitsMessage(text)) {
    await queue.sendMessage(text, { messageTimeToLive: -1 });
    return undefined;
  }
  const path = pathOfSender(`${sha256(text)}.json`, sender);
  const content = Buffer.from(text, "utf8");
  // Without a condition: a blob that is there has the same bytes, and writing it anew keeps it from being cleaned up
  // for the sake of an earlier letter.
  await blobs
    .getContainerClient(CONTAINERS.requests)
    .getBlockBlobClient(path)
    .upload(content, content.byteLength, { blobHTTPHeaders: { blobContentType: "application/json" } });
  await queue.sendMessage(queueText({ requestBlob: path }), { messageTimeToLive: -1 });
  return path;
}

function fitsMessage(text: string): boolean {
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) return false;
  const escaped = text.match(/[<>&"']/g)?.length ?? 0;
  return Buffer.byteLength(text) + escaped * "&quot;".length <= MAX_BODY_BYTES;
}
