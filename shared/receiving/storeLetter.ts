// One letter stored whole: its files first, each once, and then its document.
import type { Refused } from "../altinn/answers.ts";
import { type CallFailure, causeOf } from "../altinn/httpCall.ts";
import type { ReceivedAttachment } from "../altinn/receivedLetter.ts";
import type { Download } from "../altinn/recipientAnswers.ts";
import type { ReceiptRecord } from "../records/receiptRecord.ts";
import { inboxDocument, inboxFile } from "../storage/names.ts";
import type { ReceivingContext } from "./context.ts";
import { type LetterFile, letterDocument, readDocument, type StoredLetter } from "./document.ts";
import type { StoredFile } from "./inbox.ts";

/** What came of storing a letter. */
export type Storing =
  | { readonly kind: "stored"; readonly stored: StoredLetter }
  /** Altinn has it no longer, or not for us. */
  | { readonly kind: "gone" }
  | Refused
  | CallFailure;

/**
 * Stores a letter, or finds it stored by an attempt that got so far.
 *
 * @param namesFailures a file that still fails is named as that, and holds up the letter no longer
 */
export async function storeLetter(
  context: ReceivingContext,
  { correspondenceId }: ReceiptRecord,
  namesFailures: boolean,
): Promise<Storing> {
  const { inbox, recipient, clock } = context;
  const there = await inbox.list(correspondenceId);
  const document = inboxDocument(correspondenceId);
  if (there.has(document)) return { kind: "stored", stored: await readStored(context, document) };
  const seen = await recipient.overview(correspondenceId);
  if (seen.kind !== "found") return seen;
  const { letter } = seen.value;
  const files: LetterFile[] = [];
  let failure: CallFailure | undefined;
  // One after the other: so much of a file is in memory, however many there are.
  for (const attachment of letter.content.attachments ?? []) {
    const kept = await keepFile(context, correspondenceId, attachment, there);
    if (kept.kind === "gone") return kept;
    if (kept.kind === "file") files.push(kept.file);
    else {
      failure = kept.failure;
      files.push({ attachmentId: attachment.id, fileName: attachment.fileName ?? "", problem: kept.problem });
    }
  }
  if (failure !== undefined && !namesFailures) return failure;
  const value = letterDocument(seen.value, files, clock.now());
  const isFirst = (await inbox.documents.create(document, value)) !== undefined;
  const stored = isFirst ? readDocument(value) : await readStored(context, document);
  return { kind: "stored", stored };
}

async function readStored({ inbox }: ReceivingContext, document: string): Promise<StoredLetter> {
  return readDocument((await inbox.documents.read(document))?.value);
}

type KeptFile =
  | { readonly kind: "file"; readonly file: LetterFile }
  | { readonly kind: "gone" }
  | {
      readonly kind: "failed";
      readonly problem: "checksumMismatch" | "altinnKeepsFailing";
      readonly failure: CallFailure;
    };

async function keepFile(
  context: ReceivingContext,
  correspondenceId: string,
  { id: attachmentId, fileName, checksum, dataType }: ReceivedAttachment,
  there: ReadonlyMap<string, StoredFile>,
): Promise<KeptFile> {
  const { inbox, recipient, telemetry } = context;
  const about = { attachmentId, fileName: fileName ?? "" };
  const blob = inboxFile(correspondenceId, attachmentId, endingOf(about.fileName));
  const before = there.get(blob);
  if (before !== undefined) return { kind: "file", file: { ...about, blob, ...before } };
  const answer = await recipient.download(correspondenceId, attachmentId);
  switch (answer.kind) {
    case "gone":
      return answer;
    case "failed":
      return { kind: "failed", problem: "altinnKeepsFailing", failure: answer };
    case "unavailable": {
      const { why: reason, errorCode } = answer;
      const code = errorCode === undefined ? {} : { errorCode };
      telemetry.warn("receivedFileMissing", { correspondenceId, attachmentId, reason, ...code });
      return { kind: "file", file: { ...about, problem: reason } };
    }
    case "opened":
      break;
  }
  const contentType = mediaTypeOf(answer.headers.get("content-type") ?? dataType);
  try {
    const put = await inbox.put(blob, bytesOf(answer), {
      contentType,
      fileName: about.fileName,
      checksum: checksum ?? "",
    });
    if (put.kind === "mismatch") {
      telemetry.warn("receivedFileMissing", { correspondenceId, attachmentId, reason: "checksumMismatch" });
      return { kind: "failed", problem: "checksumMismatch", failure: brokenOff(answer.call) };
    }
    const { sizeBytes, md5 } = put;
    return { kind: "file", file: { ...about, blob, sizeBytes, md5 } };
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    return { kind: "failed", problem: "altinnKeepsFailing", failure: brokenOff(answer.call, error.cause) };
  }
}

/** The download ended before its end: nothing is wrong with storage. */
class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

async function* bytesOf({ body }: Extract<Download, { kind: "opened" }>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new BrokenOff("A download was broken off", { cause: error });
  }
}

function brokenOff(call: string, cause?: unknown): CallFailure {
  return { kind: "failed", call, cause: cause === undefined ? "unreadable" : causeOf(cause) };
}

/** `.pdf` of `Vedtak.PDF`; nothing where it is not plainly the ending of a file. */
function endingOf(fileName: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(fileName)?.[0].toLowerCase() ?? "";
}

/** A media type as a header takes it. */
function mediaTypeOf(told: string | null | undefined): string {
  return /^[\w.+-]{1,127}\/[\w.+-]{1,127}(?: *; *[\w-]+=[\w.-]+)*$/.test(told ?? "")
    ? (told ?? "")
    : "application/octet-stream";
}
