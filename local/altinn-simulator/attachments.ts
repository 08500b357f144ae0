// Attachments on their own: announced, uploaded, scanned, purged.

import { type Answer, codedError, emptyAnswer, jsonAnswer, modelFailure, unhandledError } from "./answer.ts";
import { emit } from "./events.ts";
import { newId } from "./ids.ts";
import { addAttachmentStatus, attachmentStatus } from "./life.ts";
import { readJson } from "./model/json.ts";
import { type AttachmentRequest, initializeAttachmentSchema } from "./model/requests.ts";
import { initializeAttachmentShape } from "./model/shape.ts";
import type { ReceivedFile } from "./receivedFile.ts";
import { attachmentFailures } from "./rules/annotations.ts";
import { fileNameError } from "./rules/fileNames.ts";
import { lookUpResource, mayUse } from "./rules/resources.ts";
import { breaksAttachmentStorage } from "./rules/storage.ts";
import type { Attachment } from "./state.ts";
import { isPurged } from "./statuses.ts";
import { attachmentOverview } from "./views.ts";
import type { World } from "./world.ts";

/** `POST /attachment`. */
export function initializeAttachment(world: World, body: string): Answer {
  const read = readJson(body, initializeAttachmentShape, "InitializeAttachmentExt");
  if (!read.ok) return modelFailure(read.fields);
  const request = initializeAttachmentSchema.parse(read.value);
  const failures = attachmentFailures(request);
  if (failures !== null) return modelFailure(failures);
  const resource = lookUpResource(request.resourceId ?? "");
  if (!resource.exists) return codedError(1036);
  if (!mayUse(resource, world.options.owner)) return codedError(4001);
  if (resource.kind === "app") return codedError(4009);
  const error = fileNameError(request.fileName ?? "") ?? expirationError(request);
  if (error !== undefined) return codedError(error);
  if (breaksAttachmentStorage(request)) return unhandledError();
  const attachment = addAttachment(world, resource.id, request);
  emit(world, world.now(), {
    type: "attachmentinitialized",
    source: "attachment",
    resourceId: resource.id,
    instance: attachment.id,
  });
  return jsonAnswer(200, attachment.id);
}

/** The error number of an expiration that Altinn refuses. */
export function expirationError(request: AttachmentRequest): number | undefined {
  const days = request.expirationInDays;
  return typeof days === "number" && days < 1 ? 2017 : undefined;
}

/** Remembers a file that is announced and not yet uploaded. */
export function addAttachment(
  world: World,
  resourceId: string,
  request: AttachmentRequest,
  owner: string = world.options.owner,
): Attachment {
  const now = world.now();
  const attachment: Attachment = {
    id: newId(now),
    resourceId,
    owner,
    fileName: request.fileName ?? "",
    displayName: request.displayName ?? null,
    isEncrypted: request.isEncrypted ?? false,
    checksum: request.checksum ?? "",
    sendersReference: request.sendersReference ?? "",
    expirationInDays: request.expirationInDays ?? null,
    created: now,
    size: null,
    sha256: null,
    infected: false,
    isMadeUp: false,
    statuses: [{ status: "Initialized", text: "Initialized", at: now }],
    correspondenceIds: [],
  };
  world.addAttachment(attachment);
  return attachment;
}

/** Of a file that is uploaded by itself: 50 GB, as Altinn counts. */
const mostBytes = 50_000_000_000;

/** Why an upload of so many bytes (0: unknown) may not begin; undefined when it may. */
export function uploadRefusal(world: World, id: string, announced = 0): Answer | undefined {
  const attachment = world.attachments.get(id);
  if (attachment === undefined) return codedError(2001);
  if (attachment.owner !== world.options.owner) return codedError(4001);
  if (announced > mostBytes) return codedError(2004);
  return attachmentStatus(attachment).status === "Initialized" ? undefined : codedError(2005);
}

/** `POST /attachment/{id}/upload`, once the bytes are in. */
export function uploadAttachment(world: World, id: string, file: ReceivedFile): Answer {
  const refusal = uploadRefusal(world, id);
  const attachment = world.attachments.get(id);
  if (refusal !== undefined || attachment === undefined) return refusal ?? codedError(2001);
  const error = storeFile(world, attachment, file);
  return error === undefined ? jsonAnswer(200, attachmentOverview(attachment)) : codedError(error);
}

/** Takes in the bytes of a file and begins the scan. The error number when they are not the ones that were announced. */
export function storeFile(world: World, attachment: Attachment, file: ReceivedFile): number | undefined {
  const now = world.now();
  if (file.size === 0) return 2004;
  addAttachmentStatus(attachment, "UploadProcessing", now);
  if (attachment.checksum.trim() !== "" && attachment.checksum !== file.md5) {
    addAttachmentStatus(attachment, "Failed", now, "Checksum mismatch");
    return 2008;
  }
  attachment.checksum = file.md5;
  attachment.size = file.size;
  attachment.sha256 = file.sha256;
  attachment.infected = file.infected || attachment.fileName.toLowerCase().includes("eicar");
  world.schedule(now + world.options.scanMs, { kind: "scan", attachmentId: attachment.id });
  return undefined;
}

/** `GET /attachment/{id}`. */
export function showAttachment(world: World, id: string): Answer {
  const attachment = world.attachments.get(id);
  if (attachment === undefined) return codedError(2001);
  if (attachment.owner !== world.options.owner) return codedError(4001);
  return jsonAnswer(200, attachmentOverview(attachment));
}

/** `DELETE /attachment/{id}`. */
export function purgeAttachment(world: World, id: string): Answer {
  const attachment = world.attachments.get(id);
  if (attachment === undefined) return codedError(2001);
  if (attachment.owner !== world.options.owner) return codedError(4001);
  if (attachmentStatus(attachment).status === "Purged") return codedError(2006);
  const used = attachment.correspondenceIds.some((letterId) => {
    const letter = world.correspondences.get(letterId);
    return letter !== undefined && !isPurged(letter.statuses);
  });
  if (used) return codedError(2007);
  addAttachmentStatus(attachment, "Purged", world.now());
  return emptyAnswer(204);
}
