// A letter that is replayed, and whose files are too large to go along with it: the request's uploads, made anew where they
// have been purged.
import { MINUTE, SECOND } from "../clock.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import { changeRecord } from "../tracking/stateStore.ts";
import { putPreparation } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord, Problem, UnsentEnd } from "./dispatchRecord.ts";
import { findFiles, hasLargeFile } from "./files.ts";
import { isUploadedAnew, type Preparation, preparationOf, uploadedAnew } from "./preparation.ts";

export type SharedUploads =
  /** The files go along with the letter, or it has none. */
  | { readonly kind: "notNeeded" }
  | { readonly kind: "ready"; readonly attachmentIds: readonly string[] }
  | { readonly kind: "waiting"; readonly delayMs: number }
  | { readonly kind: "failed"; readonly end: UnsentEnd; readonly problem: Problem };

const SHORTEST_PAUSE = 10 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;

/**
 * What the letter of a dispatch takes of its request's uploads. Where they are gone, they are begun anew, once for all the
 * letters that wait for them, and the letter is to ask again.
 */
export async function uploadsFor(
  context: SendingContext,
  dispatch: DispatchRecord,
  request: CorrespondenceRequest,
): Promise<SharedUploads> {
  const isFirstEpoch = dispatch.epoch === 0 || request.attachments.length === 0;
  if (isFirstEpoch || dispatch.attachmentIds || dispatch.closing || dispatch.existsSince !== undefined) {
    return { kind: "notNeeded" };
  }
  const files = await findFiles(context.attachments, request);
  if (!hasLargeFile(files)) return { kind: "notNeeded" };
  const now = context.clock.now();
  const changed = await changeRecord(context.store.requests, dispatch.requestId, (record) => {
    if (record.digest !== dispatch.digest) return undefined;
    const preparation = preparationOf(record);
    // A sweep that is about to find them unused sees by this that they are not.
    if (isReady(preparation, request)) {
      return { ...record, preparation: { ...preparation, isSettled: false, nextStepAt: now, replayedAt: now } };
    }
    if (isUploadedAnew(preparation) || failureFor(dispatch, preparation)) return undefined;
    // The whole request is prepared again: its letters get their files by that.
    if (record.preparation && record.fannedOut < record.total && !preparation.ended) return undefined;
    return uploadedAnew(record, request.attachments.length, now);
  });
  if (changed?.value.digest !== dispatch.digest) return { kind: "notNeeded" };
  const preparation = preparationOf(changed.value);
  // Begun just now: by us, even if the answer to our write was lost, or by another, and one message more does no harm.
  if (preparation.anew?.since === now) await putPreparation(context, changed.value, preparation.generation, 0);
  if (isReady(preparation, request)) return { kind: "ready", attachmentIds: idsOf(preparation) };
  const failure = failureFor(dispatch, preparation);
  if (failure) return failure;
  const waited = now - (preparation.anew?.since ?? now);
  return { kind: "waiting", delayMs: Math.min(Math.max(waited / 2, SHORTEST_PAUSE), LONGEST_PAUSE) };
}

function isReady({ uploads, unused }: Preparation, { attachments }: CorrespondenceRequest): boolean {
  const isThere = ({ state, attachmentId = "" }: Preparation["uploads"][number]) =>
    state === "published" && !unused.includes(attachmentId);
  return uploads.length === attachments.length && uploads.every(isThere);
}

function idsOf({ uploads }: Preparation): string[] {
  return uploads.flatMap(({ attachmentId }) => (attachmentId === undefined ? [] : [attachmentId]));
}

/** That the files could not be uploaded is the end of the letters that waited for that; not of those replayed since. */
function failureFor(dispatch: DispatchRecord, { anew }: Preparation): SharedUploads | undefined {
  if (!anew?.failed || anew.since < (dispatch.replayedAt ?? 0)) return undefined;
  const { end, ...problem } = anew.failed;
  return { kind: "failed", end, problem };
}
