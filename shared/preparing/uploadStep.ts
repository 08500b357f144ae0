// One step for one upload: its claim, its call, and what that came to in the record.

import { findFile } from "../attachments/files.ts";
import { MINUTE, SECOND } from "../clock.ts";
import type { Later } from "../letters/failedCalls.ts";
import type { Problem, UnsentEnd } from "../records/dispatchRecord.ts";
import { preparationOf } from "../records/preparation.ts";
import { allUnused, isClaimed, type Upload, type UploadStep, withUpload } from "../records/uploadSet.ts";
import { whileRenewed } from "../storage/lease.ts";
import { change, type KnownRequest, type Work } from "./preparationWork.ts";
import { checkUpload, initializeUpload, isProgress, type UploadResult, uploadBytes } from "./uploads.ts";

/** How long a claim holds, in milliseconds: longer than any call takes but that of the bytes, which renews it. */
const LEASE = 5 * MINUTE;

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
  work: Work,
  { step, index }: Extract<UploadStep, { index: number }>,
): Promise<StepResult> {
  const { context, request, accepted } = work;
  if (!request || !accepted) throw new Error("A request that does not pass the rules has no uploads");
  const { uploads, epoch = 0 } = preparationOf(work.known.value);
  if (step === "check") {
    const upload = uploads[index];
    return upload ? settle(work, index, undefined, await checkUpload(context, request, index, upload)) : DONE;
  }
  // Whoever replays a request may have mended its files.
  const found = await findFile(context.attachments, request, index, epoch > 0 ? {} : accepted.attachmentEtags);
  if (found.kind === "problem") return { kind: "never", end: "rejected", problem: found.problem };
  const { file } = found;
  const claimed = await claim(work, index);
  if (!claimed) return DONE;
  const { by, upload } = claimed;
  if (step === "initialize") return settle(work, index, by, await initializeUpload(context, request, index, file));
  const beside = { context, known: work.known };
  const result = await whileRenewed(
    // Storage's time goes by the app's clock; a call a second is enough where that runs fast.
    Math.max(LEASE / 3 / context.clock.scale, SECOND),
    () => renew(beside, index, by),
    () => uploadBytes(context, request, index, file, upload),
  );
  const settled = await settle(work, index, by, result);
  return settled.kind === "done" ? { ...settled, bytes: file.sizeBytes } : settled;
}

/** Claims an upload for one call; `undefined` if another invocation was faster. */
async function claim(work: Work, index: number): Promise<{ by: string; upload: Upload } | undefined> {
  const by = work.context.newId();
  const now = work.context.clock.now();
  const uploadOf = () => preparationOf(work.known.value).uploads[index];
  const expected = uploadOf()?.state;
  await change(work, (preparation) => {
    const upload = preparation.uploads[index];
    if (!upload || upload.state !== expected || isClaimed(upload, now)) return undefined;
    return withUpload(preparation, index, (known) => ({ ...known, claim: { by, until: now + LEASE } }));
  });
  const upload = uploadOf();
  return upload?.claim?.by === by ? { by, upload } : undefined;
}

/** Beside the work: what that knows of the record stays as it is. */
function renew(beside: KnownRequest, index: number, by: string): Promise<void> {
  return change(beside, (preparation) => {
    if (preparation.uploads[index]?.claim?.by !== by) return undefined;
    const until = beside.context.clock.now() + LEASE;
    return withUpload(preparation, index, (upload) => ({ ...upload, claim: { by, until } }));
  });
}

/** Records what a call came to. */
async function settle(work: Work, index: number, by: string | undefined, result: UploadResult): Promise<StepResult> {
  if (result.kind === "never") return { end: "rejected", ...result };
  const uploadOf = () => preparationOf(work.known.value).uploads[index];
  const before = uploadOf();
  await change(work, (preparation) => {
    const upload = preparation.uploads[index];
    // Another invocation has taken over, the request has ended, or begins again.
    if (!upload || upload.claim?.by !== by || upload.attachmentId !== before?.attachmentId) return undefined;
    const { claim: _given, ...free } = upload;
    const changed = withUpload(preparation, index, () => (result.change ? result.change(free) : free));
    const unused = [...preparation.unused, ...(result.unused === undefined ? [] : [result.unused])];
    const isFurther = result.kind === "done" && isProgress(changed.uploads[index]);
    return {
      ...changed,
      // What comes to be when no letter will use it any more is to be purged.
      unused: preparation.isSettled ? allUnused(changed) : unused,
      ...(isFurther ? { failures: 0 } : {}),
    };
  });
  if (result.kind === "later") return result;
  return { ...DONE, isWaiting: before?.state === "uploaded" && uploadOf()?.state === "uploaded" };
}
