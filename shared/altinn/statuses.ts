// The statuses of correspondences and attachments, as Altinn names and numbers them.

/** Statuses of a correspondence; each stands at the index that is Altinn's number for it. */
export const CORRESPONDENCE_STATUSES = [
  "Initialized",
  "ReadyForPublish",
  "Published",
  "Fetched",
  "Read",
  "Replied",
  "Confirmed",
  "PurgedByRecipient",
  "PurgedByAltinn",
  "Archived",
  "Reserved",
  "Failed",
  "AttachmentsDownloaded",
  "Forwarded",
] as const;

/** A status of a correspondence, as Altinn names it. */
export type CorrespondenceStatus = (typeof CORRESPONDENCE_STATUSES)[number];

/** Statuses of an attachment; Altinn lists them in this order. */
const ATTACHMENT_STATUSES = ["Initialized", "UploadProcessing", "Published", "Purged", "Failed", "Expired"] as const;

/** A status of an attachment, as Altinn names it. */
export type AttachmentStatus = (typeof ATTACHMENT_STATUSES)[number];

const correspondenceByName = byName(CORRESPONDENCE_STATUSES);
const attachmentByName = byName(ATTACHMENT_STATUSES);

/** The status of a correspondence that a name in any case, or Altinn's number, stands for; undefined for any other. */
export function parseStatus(value: unknown): CorrespondenceStatus | undefined {
  if (typeof value === "number") return CORRESPONDENCE_STATUSES[value];
  return typeof value === "string" ? correspondenceByName.get(value.toLowerCase()) : undefined;
}

/** The status of an attachment that a name in any case stands for; undefined for any other. */
export function parseAttachmentStatus(value: unknown): AttachmentStatus | undefined {
  return typeof value === "string" ? attachmentByName.get(value.toLowerCase()) : undefined;
}

/** Altinn's number for a status. */
export function statusNumber(status: CorrespondenceStatus): number {
  return CORRESPONDENCE_STATUSES.indexOf(status);
}

function byName<T extends string>(names: readonly T[]): ReadonlyMap<string, T> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}
