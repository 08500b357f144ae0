// The uploads of one letter alone: it is replayed, and its files are too large to go along with it. They are prepared as those
// of a request are, under a record of their own: what the letters of its request shared may have expired or been purged.

import { findFiles, hasLargeFile } from "../attachments/files.ts";
import { putPreparation } from "../messages/dispatches.ts";
import type { DispatchRecord } from "../records/dispatchRecord.ts";
import { newPreparation } from "../records/preparation.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { pauseAfter } from "../records/uploadSet.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { LettersContext } from "./context.ts";

/** True if a letter needs uploads that nobody has made for it. */
export async function needsOwnUploads(
  { attachments }: LettersContext,
  dispatch: DispatchRecord,
  request: CorrespondenceRequest,
): Promise<boolean> {
  if (dispatch.epoch === 0 || request.attachments.length === 0) return false;
  if (dispatch.attachmentIds || dispatch.closing || dispatch.existsSince !== undefined) return false;
  return hasLargeFile(await findFiles(attachments, request));
}

/** Begins the uploads of a letter, if that has not been done. The letter waits: it gets them, or ends, by what comes of that. */
export async function uploadFor(
  context: LettersContext,
  dispatch: DispatchRecord,
  { attachments }: CorrespondenceRequest,
): Promise<{ readonly kind: "waiting"; readonly delayMs: number }> {
  const { store, clock } = context;
  const trace = await context.traces.of(dispatch);
  const record = { ...recordFor(dispatch, attachments.length, clock.now()), ...trace };
  if ((await store.requests.create(record.requestId, record)) !== undefined)
    await putPreparation(context, record, 1, 0);
  return { kind: "waiting", delayMs: pauseAfter(clock.now() - (dispatch.replayedAt ?? 0)) };
}

function recordFor(dispatch: DispatchRecord, files: number, now: number): RequestRecord {
  const { dispatchId, epoch, digest, resourceId, sendersReference, recipient, idempotentKey, isKeyGiven } = dispatch;
  return {
    version: 1,
    // Longer than an id that a producer can give.
    requestId: `replay ${epoch} of ${dispatchId}`.padEnd(257),
    digest,
    writer: dispatchId,
    messageId: "",
    createdAt: now,
    resourceId,
    sendersReference,
    recipientForm: 2,
    total: 1,
    single: { dispatchId, idempotentKey, isKeyGiven, recipient, hasAttachments: true },
    preparation: { ...newPreparation(files, now), epoch },
    fannedOut: 0,
    poisonIds: [],
  };
}
