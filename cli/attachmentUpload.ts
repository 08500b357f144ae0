// One upload, from making room for the file to the end of its scan. What it makes and can't finish, it purges.
import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CorrespondenceApi } from "../shared/altinn/correspondenceApi.ts";
import type { AttachmentOverview } from "../shared/altinn/wire.ts";
import { MINUTE, SECOND } from "../shared/clock.ts";
import type { AttachmentFile } from "./attachmentFile.ts";
import { explainFailure, explainRefusal, explainStatus } from "./attachmentWords.ts";

/** What an upload came to. `why` is for people. */
export type UploadOutcome =
  | { readonly kind: "published"; readonly attachmentId: string }
  /** Altinn has it, and has not said yet whether it takes it. */
  | { readonly kind: "scanning"; readonly attachmentId: string; readonly why: string }
  /** There is nothing in Altinn, or nothing any more. */
  | { readonly kind: "failed"; readonly why: string }
  /** There is something left in Altinn that is of no use. */
  | { readonly kind: "leftBehind"; readonly attachmentId: string; readonly why: string };

export interface UploadContext {
  readonly altinn: Pick<
    CorrespondenceApi,
    "initializeAttachment" | "uploadAttachment" | "attachment" | "purgeAttachment"
  >;
  /** Takes a line for people about what goes on. */
  readonly tell: (line: string) => void;
  /** Stops what goes on; what was made is purged, unless all that is left is to wait. */
  readonly signal: AbortSignal;
  /** How long the end of the scan is waited for, in milliseconds. */
  readonly scanLimitMs?: number;
}

const SCAN_LIMIT = 30 * MINUTE;
const FIRST_PAUSE = SECOND / 2;
const LONGEST_PAUSE = 15 * SECOND;
const PROGRESS_EVERY = 10 * SECOND;

/** Uploads a file and waits until Altinn has scanned it. Never rejects. */
export async function uploadFile(context: UploadContext, file: AttachmentFile): Promise<UploadOutcome> {
  const { altinn, tell, signal } = context;
  const made = await altinn.initializeAttachment(file.body);
  if (made.kind === "failed") return { kind: "failed", why: explainFailure(made) };
  if (made.kind === "refused") return { kind: "failed", why: explainRefusal("the attachment", made) };
  const { attachmentId } = made;
  tell(`Attachment ${attachmentId} is made. Uploading ${file.fileName} (${sizeText(file.sizeBytes)}).`);
  const uploaded = signal.aborted ? "It was interrupted." : await sendBytes(context, attachmentId, file);
  if (uploaded !== undefined) return purged(context, attachmentId, uploaded);
  tell("Uploaded. Waiting until Altinn has scanned it for viruses, which takes from seconds to minutes.");
  return waitForScan(context, attachmentId);
}

/** Sends the bytes; why it did not work, if it did not. */
async function sendBytes(
  { altinn, tell, signal }: UploadContext,
  attachmentId: string,
  { path, fileName, sizeBytes }: AttachmentFile,
): Promise<string | undefined> {
  let sent = () => 0;
  const open = async () => {
    const stream = createReadStream(path, { highWaterMark: 256 * 1024, signal });
    sent = () => stream.bytesRead;
    return stream;
  };
  const progress = setInterval(() => {
    tell(`  ${Math.floor((100 * sent()) / sizeBytes)} % of ${sizeText(sizeBytes)}`);
  }, PROGRESS_EVERY);
  try {
    const answer = await altinn.uploadAttachment(attachmentId, { fileName, sizeBytes, open });
    switch (answer.kind) {
      case "uploaded":
        return undefined;
      case "failed":
        return signal.aborted ? "It was interrupted." : explainFailure(answer);
      case "refused":
        return explainRefusal("the file", answer);
      default:
        return "Altinn does not take the bytes: somebody else has uploaded or purged this attachment.";
    }
  } finally {
    clearInterval(progress);
  }
}

async function waitForScan(context: UploadContext, attachmentId: string): Promise<UploadOutcome> {
  const { altinn, tell, signal, scanLimitMs = SCAN_LIMIT } = context;
  const scanning = (why: string): UploadOutcome => ({ kind: "scanning", attachmentId, why });
  let waited = 0;
  let lastFailure: string | undefined;
  for (let pause = FIRST_PAUSE; waited < scanLimitMs; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const isInterrupted = await sleep(pause, false, { signal }).catch(() => true);
    if (isInterrupted) return scanning("It was interrupted.");
    waited += pause;
    const answer = await altinn.attachment(attachmentId);
    if (answer.kind === "found") {
      if (answer.value.status === "Published") return { kind: "published", attachmentId };
      if (!isUnderWay(answer.value)) return purged(context, attachmentId, explainStatus(answer.value));
      continue;
    }
    if (answer.kind === "gone") return { kind: "failed", why: "Somebody else has purged the attachment." };
    const failure = answer.kind === "failed" ? explainFailure(answer) : explainRefusal("the question", answer);
    if (failure !== lastFailure) tell(`${failure} Asking again.`);
    lastFailure = failure;
  }
  return scanning(`Altinn has not scanned it in ${Math.round(waited / MINUTE)} minutes.`);
}

/** A status that is new to us can be a step on the way. */
function isUnderWay({ status }: AttachmentOverview): boolean {
  return status === undefined || status === "Initialized" || status === "UploadProcessing";
}

async function purged({ altinn }: UploadContext, attachmentId: string, why: string): Promise<UploadOutcome> {
  const answer = await altinn.purgeAttachment(attachmentId);
  if (answer.kind === "purged" || answer.kind === "gone") {
    return { kind: "failed", why: `${why} Attachment ${attachmentId} is purged again.` };
  }
  return { kind: "leftBehind", attachmentId, why };
}

/** A number of bytes as people say it. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
