// What Altinn's answers look like: only what is needed is read, and fields that are new or odd are tolerated.
import { z } from "zod";
import type { AttachmentStatus, CorrespondenceStatus } from "./statuses.ts";

/** A correspondence's id, or an attachment's: a UUID of any version, in lower case. */
export const altinnId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
  .transform((id) => id.toLowerCase());

/** An attachment as a correspondence's overview shows it. */
export interface OverviewAttachment {
  readonly id?: string;
  readonly fileName?: string;
  readonly status?: AttachmentStatus;
  /** Altinn's words. May repeat what a user wrote: not for logs. */
  readonly statusText?: string;
}

/** What Altinn tells of a correspondence. Times are epoch milliseconds. Holds personal data: not for logs. */
export interface Overview {
  readonly correspondenceId: string;
  readonly resourceId?: string;
  readonly recipient?: string;
  readonly sendersReference?: string;
  readonly created?: number;
  readonly requestedPublishTime?: number;
  readonly dueDateTime?: number;
  /** Altinn's own: the highest number reached, Fetched left out. */
  readonly status?: CorrespondenceStatus;
  /** The status's name where this app does not know it. */
  readonly unknownStatus?: string;
  /** Altinn's words. May hold personal data: not for logs. */
  readonly statusText?: string;
  readonly statusChanged?: number;
  readonly published?: number;
  readonly read?: number;
  readonly isConfirmationNeeded: boolean;
  /** The orders that notification events refer to; details do not tell them. */
  readonly notificationOrderIds: readonly string[];
  readonly attachments: readonly OverviewAttachment[];
}

/** One status that a correspondence has had. */
export interface StatusEntry {
  readonly status?: CorrespondenceStatus;
  readonly unknownStatus?: string;
  readonly statusChanged?: number;
}

/** How one notification went. */
export interface NotificationState {
  readonly isReminder: boolean;
  readonly channel?: string;
  /** The order's state, such as `Order_Completed`. */
  readonly orderStatus?: string;
  /** The states of its e-mails and text messages, such as `Email_Delivered`. */
  readonly sendStatuses: readonly string[];
}

/** An overview with its history. */
export interface Details extends Overview {
  readonly statusHistory: readonly StatusEntry[];
  readonly notifications: readonly NotificationState[];
}

/** What Altinn tells of an attachment. */
export interface AttachmentOverview {
  readonly attachmentId: string;
  readonly status?: AttachmentStatus;
  readonly unknownStatus?: string;
  /** Altinn's words: not for logs. */
  readonly statusText?: string;
  readonly correspondenceIds: readonly string[];
  readonly fileName?: string;
  readonly checksum?: string;
}
