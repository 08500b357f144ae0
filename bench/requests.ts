// Requests as benchmarks drop them.
import { randomBytes, randomUUID } from "node:crypto";
import { organization } from "../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { QUEUES } from "../shared/storage/names.ts";
import type { Parts } from "./parts.ts";

/** What a request is to be, beside the usual: one recipient, some 2 kB of text, no files. */
export interface Wish {
  readonly recipients?: number;
  /** The path of a file of each letter. */
  readonly blob?: string;
}

/** A request that was dropped. */
export interface Dropped {
  /** Of the message, by which the host's log names it. */
  readonly messageId: string;
  /** Of the trace that the producer began with it: calls to Altinn are made in it. */
  readonly traceId: string;
  /** When the producer began to send it, in epoch milliseconds. */
  readonly at: number;
}

/** A request as a message, and the trace that it begins. */
export function aRequest({ recipients = 1, blob }: Wish = {}): { readonly text: string; readonly traceId: string } {
  const id = randomUUID();
  const traceId = randomBytes(16).toString("hex");
  const attachments = blob === undefined ? [] : [{ fileName: blob, sendersReference: id, blob }];
  const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst. ".repeat(300), attachments };
  const text = JSON.stringify({
    id,
    correspondence: { resourceId: EXAMPLE_RESOURCE, sendersReference: id, content },
    recipients: Array.from({ length: recipients }, (_, index) => organization(100 + index)),
    traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01`,
  });
  return { text, traceId };
}

/** Drops one request. */
export async function dropRequest({ storage }: Pick<Parts, "storage">, wish: Wish = {}): Promise<Dropped> {
  const { text, traceId } = aRequest(wish);
  const at = Date.now();
  const { messageId } = await storage.queues
    .getQueueClient(QUEUES.requests)
    .sendMessage(text, { messageTimeToLive: -1 });
  return { messageId, traceId, at };
}

/** Drops so many requests, some at a time. */
export async function dropRequests(
  parts: Pick<Parts, "storage">,
  count: number,
  wish: Wish = {},
): Promise<readonly Dropped[]> {
  const dropped: Dropped[] = [];
  const next = async () => {
    while (left-- > 0) dropped.push(await dropRequest(parts, wish));
  };
  let left = count;
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return dropped;
}

const AT_ONCE = 16;
