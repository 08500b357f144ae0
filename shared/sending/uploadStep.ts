// One step for one upload of a request that is prepared: its claim, its call, and what that came to in the record.
import { MINUTE, SECOND } from "../clock.ts";
import { changeRecord } from "../tracking/stateStore.ts";
import { findFile } from "./files.ts";
import { whileRenewed } from "./lease.ts";
import { allUnused, isClaimed, preparationOf, type Upload, withUpload } from "./preparation.ts";
import { changeRequest, endWith, type Work } from "./preparationWork.ts";
import { noteUpload } from "./uploadPointers.ts";
import { checkUpload, initializeUpload, isProgress, type Later, uploadBytes } from "./uploads.ts";

/** How long a claim holds, in milliseconds: longer than any call takes but that of the bytes, which renews it. */
const LEASE = 5 * MINUTE;

/** One call for one upload, by whoever's claim to it was written first. Gives what failed, to be tried later. */
export async function takeUploadStep(
  work: Work,
  step: "initialize" | "upload" | "check",
  index: number,
): Promise<Later | undefined> {
  const { context, request, accepted } = work;
  if (!request || !accepted) throw new Error("A request that does not pass the rules has no uploads");
  if (step === "check") {
    const upload = preparationOf(work.known.value).uploads[index];
    if (upload) return settle(work, index, undefined, await checkUpload(context, request, index, upload));
    return undefined;
  }
  // Whoever replays a request may have mended its files.
  const { epoch = 0, anew } = preparationOf(work.known.value);
  const isReplayed = epoch > 0 || anew !== undefined;
  const found = await findFile(context.attachments, request, index, isReplayed ? {} : accepted.attachmentEtags);
  if (found.kind === "problem") {
    await endWith(work, "rejected", found.problem);
    return undefined;
  }
  const { file } = found;
  const claimed = await claim(work, index);
  if (!claimed) return undefined;
  const { by, upload } = claimed;
  if (step === "initialize") return settle(work, index, by, await initializeUpload(context, request, index, file));
  work.bytes += file.sizeBytes;
  const result = await whileRenewed(
    // Storage's time goes by the app's clock; a call a second is enough where that runs fast.
    Math.max(LEASE / 3 / context.clock.scale, SECOND),
    () => renew(work, index, by),
    () => uploadBytes(context, request, index, file, upload),
  );
  return settle(work, index, by, result);
}

/** Claims an upload for one call; `undefined` if another invocation was faster. */
async function claim(work: Work, index: number): Promise<{ by: string; upload: Upload } | undefined> {
  const { context } = work;
  const by = context.newId();
  const now = context.clock.now();
  const expected = preparationOf(work.known.value).uploads[index]?.state;
  await changeRequest(work, (record) => {
    const upload = preparationOf(record).uploads[index];
    if (!upload || upload.state !== expected || isClaimed(upload, now)) return undefined;
    return withUpload(record, index, (known) => ({ ...known, claim: { by, until: now + LEASE } }));
  });
  const upload = preparationOf(work.known.value).uploads[index];
  return upload?.claim?.by === by ? { by, upload } : undefined;
}

/** Beside the work: what that knows of the record stays as it is. */
async function renew({ context, known }: Work, index: number, by: string): Promise<void> {
  const { store, clock } = context;
  await changeRecord(store.requests, known.value.requestId, (record) => {
    if (preparationOf(record).uploads[index]?.claim?.by !== by) return undefined;
    return withUpload(record, index, (upload) => ({ ...upload, claim: { by, until: clock.now() + LEASE } }));
  });
}

/** Records what a call came to. */
async function settle(
  work: Work,
  index: number,
  by: string | undefined,
  result: Awaited<ReturnType<typeof checkUpload>>,
): Promise<Later | undefined> {
  const { context } = work;
  if (result.kind === "never") {
    await endWith(work, "rejected", result.problem);
    return undefined;
  }
  const before = preparationOf(work.known.value).uploads[index];
  await changeRequest(work, (record) => {
    const upload = preparationOf(record).uploads[index];
    // Another invocation has taken over, the request has ended, or begins again.
    if (!upload || upload.claim?.by !== by || upload.attachmentId !== before?.attachmentId) return undefined;
    const { claim: _given, ...free } = upload;
    const changed = withUpload(record, index, () => (result.change ? result.change(free) : free));
    const preparation = preparationOf(changed);
    const unused = preparation.isSettled
      ? allUnused(preparation)
      : [...preparation.unused, ...(result.unused === undefined ? [] : [result.unused])];
    const isFurther = result.kind === "done" && isProgress(preparation.uploads[index]);
    return { ...changed, preparation: { ...preparation, unused, ...(isFurther ? { failures: 0 } : {}) } };
  });
  const after = preparationOf(work.known.value).uploads[index];
  if (after?.attachmentId !== undefined && after.attachmentId !== before?.attachmentId) {
    await noteUpload(context, after.attachmentId, work.known.value);
  }
  if (result.kind === "later") return result;
  if (after?.state === "uploaded") work.checked = before?.state === "uploaded" ? index : undefined;
  return undefined;
}
