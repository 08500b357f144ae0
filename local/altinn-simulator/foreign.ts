// What belongs to other service owners: keys that they have used, attachments of theirs.

import { randomUUID } from "node:crypto";
import { addAttachment } from "./attachments.ts";
import { newId } from "./ids.ts";
import { addAttachmentStatus } from "./life.ts";
import { initializeSchema } from "./model/requests.ts";
import type { Correspondence } from "./state.ts";
import type { World } from "./world.ts";

/** The organisation that owns what is not the caller's. */
export const foreignOwner = "310000035";

/** Adds a published attachment of another owner; its id. */
export function addForeignAttachment(world: World): string {
  const attachment = addAttachment(world, "foreign-1", { fileName: "annen.pdf", sendersReference: "f" }, foreignOwner);
  addAttachmentStatus(attachment, "Published", world.now());
  return attachment.id;
}

/** Lets another owner's letter use a key, as can happen to a key that is not random enough. The letter's id. */
export function takeKey(world: World, key: string): string {
  const now = world.now();
  const request = initializeSchema.parse({
    correspondence: { resourceId: "foreign-1", sendersReference: "foreign", content: {} },
    recipients: [],
    idempotentKey: key,
  });
  const correspondence: Correspondence = {
    id: newId(now),
    owner: foreignOwner,
    resourceId: "foreign-1",
    recipient: "urn:altinn:organization:identifier-no:310000000",
    idempotentKey: key.toLowerCase(),
    created: now,
    requestedPublishTime: now,
    dialogId: randomUUID(),
    isTransmission: false,
    attachmentIds: [],
    statuses: [{ status: "Initialized", text: "Initialized", at: now }],
    notifications: [],
    request,
    received: null,
  };
  world.addCorrespondence(correspondence);
  return correspondence.id;
}
