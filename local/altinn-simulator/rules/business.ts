// The business rules of a letter, in the order in which Altinn checks them. The first that fails is the answer.

import { type Answer, codedError } from "../answer.ts";
import { expirationError } from "../attachments.ts";
import { attachmentStatus } from "../life.ts";
import type { InitializeRequest, LetterRequest } from "../model/requests.ts";
import { isWhiteSpace } from "../model/values.ts";
import type { ReceivedFile } from "../receivedFile.ts";
import type { World } from "../world.ts";
import { fileNameError } from "./fileNames.ts";
import { notificationError } from "./notifications.ts";
import { isPlainText } from "./plainText.ts";
import { lookUp } from "./recipients.ts";
import { isReplyLink } from "./replyLink.ts";
import type { Resource } from "./resources.ts";
import { dialogReference, transmissionError } from "./transmission.ts";

/** A request that passed the model's rules, access and the idempotent key. */
export interface Candidate {
  readonly request: InitializeRequest;
  readonly letter: LetterRequest;
  /** In canonical form. */
  readonly recipients: readonly string[];
  readonly resource: Resource;
  readonly files: readonly ReceivedFile[];
}

const forwardingLimit = 10_000_000;
/** Of a file that comes with a letter: 2 GB, as Altinn counts. */
const mostBytes = 2_000_000_000;

/** What Altinn answers when a rule fails; undefined when none does. */
export function businessRefusal(world: World, candidate: Candidate): Answer | undefined {
  const { letter, recipients } = candidate;
  const first = resourceError(candidate);
  if (first !== undefined) return codedError(first);
  if (new Set(recipients).size !== recipients.length) return codedError(1006);
  const unknown = recipientRefusal(candidate);
  if (unknown !== undefined) return unknown;
  if (letter.isConfirmationNeeded === true && typeof letter.dueDateTime !== "number") return codedError(1016);
  const reserved = reservationRefusal(candidate);
  if (reserved !== undefined) return reserved;
  const error =
    dateError(letter, world.now()) ??
    contentError(letter) ??
    transmissionError(letter, recipients.length) ??
    existingAttachmentsError(world, candidate) ??
    filesError(candidate) ??
    forwardingError(world, candidate) ??
    replyError(letter) ??
    (letter.notification ? notificationError(letter.notification, recipients.length) : undefined);
  return error === undefined ? undefined : codedError(error);
}

function resourceError({ resource, letter }: Candidate): number | undefined {
  const transmission = dialogReference(letter) !== undefined;
  if (resource.kind === "generic" || (resource.kind === "app" && !transmission)) return 4010;
  if (resource.confidential && letter.isConfidential !== true) return 1060;
  if (!resource.confidential && letter.isConfidential === true) return 1061;
  return letter.allowForwarding === true && resource.authenticationLevel ? 1068 : undefined;
}

function recipientRefusal({ recipients, letter }: Candidate): Answer | undefined {
  const unknown = recipients.filter((recipient) => !lookUp(recipient).exists);
  if (unknown.length > 0) return codedError(1029, unknown);
  const empty = recipients.filter((recipient) => letter.isConfidential === true && lookUp(recipient).nobodyInRole);
  return empty.length > 0 ? codedError(1044, empty) : undefined;
}

function reservationRefusal({ recipients, letter }: Candidate): Answer | undefined {
  if (letter.ignoreReservation === true) return undefined;
  if (recipients.some((recipient) => lookUp(recipient).contactFails)) return codedError(1032);
  const [only, ...others] = recipients;
  return only !== undefined && others.length === 0 && lookUp(only).reserved ? codedError(1030, [only]) : undefined;
}

function dateError(letter: LetterRequest, now: number): number | undefined {
  if (typeof letter.dueDateTime !== "number") return undefined;
  if (letter.dueDateTime < now) return 1008;
  return letter.dueDateTime < (letter.requestedPublishTime ?? now) ? 1009 : undefined;
}

function contentError(letter: LetterRequest): number | undefined {
  if (!isPlainText(letter.content?.messageTitle ?? "")) return 1002;
  const language = (letter.content?.language ?? "").toLowerCase();
  if (!isWhiteSpace(language) && !["nb", "nn", "en"].includes(language)) return 1023;
  return isPlainText(letter.messageSender ?? "") ? undefined : 1039;
}

function existingAttachmentsError(world: World, { request, letter }: Candidate): number | undefined {
  const ids = request.existingAttachments ?? [];
  const found = ids.map((id) => world.attachments.get(id));
  if (found.some((attachment) => attachment === undefined)) return 1007;
  if (found.some((attachment) => attachment?.owner !== world.options.owner)) return 1017;
  if (ids.length + (letter.content?.attachments ?? []).length > 100) return 1038;
  const unpublished = found.some(
    (attachment) => attachment !== undefined && attachmentStatus(attachment).status !== "Published",
  );
  return unpublished ? 1018 : undefined;
}

/** Every file needs its metadata, and the other way round; names agree to the letter. */
function filesError({ letter, files }: Candidate): number | undefined {
  const announced = (letter.content?.attachments ?? []).filter((attachment) => attachment !== null);
  for (const metadata of announced) {
    const name = metadata.fileName ?? "";
    const wrong = fileNameError(name);
    if (wrong !== undefined) return wrong;
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) return 1005;
    if (file.size === 0 || file.size > mostBytes) return 2004;
  }
  if (files.length !== announced.length) return 1005;
  for (const metadata of announced) {
    const error = expirationError(metadata);
    if (error !== undefined) return error;
  }
  return undefined;
}

function forwardingError(world: World, { letter, request, files }: Candidate): number | undefined {
  if (letter.allowForwarding !== true) return undefined;
  const existing = (request.existingAttachments ?? []).map((id) => world.attachments.get(id)?.size ?? 0);
  const total = [...existing, ...files.map(({ size }) => size)].reduce((sum, size) => sum + size, 0);
  return total > forwardingLimit ? 1069 : undefined;
}

function replyError(letter: LetterRequest): number | undefined {
  return (letter.replyOptions ?? []).every((option) => isReplyLink(option?.linkURL ?? "")) ? undefined : 1035;
}
