// Letters that others send to the organisation.

import { z } from "zod";
import { addAttachment } from "./attachments.ts";
import { ownerUrn } from "./events.ts";
import { foreignOwner } from "./foreign.ts";
import { newId } from "./ids.ts";
import { addAttachmentStatus, addStatus, schedulePublish } from "./life.ts";
import { madeUpChecksum } from "./madeUpFile.ts";
import { initializeSchema } from "./model/requests.ts";
import type { Correspondence } from "./state.ts";
import type { World } from "./world.ts";

/** A letter to the organisation. Its files have bytes that are made up. */
export const incomingSchema = z.object({
  /** Its id, if it is to have a certain one. */
  id: z.guid().optional(),
  resourceId: z.string(),
  title: z.string().default("Et brev"),
  body: z.string().default("Hei."),
  sendersReference: z.string().default("ref-1"),
  isConfirmationNeeded: z.boolean().default(false),
  /** Milliseconds. */
  dueDateTime: z.number().optional(),
  /** Milliseconds; at once when left out. */
  requestedPublishTime: z.number().optional(),
  files: z
    .array(
      z.object({
        fileName: z.string(),
        size: z.number().int().nonnegative(),
        /** Said instead of the file's own MD5; an empty text: none is said. */
        checksum: z.string().optional(),
        /** The resource that it belongs to, if not the letter's. */
        resourceId: z.string().optional(),
      }),
    )
    .default([]),
});

/** What is sent to the organisation. */
export type Incoming = z.input<typeof incomingSchema>;

/** Sends a letter to the organisation; its id. It is published a while after its publish time, as any other. */
export function sendToOwner(world: World, incoming: Incoming): string {
  const { resourceId, title, body, sendersReference, files, ...letter } = incomingSchema.parse(incoming);
  const now = world.now();
  const attachmentIds = files.map((file) => {
    const attachment = addAttachment(
      world,
      file.resourceId ?? resourceId,
      { fileName: file.fileName, sendersReference: "f" },
      foreignOwner,
    );
    attachment.isMadeUp = true;
    attachment.size = file.size;
    attachment.checksum = file.checksum ?? madeUpChecksum(attachment.id, file.size);
    addAttachmentStatus(attachment, "Published", now);
    return attachment.id;
  });
  const content = { messageTitle: title, messageBody: body };
  const { id = newId(now), requestedPublishTime = now } = letter;
  const correspondence: Correspondence = {
    id,
    owner: foreignOwner,
    resourceId,
    recipient: ownerUrn(world.options.owner),
    idempotentKey: null,
    created: now,
    requestedPublishTime,
    dialogId: crypto.randomUUID(),
    isTransmission: false,
    attachmentIds,
    statuses: [{ status: "Initialized", text: "Initialized", at: now }],
    notifications: [],
    request: initializeSchema.parse({ correspondence: { resourceId, sendersReference, content, ...letter } }),
    received: null,
  };
  world.addCorrespondence(correspondence);
  for (const id of attachmentIds) world.attachments.get(id)?.correspondenceIds.push(correspondence.id);
  addStatus(correspondence, "ReadyForPublish", now);
  schedulePublish(world, now, correspondence);
  return correspondence.id;
}
