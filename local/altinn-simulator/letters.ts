// Creates correspondences: the model's rules, access, the idempotent key, the business rules, then the letters themselves.

import { randomUUID } from "node:crypto";
import { type Answer, codedError, jsonAnswer, modelFailure, unhandledError } from "./answer.ts";
import { addAttachment, storeFile } from "./attachments.ts";
import { emitLetter } from "./events.ts";
import { newId } from "./ids.ts";
import { addStatus, allPublished, isReserved, schedulePublish } from "./life.ts";
import { readForm, UnreadableForm } from "./model/form.ts";
import { type Reading, readJson } from "./model/json.ts";
import { type InitializeRequest, initializeSchema, type LetterRequest } from "./model/requests.ts";
import { initializeShape } from "./model/shape.ts";
import type { ReceivedForm } from "./multipart.ts";
import type { ReceivedFile } from "./receivedFile.ts";
import { initializeFailures, ServerFailure } from "./rules/annotations.ts";
import { businessRefusal } from "./rules/business.ts";
import { canonicalRecipient } from "./rules/recipients.ts";
import { lookUpResource, mayUse } from "./rules/resources.ts";
import { breaksStorage } from "./rules/storage.ts";
import { dialogReference } from "./rules/transmission.ts";
import type { Attachment, Correspondence } from "./state.ts";
import type { World } from "./world.ts";

/** `POST /correspondence`. */
export function initializeByJson(world: World, body: string): Answer {
  const text = body.replace(/^\ufeff/u, "");
  const read = readJson(text, initializeShape, "request");
  return initialize(world, read, [], read.ok ? JSON.parse(text) : undefined);
}

/** `POST /correspondence/upload`. */
export function initializeByForm(world: World, form: ReceivedForm): Answer {
  try {
    return initialize(world, readForm(form.fields, initializeShape), form.files, Object.fromEntries(form.fields));
  } catch (error) {
    if (error instanceof UnreadableForm) return unhandledError();
    throw error;
  }
}

function initialize(world: World, read: Reading, files: readonly ReceivedFile[], received: unknown): Answer {
  if (!read.ok) return modelFailure(read.fields);
  const request = initializeSchema.parse(read.value);
  try {
    const failures = initializeFailures(request);
    if (failures !== null) return modelFailure(failures);
  } catch (error) {
    if (error instanceof ServerFailure) return unhandledError();
    throw error;
  }
  const letter = request.correspondence;
  if (!letter) return unhandledError();
  const recipients = (request.recipients ?? []).map((recipient) => canonicalRecipient(recipient ?? ""));
  // It becomes part of an address.
  if (letter.resourceId?.includes("?") === true) return unhandledError();
  const resource = lookUpResource(letter.resourceId ?? "");
  if (!resource.exists) return codedError(1036);
  if (!mayUse(resource, world.options.owner)) return codedError(4001);
  const key = request.idempotentKey ?? null;
  if (key !== null && recipients.length > 1) return codedError(1047);
  if (key !== null && world.byKey.has(key)) return codedError(1034);
  const refusal = businessRefusal(world, { request, letter, recipients, resource, files });
  if (refusal !== undefined) return refusal;
  if (breaksStorage(request, world.now())) return unhandledError();
  const uploaded = uploadFiles(world, resource.id, letter, files);
  if (typeof uploaded === "number") return codedError(uploaded);
  const attachments = [
    ...uploaded,
    ...(request.existingAttachments ?? []).map((id) => world.attachments.get(id)).filter((file) => file !== undefined),
  ];
  return create(world, { request, letter, recipients, resourceId: resource.id, key, received }, [
    ...new Set(attachments),
  ]);
}

/** Stores the files of a multipart request; they stay when the request fails later. The error number of one that is wrong. */
function uploadFiles(
  world: World,
  resourceId: string,
  letter: LetterRequest,
  files: readonly ReceivedFile[],
): Attachment[] | number {
  const stored: Attachment[] = [];
  const announced = (letter.content?.attachments ?? []).filter((attachment) => attachment !== null);
  for (const metadata of announced) {
    const file = files.find(({ name }) => name === metadata.fileName);
    if (file === undefined) return 1005;
    const attachment = addAttachment(world, resourceId, metadata);
    const error = storeFile(world, attachment, file);
    if (error !== undefined) return error;
    stored.push(attachment);
  }
  return stored;
}

interface Order {
  readonly request: InitializeRequest;
  readonly letter: LetterRequest;
  readonly recipients: readonly string[];
  readonly resourceId: string;
  readonly key: string | null;
  readonly received: unknown;
}

function create(world: World, order: Order, attachments: readonly Attachment[]): Answer {
  const attachmentIds = attachments.map(({ id }) => id);
  const created = order.recipients.map((recipient) => createOne(world, order, recipient, attachmentIds));
  return jsonAnswer(200, {
    correspondences: created.map((correspondence) => ({
      correspondenceId: correspondence.id,
      status: correspondence.statuses.at(-1)?.status,
      recipient: correspondence.recipient,
      notifications: null,
    })),
    attachmentIds,
  });
}

function createOne(world: World, order: Order, recipient: string, attachmentIds: string[]): Correspondence {
  const now = world.now();
  const { letter } = order;
  const dialog = dialogReference(letter);
  const correspondence: Correspondence = {
    id: newId(now),
    owner: world.options.owner,
    resourceId: order.resourceId,
    recipient,
    idempotentKey: order.key,
    created: now,
    requestedPublishTime: letter.requestedPublishTime ?? now,
    dialogId: randomUUID(),
    isTransmission: dialog !== undefined,
    attachmentIds,
    statuses: [{ status: "Initialized", text: "Initialized", at: now }],
    notifications: [],
    request: order.request,
    received: order.received,
  };
  world.addCorrespondence(correspondence);
  for (const id of attachmentIds) world.attachments.get(id)?.correspondenceIds.push(correspondence.id);
  if (isReserved(recipient, letter.ignoreReservation === true)) {
    addStatus(correspondence, "Reserved", now);
    schedulePublish(world, now, correspondence);
    return correspondence;
  }
  emitLetter(world, now, correspondence, "correspondenceinitialized");
  if (allPublished(world, attachmentIds)) {
    addStatus(correspondence, "ReadyForPublish", now);
    schedulePublish(world, now, correspondence);
  }
  if (typeof letter.dueDateTime === "number") {
    world.schedule(letter.dueDateTime, { kind: "due", correspondenceId: correspondence.id });
  }
  return correspondence;
}
