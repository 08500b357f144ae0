// Announcements as producers read them: what the app tells today, and room for what a newer one will tell.
import { z } from "zod";
import type { END_REASONS } from "../shared/altinn/endReason.ts";
import { announcementSchema } from "../shared/announcements/announcement.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import type { NameOf } from "./request.ts";

/** The types of announcements, to compare `type` with. A newer app may announce others. */
export const announcementTypes = {
  /** The letter exists in Altinn. */
  sent: "altinn-correspondence-sender.dispatch.sent",
  /** It will not be sent: use another channel. */
  rejected: "altinn-correspondence-sender.dispatch.rejected",
  /** It could not be sent in time: use another channel. */
  gaveUp: "altinn-correspondence-sender.dispatch.gaveUp",
  /** It was cancelled before it was sent. */
  cancelled: "altinn-correspondence-sender.dispatch.cancelled",
  /** Nobody could find out whether it exists: do not use another channel before someone has looked in Altinn. */
  outcomeUnknown: "altinn-correspondence-sender.dispatch.outcomeUnknown",
  /** The request was known already; with the first one's ids. */
  duplicate: "altinn-correspondence-sender.dispatch.duplicate",
  /** It was to be cancelled, and was with the recipient already. */
  tooLate: "altinn-correspondence-sender.dispatch.tooLate",
  /** What was to be cancelled is not known yet; the cancel waits for it until `keptUntil`. */
  cancelPending: "altinn-correspondence-sender.dispatch.cancelPending",
  /** What was to be cancelled is not known, and did not come in time: nothing was cancelled. */
  cancelUnknown: "altinn-correspondence-sender.dispatch.cancelUnknown",
  reserved: "altinn-correspondence-sender.correspondence.reserved",
  published: "altinn-correspondence-sender.correspondence.published",
  attachmentsDownloaded: "altinn-correspondence-sender.correspondence.attachmentsDownloaded",
  forwarded: "altinn-correspondence-sender.correspondence.forwarded",
  read: "altinn-correspondence-sender.correspondence.read",
  replied: "altinn-correspondence-sender.correspondence.replied",
  confirmed: "altinn-correspondence-sender.correspondence.confirmed",
  archived: "altinn-correspondence-sender.correspondence.archived",
  failed: "altinn-correspondence-sender.correspondence.failed",
  purgedByRecipient: "altinn-correspondence-sender.correspondence.purgedByRecipient",
  purgedByAltinn: "altinn-correspondence-sender.correspondence.purgedByAltinn",
  /** Altinn has it, and has not published it for hours after its time (PUBLISH_WITHIN_HOURS). */
  notPublished: "altinn-correspondence-sender.correspondence.notPublished",
  /** An attachment expires within days, and nobody has read the letter or downloaded its files. */
  attachmentsExpiring: "altinn-correspondence-sender.correspondence.attachmentsExpiring",
  /** The due time passed, and nobody had read it. */
  neverRead: "altinn-correspondence-sender.correspondence.neverRead",
  /** The due time passed, and nobody had confirmed it. */
  neverConfirmed: "altinn-correspondence-sender.correspondence.neverConfirmed",
  /** The recipient could not be notified. */
  notificationFailed: "altinn-correspondence-sender.correspondence.notificationFailed",
  /** It has come to no end for as long as letters are followed (FOLLOW_DAYS), and is not asked about any more. */
  unresolved: "altinn-correspondence-sender.correspondence.unresolved",
} as const;

/** A type of announcement. */
export type AnnouncementType = NameOf<(typeof announcementTypes)[keyof typeof announcementTypes]>;

/** What an announcement tells. Fields that are not listed here are kept as they came. */
export interface AnnouncementData {
  /** The id that you gave the request, or its digest where it had none. */
  readonly requestId?: string | undefined;
  /** The one letter to one recipient; absent when a whole request is meant. */
  readonly dispatchId?: string | undefined;
  /** Altinn's id of the letter, once there is one. */
  readonly correspondenceId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly sendersReference?: string | undefined;
  /** As a URN. */
  readonly recipient?: string | undefined;
  /** The end of a dispatch, or a status of the correspondence: what `type` ends in. */
  readonly status: string;
  /** The status's place in the life of a letter: announcements can come late and in any order, so sort by it. */
  readonly rank?: number | undefined;
  /** The highest status that was known before. */
  readonly previousStatus?: string | undefined;
  /** When it happened, as far as is known. */
  readonly time: string;
  /** Who told. */
  readonly source: string;
  /** Of what is told of a deadline: that deadline. Of `attachmentsExpiring` it is still to come. */
  readonly deadline?: string | undefined;
  /** Why a dispatch ended without a letter, or a letter failed. */
  readonly reason?: NameOf<(typeof END_REASONS)[number]> | undefined;
  /** Altinn's own error code, where there is one. */
  readonly errorCode?: number | undefined;
  /** More about the reason, for people. */
  readonly detail?: string | undefined;
  /** What is wrong with the request, every problem at once. */
  readonly problems?: readonly { readonly path: string; readonly rule: string; readonly message: string }[] | undefined;
  /** Of `sent`: what Altinn took as you wrote it, and you may not have meant; as many as there is room for. */
  readonly warnings?: readonly { readonly path: string; readonly rule: string; readonly message: string }[] | undefined;
  /** Of a request that was refused as a whole: the queue's id of its message, which the SDK gave to whoever put it. */
  readonly messageId?: string | undefined;
  /** Of `cancelPending`: until when the cancel waits for what it names. */
  readonly keptUntil?: string | undefined;
  /** The blob in `correspondence-dead-letters` that keeps the request. */
  readonly deadLetter?: string | undefined;
}

/** What became of a letter: a CloudEvent. */
export interface Announcement {
  readonly specversion: string;
  /** The same for every repetition: pass over those that you have handled. */
  readonly id: string;
  /** The deployment of the app that tells. */
  readonly source: string;
  readonly type: AnnouncementType;
  readonly subject: string;
  readonly time: string;
  /** The trace of the request (CloudEvents' distributed tracing extension): continue it, or link to it. */
  readonly traceparent?: string | undefined;
  /** As the request gave it. */
  readonly tracestate?: string | undefined;
  readonly data: AnnouncementData;
}

// As the app writes it, save that names may be new, and nothing that is unknown is dropped.
const told = announcementSchema.shape.data;
const schema = z.looseObject({
  ...announcementSchema.shape,
  specversion: z.string(),
  datacontenttype: z.string().optional(),
  data: z.looseObject({ ...told.shape, source: z.string(), reason: z.string().optional() }),
});

/** Reads a message of a status queue, raw JSON or base64 of it; undefined if it is no announcement. */
export function readAnnouncement(message: string): Announcement | undefined {
  const decoded = decodeMessage(message);
  return decoded.ok ? schema.safeParse(decoded.value).data : undefined;
}
