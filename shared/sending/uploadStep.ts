// One step for one upload: its claim, its call, and what that came to in the record.
import { MINUTE, SECOND } from "../clock.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { SendingContext } from "./context.ts";
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import type { Later } from "./failedCalls.ts";
import { findFile } from "./files.ts";
import { whileRenewed } from "./lease.ts";
import { isClaimed, type Upload, type UploadSet, type UploadStep, withUpload } from "./uploadSet.ts";
import { checkUpload, initializeUpload, isProgress, type UploadResult, uploadBytes } from "./uploads.ts";

/** How long a claim holds, in milliseconds: longer than any call takes but that of the bytes, which renews it. */
const LEASE = 5 * MINUTE;

/** Enough bytes for one invocation: the next file gets one of its own, with the whole of its time. */
export const UPLOADED_AT_ONCE = 256 * 1024 * 1024;

/** The record in which uploads are kept: that of a request, or of a dispatch that needs its own. */
export interface UploadHolder {
  /** As this invocation knows them. */
  readonly set: UploadSet;
  /** Changes what is stored, and takes that for known; `undefined` where nothing is to be changed. */
  change(how: (set: UploadSet) => UploadSet | undefined): Promise<void>;
  /** Changes what is stored beside the work: what that knows stays as it is. */
  changeBeside(how: (set: UploadSet) => UploadSet | undefined): Promise<void>;
}

/** The files that are uploaded. */
export interface UploadedRequest {
  readonly request: CorrespondenceRequest;
  /** The version that each blob must still have; whoever replays a letter may have mended its files, and pins none. */
  readonly pinnedEtags: Readonly<Record<string, string>>;
}

/** What a step came to. */
export type StepResult =
  | {
      readonly kind: "done";
      readonly bytes: number /** Its scan has been asked about in vain. */;
      readonly isWaiting: boolean;
    }
  | Later
  | { readonly kind: "never"; readonly end: UnsentEnd; readonly problem: Problem };

const DONE = { kind: "done", bytes: 0, isWaiting: false } as const;

/** One call for one upload, by whoever's claim to it was written first. */
export async function takeUploadStep(
  context: SendingContext,
  holder: UploadHolder,
  { request, pinnedEtags }: UploadedRequest,
  { step, index }: Extract<UploadStep, { index: number }>,
): Promise<StepResult> {
  if (step === "check") {
    const upload = holder.set.uploads[index];
    if (!upload) return DONE;
    return settle(holder, index, undefined, await checkUpload(context, request, index, upload));
  }
  const found = await findFile(context.attachments, request, index, pinnedEtags);
  if (found.kind === "problem") return { kind: "never", end: "rejected", problem: found.problem };
  const { file } = found;
  const claimed = await claim(context, holder, index);
  if (!claimed) return DONE;
  const { by, upload } = claimed;
  if (step === "initialize") return settle(holder, index, by, await initializeUpload(context, request, index, file));
  const result = await whileRenewed(
    // Storage's time goes by the app's clock; a call a second is enough where that runs fast.
    Math.max(LEASE / 3 / context.clock.scale, SECOND),
    () => renew(context, holder, index, by),
    () => uploadBytes(context, request, index, file, upload),
  );
  const settled = await settle(holder, index, by, result);
  return settled.kind === "done" ? { ...settled, bytes: file.sizeBytes } : settled;
}

/** Claims an upload for one call; `undefined` if another invocation was faster. */
async function claim(
  { clock, newId }: SendingContext,
  holder: UploadHolder,
  index: number,
): Promise<{ by: string; upload: Upload } | undefined> {
  const by = newId();
  const now = clock.now();
  const expected = holder.set.uploads[index]?.state;
  await holder.change((set) => {
    const upload = set.uploads[index];
    if (!upload || upload.state !== expected || isClaimed(upload, now)) return undefined;
    return withUpload(set, index, (known) => ({ ...known, claim: { by, until: now + LEASE } }));
  });
  const upload = holder.set.uploads[index];
  return upload?.claim?.by === by ? { by, upload } : undefined;
}

async function renew({ clock }: SendingContext, holder: UploadHolder, index: number, by: string): Promise<void> {
  await holder.changeBeside((set) => {
    if (set.uploads[index]?.claim?.by !== by) return undefined;
    return withUpload(set, index, (upload) => ({ ...upload, claim: { by, until: clock.now() + LEASE } }));
  });
}

/** Records what a call came to. */
async function settle(
  holder: UploadHolder,
  index: number,
  by: string | undefined,
  result: UploadResult,
): Promise<StepResult> {
  if (result.kind === "never") return { end: "rejected", ...result };
  const before = holder.set.uploads[index];
  await holder.change((set) => {
    const upload = set.uploads[index];
    // Another invocation has taken over, the request has ended, or begins again.
    if (!upload || upload.claim?.by !== by || upload.attachmentId !== before?.attachmentId) return undefined;
    const { claim: _given, ...free } = upload;
    const changed = withUpload(set, index, () => (result.change ? result.change(free) : free));
    const unused = [...set.unused, ...(result.unused === undefined ? [] : [result.unused])];
    const isFurther = result.kind === "done" && isProgress(changed.uploads[index]);
    return { ...changed, unused, ...(isFurther ? { failures: 0 } : {}) };
  });
  if (result.kind === "later") return result;
  const isWaiting = before?.state === "uploaded" && holder.set.uploads[index]?.state === "uploaded";
  return { ...DONE, isWaiting };
}
