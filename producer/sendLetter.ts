// Sends a letter on its way: checked, its attachments uploaded, and then dropped on the queue, in this order.
import type { Problem } from "../shared/requests/problem.ts";
import type { RequestContext } from "../shared/requests/rules.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { CONTAINERS, QUEUES, queueOfSender } from "../shared/storage/names.ts";
import { type ContentFault, contentFault } from "./attachmentContent.ts";
import { dropText } from "./dropText.ts";
import { type GivenContent, type Prepared, prepareLetter, problem, type Upload } from "./prepareLetter.ts";
import { asking } from "./storageFailure.ts";
import { type Uploaded, uploadAttachment } from "./uploadAttachment.ts";

/** What became of a letter that was to be sent. */
export type SendOutcome =
  | {
      /** It is on the queue: from here on the app sees to it, and announces how it goes on. */
      readonly kind: "dropped";
      /** The request's id, or its digest where it has none. Announcements carry it as `data.requestId`. */
      readonly requestId: string;
      /** Paths of the attachments that were uploaded; those that were there already are left out. */
      readonly uploaded: readonly string[];
      /** Where the request is, if it was too large for a queue message. */
      readonly requestBlob?: string;
      /** What Altinn will take as you wrote it, and you may not have meant. */
      readonly warnings: readonly Problem[];
    }
  /** Nothing was dropped: everything that is wrong, at once. */
  | Refused;

/** A request that would not be sent. */
interface Refused {
  readonly kind: "refused";
  readonly problems: readonly Problem[];
  /** What Altinn would take as you wrote it, and you may not have meant. */
  readonly warnings: readonly Problem[];
}

/** A request that would be dropped, or everything that is wrong with it. */
export type CheckOutcome = { readonly kind: "ok"; readonly warnings: readonly Problem[] } | Refused;

/** Checks as `sendLetter` does, and does nothing else. Reads no stream and no file's content. */
export async function checkLetter(
  request: unknown,
  given: GivenContent,
  context: RequestContext,
): Promise<CheckOutcome> {
  const checked = await check(request, given, context);
  return checked.kind === "letter" ? { kind: "ok", warnings: checked.warnings } : checked;
}

/** Checks, uploads, drops. Rejects with a StorageFailure; nothing was dropped then, as far as storage told. */
export async function sendLetter(
  request: unknown,
  given: GivenContent,
  context: RequestContext,
  storage: StorageClients,
): Promise<SendOutcome> {
  const checked = await check(request, given, context);
  if (checked.kind === "refused") return checked;
  const { warnings } = checked;
  const { requestId, text, uploads } = checked.letter;
  const uploaded: string[] = [];
  const problems: Problem[] = [];
  for (const upload of uploads) {
    const outcome = await asking(`Uploading an attachment to the container ${CONTAINERS.attachments}`, () =>
      uploadAttachment(storage.blobs, upload.path, upload.content, upload.checksum),
    );
    if (outcome.kind === "uploaded") uploaded.push(upload.path);
    problems.push(...problemsOf(outcome, upload));
  }
  if (problems.length > 0) return { kind: "refused", problems, warnings };
  const { sender } = context;
  const requestBlob = await asking(`Dropping a request on the queue ${queueOfSender(QUEUES.requests, sender)}`, () =>
    dropText(text, storage, sender),
  );
  const claim = requestBlob === undefined ? {} : { requestBlob };
  return { kind: "dropped", requestId, uploaded, ...claim, warnings };
}

async function check(request: unknown, given: GivenContent, context: RequestContext): Promise<Prepared> {
  const faults = new Map<string, ContentFault>();
  for (const [name, content] of Object.entries(given)) {
    const fault = await contentFault(content);
    if (fault !== undefined) faults.set(name, fault);
  }
  return prepareLetter(request, given, faults, context);
}

function problemsOf(outcome: Uploaded, { at }: Upload): Problem[] {
  switch (outcome.kind) {
    case "uploaded":
    case "thereAlready":
      return [];
    case "empty":
      return [problem(at, "emptyFile")];
    case "otherFile":
      return [problem(`${at}.blob`, "otherFile")];
    case "checksumMismatch":
      return [problem(`${at}.checksum`, "checksumMismatch")];
  }
}
