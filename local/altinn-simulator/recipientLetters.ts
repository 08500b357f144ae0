// The organisation's own letters, as it receives them: a caller whose token may read and not write is the recipient.

import { type Answer, codedError, jsonAnswer, modelFailure } from "./answer.ts";
import { ownerUrn } from "./events.ts";
import type { KeptFiles } from "./keptFiles.ts";
import { act, attachmentStatus } from "./life.ts";
import { madeUpBytes } from "./madeUpFile.ts";
import { isUuid } from "./model/values.ts";
import { mediaTypeOf } from "./rules/fileNames.ts";
import { lookUpResource } from "./rules/resources.ts";
import type { Action, Attachment, Correspondence } from "./state.ts";
import { hasBeen, isPurged } from "./statuses.ts";
import { receivedOverview } from "./views.ts";
import type { World } from "./world.ts";

/** `GET /correspondence/{id}`: the whole letter, which is Fetched by this. */
export function showToRecipient(world: World, id: string): Answer {
  return withReceived(world, id, (letter) => {
    once(world, letter, "Fetched", "fetched");
    return jsonAnswer(200, receivedOverview(world, letter));
  });
}

/** `GET /correspondence/{id}/attachment/{attachmentId}/download`. */
export async function download(
  world: World,
  id: string,
  attachmentId: string,
  kept: KeptFiles | undefined,
): Promise<Answer> {
  const file = world.attachments.get(attachmentId.toLowerCase());
  const bytes = file && (madeUpOf(file) ?? (file.sha256 === null ? undefined : await kept?.read(file.sha256)));
  return handOut(world, id, file, bytes);
}

/** The same where only files that are made up have bytes. */
export function downloadMadeUp(world: World, id: string, attachmentId: string): Answer {
  const file = world.attachments.get(attachmentId.toLowerCase());
  return handOut(world, id, file, file && madeUpOf(file));
}

function handOut(world: World, id: string, file: Attachment | undefined, bytes: Answer["body"] | undefined): Answer {
  return withReceived(world, id, (letter) => {
    if (file === undefined || !letter.attachmentIds.includes(file.id)) return codedError(2001);
    if (!lookUpResource(file.resourceId).access) return codedError(4001);
    const { status } = attachmentStatus(file);
    if (status === "Purged") return codedError(2019);
    if (status === "Expired") return codedError(2020);
    if (bytes === undefined) return codedError(2001);
    once(world, letter, "AttachmentsDownloaded", "attachmentsDownloaded");
    return { status: 200, body: bytes, contentType: mediaTypeOf(file.fileName) };
  });
}

/** `POST /correspondence/{id}/markasread`. */
export function markAsRead(world: World, id: string): Answer {
  return withReceived(world, id, (letter) => {
    if (!hasBeen(letter.statuses, "Fetched")) return codedError(1024);
    once(world, letter, "Read", "read");
    return jsonAnswer(200, letter.id);
  });
}

/** `POST /correspondence/{id}/confirm`. */
export function confirm(world: World, id: string): Answer {
  return withReceived(world, id, (letter) => {
    if (!hasBeen(letter.statuses, "Fetched")) return codedError(1025);
    if (hasBeen(letter.statuses, "Confirmed")) return codedError(1041);
    act(world, world.now(), letter, "confirmed");
    return jsonAnswer(200, letter.id);
  });
}

/** `DELETE /correspondence/{id}/purge`. */
export function purgeByRecipient(world: World, id: string): Answer {
  const found = isUuid(id) ? world.correspondences.get(id.toLowerCase()) : undefined;
  if (found !== undefined && isToOwner(world, found) && isPurged(found.statuses)) return codedError(1014);
  return withReceived(world, id, (letter) => {
    const isConfirmationDue =
      letter.request.correspondence?.isConfirmationNeeded === true && !hasBeen(letter.statuses, "Confirmed");
    if (isConfirmationDue) return codedError(1026);
    if (letter.isTransmission) return codedError(1043);
    act(world, world.now(), letter, "purgedByRecipient");
    return jsonAnswer(200, letter.id);
  });
}

/** True if the letter is addressed to the organisation that the simulator's tokens are of. */
export function isToOwner(world: World, letter: Correspondence): boolean {
  return letter.recipient === ownerUrn(world.options.owner);
}

/** A letter that its recipient can see: from when it is published until somebody purges it. */
function withReceived(world: World, id: string, answer: (letter: Correspondence) => Answer): Answer {
  if (!isUuid(id)) return modelFailure({ correspondenceId: [`The value '${id}' is not valid.`] });
  const letter = world.correspondences.get(id.toLowerCase());
  if (letter === undefined || !isToOwner(world, letter)) return codedError(1001);
  if (letter.resourceId.startsWith("denied")) return codedError(4001);
  if (!hasBeen(letter.statuses, "Published") || isPurged(letter.statuses)) return codedError(1001);
  return answer(letter);
}

function once(world: World, letter: Correspondence, status: Parameters<typeof hasBeen>[1], action: Action): void {
  if (!hasBeen(letter.statuses, status)) act(world, world.now(), letter, action);
}

function madeUpOf({ id, size, isMadeUp }: Attachment): Iterable<Uint8Array> | undefined {
  return isMadeUp && size !== null ? madeUpBytes(id, size) : undefined;
}
