// One letter as it goes to Altinn: what is posted for one recipient, and finding it again by its key.
import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import type { UploadFile } from "../altinn/fileBody.ts";
import type { InitializeOutcome } from "../altinn/outcome.ts";
import { type Overview, withoutResourcePrefix } from "../altinn/wire.ts";
import { type FoundFiles, findFiles } from "../attachments/files.ts";
import { type Clock, MINUTE } from "../clock.ts";
import type { DispatchRecord, Problem } from "../records/dispatchRecord.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import { instantOf } from "../requests/dateTime.ts";
import { enumNumber, referenceTypes } from "../requests/enumeration.ts";
import { toFormFields, toInitializeBody } from "../requests/initializeBody.ts";
import { field, items, text } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import { wholeDays } from "../requests/schemaAttachments.ts";
import { additionOfDetails, additionOfOverview } from "../tracking/answers.ts";
import type { LettersContext } from "./context.ts";
import type { LetterTraits } from "./decide.ts";

/** A request as one recipient gets it. */
export interface Letter extends LetterTraits {
  readonly request: CorrespondenceRequest;
  /** As the producer wrote it. */
  readonly recipient: string;
  /** The attachments' versions when the request was accepted; empty before that. */
  readonly pinnedEtags: Readonly<Record<string, string>>;
  /** Ids of its new attachments, where they were uploaded beforehand. */
  readonly uploaded: readonly string[];
  /** Its files, where they have just been looked at. */
  readonly files?: FoundFiles;
}

/** The letter of `request` to one of its recipients, in canonical form or as it was recorded. */
export function letterTo(
  request: CorrespondenceRequest,
  recorded: string,
  pinnedEtags: Readonly<Record<string, string>> = {},
  uploaded: readonly string[] = [],
): Letter {
  const wanted = canonicalRecipient(recorded);
  return {
    request,
    recipient: request.recipients.find((written) => canonicalRecipient(written) === wanted) ?? recorded,
    pinnedEtags,
    uploaded,
    hasFiles: request.attachments.length > 0 && uploaded.length === 0,
    isToDialog: isToDialog(request),
  };
}

function isToDialog({ correspondence }: CorrespondenceRequest): boolean {
  // Types are written as names in any case, or as numbers.
  return (correspondence.externalReferences ?? []).some(
    ({ referenceType }) => enumNumber(referenceType, referenceTypes) === referenceTypes.DialogportenDialogId,
  );
}

/** How long a POST can run, in milliseconds: its time-out, twice where the token had to be renewed. */
export function longestPost(letter: Letter): number {
  return letter.hasFiles ? 10 * MINUTE : 4 * MINUTE;
}

/** What came of posting a letter. */
export type PostResult =
  | { readonly kind: "posted"; readonly outcome: InitializeOutcome }
  /** Nothing was posted: the attachments are not what the request says. */
  | { readonly kind: "unsendable"; readonly problem: Problem };

/** Posts the letter with its key, once. */
export async function post(context: LettersContext, letter: Letter, idempotentKey: string): Promise<PostResult> {
  const { request, recipient } = letter;
  const altinn = context.altinn(request.correspondence.resourceId);
  if (!letter.hasFiles) {
    const existing = [...request.existingAttachments, ...letter.uploaded];
    const body = toInitializeBody(request, recipient, idempotentKey, existing);
    return { kind: "posted", outcome: await settleExisting(altinn, existing, await altinn.initialize(body)) };
  }
  const found = letter.files ?? (await findFiles(context.attachments, request, letter.pinnedEtags));
  if (found.kind === "problem") return { kind: "unsendable", problem: found.problem };
  const files: UploadFile[] = found.files.map((file) => ({
    fileName: file.fileName,
    sizeBytes: file.sizeBytes,
    open: () => context.attachments.open(file.blob, file.etag),
  }));
  const body = toInitializeBody(found.request, recipient, idempotentKey, request.existingAttachments);
  const outcome = await altinn.initializeAndUpload(toFormFields(body), files);
  return { kind: "posted", outcome: await settleExisting(altinn, request.existingAttachments, outcome) };
}

/** 1018 means that an existing attachment is not published: wait while one is scanned, give up when one is not coming. */
async function settleExisting(
  altinn: CorrespondenceApi,
  attachmentIds: readonly string[],
  outcome: InitializeOutcome,
): Promise<InitializeOutcome> {
  if (outcome.kind !== "later" || outcome.cause !== "attachmentNotPublished") return outcome;
  for (const id of attachmentIds) {
    const answer = await altinn.attachment(id);
    if (answer.kind === "failed") return outcome;
    const status = answer.kind === "found" ? answer.value.status : undefined;
    if (status === "Published" || status === "UploadProcessing") continue;
    const reason =
      status === "Failed" ? "scanFailed" : status === undefined ? "attachmentMissing" : "attachmentRefused";
    const detail = `The existing attachment ${id} is ${status ?? "not to be found"}: upload it again and name the new id`;
    return { kind: "never", status: outcome.status ?? 400, errorCode: 1018, reason, detail };
  }
  return outcome;
}

/** What came of looking a letter up by its key. */
export type LookUp =
  /** The letter exists and is ours; what Altinn says of it, where that could be read. */
  | { readonly kind: "ours"; readonly correspondenceId: string; readonly addition: Addition | undefined }
  /** The key belongs to another letter: of another system, of another dispatch, or of another request under this id. */
  | { readonly kind: "taken"; readonly reason: "idempotentKeyTaken" | "requestIdReused" }
  | { readonly kind: "none" }
  /** What was answered cannot be about this letter's key. */
  | { readonly kind: "mismatch" }
  | { readonly kind: "failed" };

/** A letter that was created earlier than this before our own record cannot be ours: clocks differ by less. */
const CLOCK_TOLERANCE = 5 * MINUTE;

/**
 * Looks for the letter by its key, and makes sure that what is found is it: by our own record of it, else by what Altinn
 * says of it. A key that the producer gave may be another's; one that we derived cannot, so that another's letter is no
 * answer.
 */
export async function lookUp(context: LettersContext, record: DispatchRecord): Promise<LookUp> {
  const { store, clock } = context;
  const altinn = context.altinn(record.resourceId);
  const found = await altinn.findByIdempotentKey(record.resourceId, record.idempotentKey);
  if (found.kind === "several") return { kind: "mismatch" };
  if (found.kind !== "found") return { kind: found.kind };
  const { correspondenceId } = found;
  const link = (await store.correspondences.read(correspondenceId))?.value.link;
  const isLinked = link?.dispatchId === record.dispatchId;
  if (isLinked && link.digest !== record.digest) return { kind: "taken", reason: "requestIdReused" };
  const seen: Seen = link && !isLinked ? { kind: "anothers" } : await readState(altinn, clock, correspondenceId);
  const addition = seen.kind === "seen" ? seen.addition : undefined;
  if (isLinked) return { kind: "ours", correspondenceId, addition };
  if (seen.kind === "failed") return { kind: "failed" };
  if (seen.kind === "seen" && isOurs(seen.overview, record)) return { kind: "ours", correspondenceId, addition };
  return record.isKeyGiven && seen.kind !== "gone"
    ? { kind: "taken", reason: "idempotentKeyTaken" }
    : { kind: "mismatch" };
}

type Seen =
  | { readonly kind: "seen"; readonly overview: Overview; readonly addition: Addition }
  /** It is there, and another dispatch's, or not ours to read. */
  | { readonly kind: "anothers" | "refused" }
  /** Altinn lists it, and does not know it. */
  | { readonly kind: "gone" }
  | { readonly kind: "failed" };

/** The overview, or the details where the overview is gone after a purge. */
async function readState(altinn: CorrespondenceApi, clock: Clock, correspondenceId: string): Promise<Seen> {
  const overview = await altinn.overview(correspondenceId);
  if (overview.kind === "found") {
    return { kind: "seen", overview: overview.value, addition: additionOfOverview(overview.value, clock.now()) };
  }
  if (overview.kind !== "gone") return { kind: overview.kind };
  const details = await altinn.details(correspondenceId);
  return details.kind === "found"
    ? { kind: "seen", overview: details.value, addition: additionOfDetails(details.value, clock.now()) }
    : { kind: details.kind };
}

/** Whether it is the letter of this dispatch. With a derived key it may be older than the record, which may have been lost. */
function isOurs(overview: Overview, record: DispatchRecord): boolean {
  const created = overview.created ?? Number.NEGATIVE_INFINITY;
  return (
    withoutResourcePrefix(overview.resourceId ?? "") === withoutResourcePrefix(record.resourceId) &&
    canonicalRecipient(overview.recipient ?? "") === canonicalRecipient(record.recipient) &&
    overview.sendersReference === record.sendersReference &&
    (!record.isKeyGiven || created >= record.createdAt - CLOCK_TOLERANCE)
  );
}

/** What following a letter needs to know of its request. Times are epoch milliseconds. */
export interface Expectations {
  readonly isConfirmationNeeded: boolean;
  readonly requestedPublishTime: number | undefined;
  readonly dueDateTime: number | undefined;
  /** The fewest days for which one of its new attachments lives. */
  readonly attachmentDays: number | undefined;
}

/** What a request says about following its letters; read leniently, since it may not pass the rules any more. */
export function expectations(message: unknown): Expectations {
  const correspondence = field(withCanonicalNames(message), "correspondence");
  const time = (name: string) => instantOf(text(field(correspondence, name)) ?? "");
  const days = items(field(field(correspondence, "content"), "attachments"))
    .map((attachment) => wholeDays(field(attachment, "expirationInDays")))
    .filter((lives) => lives !== undefined);
  return {
    isConfirmationNeeded: field(correspondence, "isConfirmationNeeded") === true,
    requestedPublishTime: time("requestedPublishTime"),
    dueDateTime: time("dueDateTime"),
    attachmentDays: days.length === 0 ? undefined : Math.min(...days),
  };
}
