// One call for one upload: making room for a file, sending its bytes, asking about its scan, purging it.
import type { EndReason } from "../altinn/endReason.ts";
import { reasonOfErrorCode } from "../altinn/errorReasons.ts";
import { refusesUs } from "../altinn/outcome.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import type { LetterFile } from "../attachments/files.ts";
import { HOUR } from "../clock.ts";
import { type FailedCall, type Later, later } from "../letters/failedCalls.ts";
import type { Problem, UnsentEnd } from "../records/dispatchRecord.ts";
import type { Upload } from "../records/uploadSet.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { PreparingContext } from "./context.ts";

/** What a call for an upload came to. */
export type UploadResult =
  /** `change` is what it makes of the upload as recorded; `unused` an attachment that has become of no use. */
  | { readonly kind: "done"; readonly change: (upload: Upload) => Upload; readonly unused?: string }
  /** The same, where something is known of the upload after the failure. */
  | (Later & { readonly change?: (upload: Upload) => Upload; readonly unused?: string })
  /** The file will never be taken, and so no letter be sent; refused, if nothing else is said. */
  | { readonly kind: "never"; readonly end?: UnsentEnd; readonly problem: Problem };

/** So often a file is begun anew under another id at once: when its upload was cut, or Altinn has lost it. */
const MAX_RESTARTS = 3;

/** True if a file has come further, and failures before that are forgotten: not by beginning anew again and again. */
export function isProgress(upload: Upload | undefined): boolean {
  if (upload?.state === "uploaded") return upload.cuts <= MAX_RESTARTS;
  return upload?.state === "published";
}

/** Makes room for a file: gives the upload its id. */
export async function initializeUpload(
  context: PreparingContext,
  request: CorrespondenceRequest,
  index: number,
  file: LetterFile,
): Promise<UploadResult> {
  const { blob: _ours, dataLocationType: _place, ...metadata } = request.attachments[index] ?? {};
  const answer = await context.altinn(request.correspondence.resourceId).initializeAttachment({
    ...metadata,
    ...(file.checksum === undefined ? {} : { checksum: file.checksum }),
    resourceId: withoutResourcePrefix(request.correspondence.resourceId),
  });
  if (answer.kind === "failed") return later(answer);
  if (answer.kind === "refused") return refused(answer, "POST /attachment", pathOf(request, index));
  const { attachmentId } = answer;
  return { kind: "done", change: (known) => ({ ...known, state: "initialized", attachmentId }) };
}

/** Sends the bytes of a file, unless an earlier try whose answer was lost has brought them. */
export async function uploadBytes(
  context: PreparingContext,
  request: CorrespondenceRequest,
  index: number,
  file: LetterFile,
  upload: Upload,
): Promise<UploadResult> {
  const { attachments } = context;
  const altinn = context.altinn(request.correspondence.resourceId);
  const attachmentId = upload.attachmentId ?? "";
  if (upload.cuts > 0) {
    const known = await altinn.attachment(attachmentId);
    if (known.kind === "failed") return later(known);
    if (known.kind === "found" && known.value.status !== "Initialized") return uploaded(context);
  }
  const { fileName, sizeBytes } = file;
  const open = () => attachments.open(file.blob, file.etag);
  const answer = await altinn.uploadAttachment(attachmentId, { fileName, sizeBytes, open });
  switch (answer.kind) {
    case "uploaded":
    case "uploadedBefore":
      return uploaded(context);
    case "gone":
      return beginAnew(upload, { call: "POST /attachment/{id}/upload", cause: "lostByAltinn", status: 404 });
    case "refused":
      return refused(answer, "POST /attachment/{id}/upload", pathOf(request, index));
    case "failed":
      return { ...later(answer), change: (known) => ({ ...known, cuts: known.cuts + 1 }) };
  }
}

/** Asks whether a file has been scanned. Waiting for that is `done` without a change, until it has taken too long. */
export async function checkUpload(
  { altinn, clock, rules, telemetry }: PreparingContext,
  request: CorrespondenceRequest,
  index: number,
  upload: Upload,
): Promise<UploadResult> {
  const attachmentId = upload.attachmentId ?? "";
  const answer = await altinn(request.correspondence.resourceId).attachment(attachmentId);
  if (answer.kind === "failed") return later(answer);
  if (answer.kind === "refused") return refused(answer, "GET /attachment/{id}", pathOf(request, index));
  const status = answer.kind === "found" ? answer.value.status : undefined;
  if (status === "Published") return { kind: "done", change: (known) => ({ ...known, state: "published" }) };
  if (status === "UploadProcessing" || (answer.kind === "found" && status === undefined)) {
    const waited = clock.now() - (upload.uploadedAt ?? clock.now());
    if (waited < rules.giveUpAfter) return { kind: "done", change: (known) => known };
    telemetry.alert("attachmentNotScanned", { attachmentId });
    const detail = `${pathOf(request, index)}: Altinn has not finished its virus scan in ${Math.round(waited / HOUR)} hours`;
    return { kind: "never", end: "gaveUp", problem: { reason: "altinnKeepsFailing", detail } };
  }
  // An upload that was cut can have failed for that alone; a virus is found in each.
  const wasCut = upload.cuts > 0 && upload.cuts <= MAX_RESTARTS;
  if (status === "Initialized" || wasCut) {
    const lost = { call: "GET /attachment/{id}", cause: "lostByAltinn" } as const;
    return { ...beginAnew(upload, lost), ...(answer.kind === "found" ? { unused: attachmentId } : {}) };
  }
  const [reason, what]: [EndReason, string] =
    status === "Failed"
      ? ["scanFailed", "Altinn's virus scan refused it"]
      : ["attachmentMissing", `Altinn does not have it any more (${status ?? "not found"})`];
  return { kind: "never", problem: { reason, detail: `${pathOf(request, index)}: ${what}` } };
}

/** Purges an attachment that no letter uses. `done` too where there is nothing to purge, or a letter uses it after all. */
export async function purgeUpload(
  { altinn, telemetry }: PreparingContext,
  resourceId: string,
  attachmentId: string,
): Promise<{ readonly kind: "done" } | Later> {
  const answer = await altinn(resourceId).purgeAttachment(attachmentId);
  if (answer.kind === "failed") return later(answer);
  if (answer.kind === "refused") {
    const { status, errorCode } = answer;
    const code = errorCode === undefined ? {} : { errorCode };
    if (refusesUs(status)) {
      return { kind: "later", failure: { call: "DELETE /attachment/{id}", cause: "status", status }, isOurSetUp: true };
    }
    telemetry.warn("attachmentNotPurged", { attachmentId, httpStatus: status, ...code });
  } else telemetry.info("attachmentPurged", { attachmentId, outcome: answer.kind });
  return { kind: "done" };
}

/** The file goes again under another id: a few times at once, then as after any failure, until it is given up. */
function beginAnew({ cuts }: Upload, failure: FailedCall): UploadResult {
  const change = (upload: Upload): Upload => ({ state: "new", cuts: upload.cuts + 1 });
  return cuts <= MAX_RESTARTS ? { kind: "done", change } : { kind: "later", failure, isOurSetUp: false, change };
}

function uploaded({ clock }: PreparingContext): UploadResult {
  return { kind: "done", change: (upload) => ({ ...upload, state: "uploaded", uploadedAt: clock.now() }) };
}

function refused(
  answer: { readonly status: number; readonly errorCode?: number; readonly detail?: string },
  call: string,
  path: string,
): UploadResult {
  const { status, errorCode, detail } = answer;
  const code = errorCode === undefined ? {} : { errorCode };
  if (refusesUs(status)) {
    return { kind: "later", failure: { call, cause: "status", status, ...code }, isOurSetUp: true };
  }
  const problem = { reason: reasonOfErrorCode(errorCode), status, ...code };
  return { kind: "never", problem: { ...problem, detail: `${path}: ${detail ?? "Altinn refuses it"}` } };
}

/** Names a file for people. */
function pathOf(request: CorrespondenceRequest, index: number): string {
  return `correspondence.content.attachments[${index}] (${request.attachments[index]?.fileName ?? ""})`;
}
