// Writing down what a request is, before the first call to Altinn for it.

import { announceExpired } from "../cancelling/unmatchedCancel.ts";
import { newPreparation } from "../records/preparation.ts";
import type { Versioned } from "../records/records.ts";
import { isCancelOnly, type RequestCancel, type RequestRecord } from "../records/requestRecord.ts";
import { dispatchId } from "../requests/dispatchId.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { IntakeContext } from "./context.ts";
import type { RequestClaim } from "./openMessage.ts";

/** How a request came, as far as its record keeps that. */
export interface Arrival {
  /** The queue's id of the message that brought it. */
  readonly messageId: string;
  /** A file is too large to go along with the letter. */
  readonly hasLargeFile: boolean;
  /** The blob that holds it, where the message was a claim check. */
  readonly claim: RequestClaim | undefined;
}

/** What is recorded before the first call to Altinn. */
export async function requestRecordOf(
  context: IntakeContext,
  written: WrittenRequest,
  request: CorrespondenceRequest,
  { messageId, hasLargeFile, claim }: Arrival,
): Promise<RequestRecord> {
  const { namespace } = await context.deployment();
  const recipients = [...new Set(request.recipients.map(canonicalRecipient))];
  const [recipient] = recipients;
  const now = context.clock.now();
  const { resourceId } = request.correspondence;
  const statusQueue = request.statusQueue ?? context.rules.statusQueueOf(resourceId);
  const isPrepared = recipients.length > 1 || hasLargeFile;
  const base = {
    version: 1,
    requestId: written.requestId,
    digest: written.digest,
    writer: context.newId(),
    messageId,
    createdAt: now,
    resourceId,
    sendersReference: request.correspondence.sendersReference,
    ...(statusQueue === undefined ? {} : { statusQueue }),
    ...traceOf(written),
    recipientForm: 2,
    total: recipients.length,
    ...(isPrepared ? { preparation: newPreparation(request.attachments.length, now) } : {}),
    fannedOut: 0,
    ...(claim && context.rules.deleteRequestBlobsAfter !== undefined ? { claimCheck: { ...claim, lookAt: now } } : {}),
    poisonIds: [],
  } as const;
  if (recipients.length !== 1 || recipient === undefined) return base;
  const id = dispatchId(namespace, written.requestId, recipient);
  return {
    ...base,
    single: {
      dispatchId: id,
      idempotentKey: request.idempotentKey?.toLowerCase() ?? id,
      isKeyGiven: request.idempotentKey !== undefined,
      recipient,
      hasAttachments: request.attachments.length > 0,
    },
  };
}

function mayCancel({ senders }: IntakeContext, { sender }: RequestCancel, resourceId: string): boolean {
  return sender === undefined || senders.of(resourceId)?.name === sender;
}

type CreatedRequest =
  | { readonly etag: string; readonly known?: undefined }
  | { readonly etag?: undefined; readonly known: Versioned<RequestRecord> };

/**
 * Creates the record, or gives the one that is there. A record of our own whose answer was lost is not another's. One of
 * which only the cancel has come becomes the whole record, and is known in any case: nothing may be tried for it, unless
 * the cancel had waited for too long.
 */
export async function createRequestRecord(context: IntakeContext, record: RequestRecord): Promise<CreatedRequest> {
  for (let race = 0; race < 5; race++) {
    const etag = await context.store.requests.create(record.requestId, record);
    if (etag !== undefined) return { etag };
    const known = await context.store.requests.read(record.requestId);
    const cancel = known?.value.cancel;
    if (known && cancel && isCancelOnly(known.value)) {
      // One that came on the queue of a sender cancels no other's letters.
      const isOff = cancel.isExpired || !mayCancel(context, cancel, record.resourceId);
      // Whoever recorded that may have died before telling it.
      if (cancel.isExpired) await announceExpired(context, known.value, cancel);
      const { cancel: _cancel, traceparent: _its, tracestate: _theirs, ...kept } = known.value;
      const value = { ...kept, ...record, ...(isOff ? {} : { cancel }) };
      const replaced = await context.store.requests.replace(record.requestId, value, known.etag);
      if (replaced === undefined) continue;
      return isOff ? { etag: replaced } : { known: { value, etag: replaced } };
    }
    if (known?.value.writer === record.writer && !cancel) return { etag: known.etag };
    if (known) return { known };
  }
  throw new Error("The record of a request comes and goes");
}
