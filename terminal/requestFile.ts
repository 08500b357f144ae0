// Request files: how `npm run send` and the local start read one and drop it on the queue, attachments first.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { contentFault } from "../producer/attachmentContent.ts";
import { dropText, sizeProblem } from "../producer/dropText.ts";
import { asking } from "../producer/storageFailure.ts";
import { uploadAttachment } from "../producer/uploadAttachment.ts";
import { parseClaimCheck } from "../shared/requests/claimCheck.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { requestDigest } from "../shared/requests/digest.ts";
import { field, isObject, type JsonObject } from "../shared/requests/json.ts";
import { withCanonicalNames } from "../shared/requests/names.ts";
import { type ParsedCancel, parseCancel } from "../shared/requests/parseCancel.ts";
import { type CorrespondenceRequest, type NewAttachment, parseRequest } from "../shared/requests/parseRequest.ts";
import { formatPath, type Problem } from "../shared/requests/problem.ts";
import { claimedBlobProblem } from "../shared/requests/rules.ts";
import type { NamedSender, SendersOf } from "../shared/senders/owners.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { CONTAINERS, QUEUES, queueOfSender } from "../shared/storage/names.ts";
import { queueText } from "../shared/storage/queues.ts";
import { whyUnreadable } from "./givenFile.ts";

/** A request as a file holds it; or a claim check, or a cancel. */
export interface RequestFile {
  readonly path: string;
  /** The file's text, which goes on the queue as it is. */
  readonly text: string;
  /** The producer's own id, or the request's digest; the app announces the request under it. Of a cancel, what it names. */
  readonly requestId: string;
  /** The file itself says it: of a request without one it is the digest. */
  readonly hasOwnId: boolean;
  /** The request, if it passes the check; otherwise what is wrong with it. */
  readonly request: CorrespondenceRequest | undefined;
  readonly problems: readonly Problem[];
  /** What Altinn takes and the sender may not mean. */
  readonly warnings: readonly Problem[];
  /** The sender on whose own queue it goes, where it goes on one. */
  readonly sender?: string;
  /** Of a claim check: the path of its blob, and the local file that holds the request, where there is one. */
  readonly claim?: { readonly blob: string; readonly file?: string };
}

/** What dropping a request came to. */
export interface Dropped {
  /** Paths of what was uploaded; attachments that were there already are left alone. */
  readonly uploaded: readonly string[];
}

/** A file that is no request, or is too large for one. The message is for people. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/**
 * Reads a request file, or one that cancels, and checks it as the app will; of a claim check, the request that it leads
 * to, if that is at hand.
 * Rejects when the file can't be read or holds no JSON.
 *
 * @param given what differs from the file as it is
 */
export async function readRequestFile(path: string, now: Date, given: GivenForFile = {}): Promise<RequestFile> {
  const { sender } = given;
  const file = await readAs(path, now, given);
  return { ...file, ...(sender === undefined ? {} : { sender: sender.name }) };
}

/**
 * The sender with a queue of its own whose resource a request file is on; undefined where there is none, and of what names no
 * resource: a cancel, or a claim check whose request is not at hand.
 */
export async function ownQueueOf(path: string, senders: SendersOf<NamedSender>): Promise<NamedSender | undefined> {
  let { value } = await readJson(path);
  const check = parseClaimCheck(value);
  const claimed = check?.kind === "claimCheck" ? await fileBeside(path, "requests", check.path) : undefined;
  if (claimed !== undefined) value = (await readJson(claimed)).value;
  const resourceId = field(field(withCanonicalNames(value), "correspondence"), "resourceId");
  const sender = typeof resourceId === "string" ? senders.of(resourceId) : undefined;
  return sender?.hasOwnQueue ? sender : undefined;
}

/** What differs from a request file as it is. */
export interface GivenForFile {
  /** An id to put in the place of the file's own, so that it is sent once more. */
  readonly newId?: string | undefined;
  /** Attachments to name besides those that the request names, as it would. */
  readonly attached?: readonly JsonObject[];
  /** The sender on whose own queue it goes: the app will hold it to that. */
  readonly sender?: NamedSender | undefined;
}

async function readAs(path: string, now: Date, given: GivenForFile): Promise<RequestFile> {
  const { newId, attached = [], sender } = given;
  const read = await readJson(path);
  const value = attached.length === 0 ? read.value : withAttached(path, read.value, attached);
  const text = attached.length === 0 ? read.text : queueText(value);
  const cancel = parseCancel(value);
  if (cancel !== undefined) return readCancel(path, text, value, cancel);
  const check = parseClaimCheck(value);
  if (check === undefined) return readRequest(path, text, value, now, given);
  const unchecked = { path, text, requestId: requestDigest(value), hasOwnId: false, request: undefined, warnings: [] };
  if (check.kind === "problems") return { ...unchecked, problems: check.problems };
  const problem = claimedBlobProblem(check.path, sender?.name);
  if (problem !== undefined) return { ...unchecked, problems: [problem] };
  const file = await fileBeside(path, "requests", check.path);
  // The blob may be in storage already.
  if (file === undefined) return { ...unchecked, problems: [], claim: { blob: check.path } };
  const claimed = await readJson(file);
  const request = await readRequest(path, claimed.text, claimed.value, now, given);
  // With another id it is another request, and the blob that is named is not to be written over.
  return newId === undefined ? { ...request, text, claim: { blob: check.path, file } } : request;
}

/** The request with more attachments. Rejects what can have none: a cancel, a claim check, a letter without content. */
function withAttached(path: string, written: JsonObject, attached: readonly JsonObject[]): JsonObject {
  const value = withCanonicalNames(written);
  const correspondence = field(value, "correspondence");
  const content = field(correspondence, "content");
  const attachments = field(content, "attachments") ?? [];
  if (!isObject(value) || !isObject(correspondence) || !isObject(content) || !Array.isArray(attachments)) {
    throw new UnreadableFile(`${path}: Nothing can be attached: it is no letter with content of its own.`);
  }
  const more = { ...content, attachments: [...attachments, ...attached] };
  return { ...value, correspondence: { ...correspondence, content: more } };
}

function readCancel(path: string, text: string, value: JsonObject, cancel: ParsedCancel): RequestFile {
  const unchecked = { path, text, requestId: requestDigest(value), hasOwnId: true, request: undefined, warnings: [] };
  if (cancel.kind === "problems") return { ...unchecked, problems: cancel.problems };
  const { target } = cancel;
  return { ...unchecked, requestId: "requestId" in target ? target.requestId : target.correspondenceId, problems: [] };
}

async function readJson(path: string): Promise<{ readonly text: string; readonly value: JsonObject }> {
  const content = await readFile(path).catch((error: unknown) => {
    throw new UnreadableFile(`${path}: ${whyUnreadable(path, error)}`);
  });
  const decoded = decodeMessage(content);
  if (!decoded.ok) throw new UnreadableFile(`${path}: ${decoded.problem.message}`);
  const text = content.toString("utf8");
  // A queue carries no UTF-16; what it says is the same.
  const isCarried = Buffer.from(text, "utf8").equals(content) && !text.includes("\0");
  return { text: isCarried ? text : queueText(decoded.value), value: decoded.value };
}

async function readRequest(
  path: string,
  text: string,
  written: JsonObject,
  now: Date,
  { newId, sender }: GivenForFile,
): Promise<RequestFile> {
  const value = newId === undefined ? written : { ...written, id: newId };
  const resources = sender && new Set(sender.resources);
  const parsed = await parseRequest(value, { environment: "tt02", now, sender: sender?.name, resources });
  return {
    path,
    text: newId === undefined ? text : queueText(value),
    requestId: idOf(value) ?? requestDigest(value),
    hasOwnId: newId === undefined && idOf(value) !== undefined,
    request: parsed.ok ? parsed.request : undefined,
    problems: parsed.ok ? [] : parsed.problems,
    warnings: parsed.warnings,
  };
}

/** The id that the app will use too, whether the rest passes or not. */
function idOf(value: unknown): string | undefined {
  const id = field(withCanonicalNames(value), "id");
  return typeof id === "string" && id.length >= 1 && id.length <= 256 ? id : undefined;
}

/**
 * Uploads the attachments that stand next to the file and are not in storage yet, then drops the request as the file
 * has it. Rejects with a StorageFailure.
 */
export async function dropRequest(file: RequestFile, storage: StorageClients): Promise<Dropped> {
  const tooLarge = sizeProblem(file.text);
  if (tooLarge !== undefined) throw new UnreadableFile(`${file.path}: ${tooLarge.message}`);
  const uploaded: string[] = [];
  for (const attachment of file.request?.attachments ?? []) {
    if (await uploadMissing(file.path, attachment, storage)) uploaded.push(attachment.blob);
  }
  const { blob, file: claimed } = file.claim ?? {};
  if (blob !== undefined && claimed !== undefined) uploaded.push(await uploadClaim(blob, claimed, storage));
  await asking(`Dropping a request on the queue ${queueOfSender(QUEUES.requests, file.sender)}`, () =>
    dropText(file.text, storage, file.sender),
  );
  return { uploaded };
}

/** True when it was uploaded; false when no file of that path is at hand, or storage has one. */
async function uploadMissing(
  requestFile: string,
  attachment: NewAttachment,
  storage: StorageClients,
): Promise<boolean> {
  const path = attachment.blob;
  const file = await fileBeside(requestFile, "attachments", path);
  if (file === undefined) return false;
  return asking(`Uploading an attachment to the container ${CONTAINERS.attachments}`, async () => {
    if (await storage.blobs.getContainerClient(CONTAINERS.attachments).getBlobClient(path).exists()) return false;
    const outcome = await uploadAttachment(storage.blobs, path, { file }, attachment.checksum || undefined);
    if (outcome.kind === "empty") throw new UnreadableFile(`${requestFile}: its attachment ${path} is empty.`);
    if (outcome.kind === "checksumMismatch") {
      throw new UnreadableFile(`${requestFile}: the checksum of its attachment ${path} is another file's.`);
    }
    return outcome.kind === "uploaded";
  });
}

/** Puts the request where the claim check says; what is there is written over, as the file is what is sent. */
async function uploadClaim(blob: string, file: string, { blobs }: StorageClients): Promise<string> {
  const client = blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient(blob);
  await asking(`Uploading a request to the container ${CONTAINERS.requests}`, () => client.uploadFile(file));
  return blob;
}

/**
 * What a request file names that is nowhere: neither beside it nor in storage. Such a letter would be refused once it was
 * dropped. Rejects with a StorageFailure.
 */
export async function findMissing(file: RequestFile, { blobs }: StorageClients): Promise<Problem[]> {
  const isMissing = async (folder: "attachments" | "requests", path: string) =>
    (await fileBeside(file.path, folder, path)) === undefined &&
    !(await asking(`Looking into the container ${CONTAINERS[folder]}`, () =>
      blobs.getContainerClient(CONTAINERS[folder]).getBlobClient(path).exists(),
    ));
  const missing = (path: string, folder: "attachments" | "requests"): Problem => ({
    path,
    rule: "missingFile",
    message:
      `Is neither beside the request (there, or in ${folder}/) nor in the container ${CONTAINERS[folder]}. Put it in ` +
      "one of these first.",
  });
  const { claim, request } = file;
  if (claim !== undefined && (await isMissing("requests", claim.blob))) return [missing("requestBlob", "requests")];
  const problems: Problem[] = [];
  for (const [index, { blob }] of (request?.attachments ?? []).entries()) {
    if (!(await isMissing("attachments", blob))) continue;
    problems.push(missing(formatPath(["correspondence", "content", "attachments", index, "blob"]), "attachments"));
  }
  return problems;
}

/** A file that stands in a folder beside the request, or beside it; undefined when there is none. */
async function fileBeside(requestFile: string, folder: string, path: string): Promise<string | undefined> {
  for (const file of [join(dirname(requestFile), folder, path), join(dirname(requestFile), path)]) {
    if ((await contentFault({ file })) !== "missingFile") return file;
  }
  return undefined;
}
