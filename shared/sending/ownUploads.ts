// The uploads of one letter alone: it is replayed, and its files are too large to go along with it. What the letters of its
// request shared may have expired at Altinn or been purged since, and is left to those that use it.
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { Versioned } from "../tracking/stateStore.ts";
import { changeDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord, Problem, UnsentEnd } from "./dispatchRecord.ts";
import { afterUploadFailure, fieldsOfFailure } from "./failedCalls.ts";
import { findFiles, hasLargeFile } from "./files.ts";
import { allUnused, attachmentIdsOf, newUploads, nextUploadStep, type UploadSet } from "./uploadSet.ts";
import { takeUploadStep, UPLOADED_AT_ONCE, type UploadHolder } from "./uploadStep.ts";
import { purgeUpload } from "./uploads.ts";

export type OwnUploads =
  | { readonly kind: "ready"; readonly attachmentIds: readonly string[] }
  | { readonly kind: "waiting"; readonly delayMs: number }
  | { readonly kind: "failed"; readonly end: UnsentEnd; readonly problem: Problem };

/** Enough calls for one invocation. */
const STEPS_AT_ONCE = 200;

/** True if a letter needs uploads that nobody has made for it. */
export async function needsOwnUploads(
  { attachments }: SendingContext,
  dispatch: DispatchRecord,
  request: CorrespondenceRequest,
): Promise<boolean> {
  if (dispatch.epoch === 0 || request.attachments.length === 0) return false;
  if (dispatch.attachmentIds || dispatch.closing || dispatch.existsSince !== undefined) return false;
  return hasLargeFile(await findFiles(attachments, request));
}

/** Takes the uploads of a letter as far as they come now; they are kept in its dispatch. */
export async function uploadOwn(
  context: SendingContext,
  dispatch: Versioned<DispatchRecord>,
  request: CorrespondenceRequest,
): Promise<OwnUploads> {
  const { clock } = context;
  const holder = holderIn(context, dispatch, request.attachments.length);
  let checked: number | undefined;
  let bytes = 0;
  for (let steps = 0; steps < STEPS_AT_ONCE && bytes < UPLOADED_AT_ONCE; steps++) {
    const next = nextUploadStep(holder.set, clock.now(), checked);
    if (!next) return { kind: "ready", attachmentIds: attachmentIdsOf(holder.set) };
    if (next.step === "wait") return { kind: "waiting", delayMs: next.delayMs };
    // Whoever replays a letter may have mended its files.
    const result = await takeUploadStep(context, holder, { request, pinnedEtags: {} }, next);
    if (result.kind === "never") return { kind: "failed", end: result.end, problem: result.problem };
    if (result.kind === "later") {
      const { dispatchId, nextAttemptAt } = dispatch.value;
      const after = await afterUploadFailure(context, holder.set, nextAttemptAt, result, { dispatchId });
      const { failing, delayMs, gaveUp } = after;
      await holder.change((set) => ({ ...set, ...failing }));
      return gaveUp ? { kind: "failed", end: "gaveUp", problem: gaveUp } : { kind: "waiting", delayMs };
    }
    bytes += result.bytes;
    checked = result.isWaiting ? next.index : undefined;
  }
  return { kind: "waiting", delayMs: 0 };
}

function holderIn(context: SendingContext, start: Versioned<DispatchRecord>, files: number): UploadHolder {
  const { dispatchId, epoch } = start.value;
  const none = newUploads(files);
  let known = start;
  const withOwn =
    (how: (set: UploadSet) => UploadSet | undefined) =>
    (record: DispatchRecord): DispatchRecord | undefined => {
      if (record.state !== "waiting" || record.epoch !== epoch) return undefined;
      const ownUploads = how(record.ownUploads ?? none);
      return ownUploads && { ...record, ownUploads };
    };
  return {
    get set() {
      return known.value.ownUploads ?? none;
    },
    async change(how) {
      known = (await changeDispatch(context, dispatchId, withOwn(how), known)) ?? known;
    },
    async changeBeside(how) {
      await changeDispatch(context, dispatchId, withOwn(how));
    },
  };
}

/**
 * Purges those of a letter's own uploads that it does not use, once it is sent or has ended. One that cannot be purged is
 * left behind, and said: it expires at Altinn.
 */
export async function purgeOwn(context: SendingContext, { ownUploads, state }: DispatchRecord): Promise<void> {
  if (!ownUploads || state === "waiting") return;
  for (const attachmentId of state === "sent" ? ownUploads.unused : allUnused(ownUploads)) {
    const result = await purgeUpload(context, attachmentId);
    if (result.kind === "done") continue;
    context.telemetry.warn("attachmentNotPurged", { attachmentId, ...fieldsOfFailure(result.failure) });
  }
}
