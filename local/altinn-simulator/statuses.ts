// The statuses of correspondences and attachments, and which of them is the current one.

import { z } from "zod";

/** The statuses of a correspondence, each at Altinn's number. */
export const statusNames = [
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

export const statusSchema = z.object({ status: z.enum(statusNames), text: z.string(), at: z.number() });

/** One status of a correspondence: its text, and when it was reached (milliseconds). */
export type StatusEntry = z.infer<typeof statusSchema>;
export type StatusName = StatusEntry["status"];

export const attachmentStatusSchema = z.object({
  status: z.enum(["Initialized", "UploadProcessing", "Published", "Purged", "Failed", "Expired"]),
  text: z.string(),
  at: z.number(),
});
export type AttachmentStatusEntry = z.infer<typeof attachmentStatusSchema>;

/** The status that Altinn shows: the highest number reached, Fetched left out; of several, the latest. */
export function highestStatus(entries: readonly StatusEntry[]): StatusEntry {
  const rank = (entry: StatusEntry): number => (entry.status === "Fetched" ? -1 : statusNames.indexOf(entry.status));
  const [first, ...rest] = entries;
  if (first === undefined) throw new Error("a correspondence has at least one status");
  return rest.reduce((best, entry) => (rank(entry) >= rank(best) ? entry : best), first);
}

/** True when the correspondence has at some time had one of these statuses. */
export function hasBeen(entries: readonly StatusEntry[], ...names: readonly StatusName[]): boolean {
  return entries.some((entry) => names.includes(entry.status));
}

/** True once somebody has purged it. */
export function isPurged(entries: readonly StatusEntry[]): boolean {
  return hasBeen(entries, "PurgedByRecipient", "PurgedByAltinn");
}
