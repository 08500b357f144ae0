// What Altinn's answers look like: only what is needed is read, and fields that are new or odd are tolerated.
import * as z from "zod";
import { type AttachmentStatus, type CorrespondenceStatus, parseAttachmentStatus, parseStatus } from "./statuses.ts";

/** A correspondence's id, or an attachment's: a UUID of any version, in lower case. */
export const altinnId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
  .transform((id) => id.toLowerCase());

/** The answer to `POST /correspondence`. */
export const initialized = z.object({
  correspondences: z.tuple([z.object({ correspondenceId: altinnId, status: z.unknown().optional() })], z.unknown()),
  attachmentIds: z.array(altinnId).catch([]),
});

/** The answer to `GET /correspondence`. */
export const idList = z.object({ ids: z.array(altinnId) });

/** An attachment as a correspondence's overview shows it. */
export interface OverviewAttachment {
  readonly id?: string | undefined;
  readonly fileName?: string | undefined;
  readonly status?: AttachmentStatus | undefined;
  /** Altinn's words. May repeat what a user wrote: not for logs. */
  readonly statusText?: string | undefined;
}

/** What Altinn tells of a correspondence. Times are epoch milliseconds. Holds personal data: not for logs. */
export interface Overview {
  readonly correspondenceId: string;
  readonly resourceId?: string | undefined;
  readonly recipient?: string | undefined;
  readonly sendersReference?: string | undefined;
  readonly created?: number | undefined;
  readonly requestedPublishTime?: number | undefined;
  readonly dueDateTime?: number | undefined;
  /** Altinn's own: the highest number reached, Fetched left out. */
  readonly status?: CorrespondenceStatus | undefined;
  /** The status's name where this app does not know it. */
  readonly unknownStatus?: string | undefined;
  /** Altinn's words. May hold personal data: not for logs. */
  readonly statusText?: string | undefined;
  readonly statusChanged?: number | undefined;
  readonly published?: number | undefined;
  readonly read?: number | undefined;
  readonly isConfirmationNeeded: boolean;
  /** The orders that notification events refer to; details do not tell them. */
  readonly notificationOrderIds: readonly string[];
  readonly attachments: readonly OverviewAttachment[];
}

/** One status that a correspondence has had. */
export interface StatusEntry {
  readonly status?: CorrespondenceStatus | undefined;
  readonly unknownStatus?: string | undefined;
  readonly statusChanged?: number | undefined;
}

/** How one notification went. */
export interface NotificationState {
  readonly isReminder: boolean;
  readonly channel?: string | undefined;
  /** The order's state, such as `Order_Completed`. */
  readonly orderStatus?: string | undefined;
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
  readonly status?: AttachmentStatus | undefined;
  readonly unknownStatus?: string | undefined;
  /** Altinn's words: not for logs. */
  readonly statusText?: string | undefined;
  readonly correspondenceIds: readonly string[];
  readonly fileName?: string | undefined;
  readonly checksum?: string | undefined;
}

const text = z.string().optional().catch(undefined);

/** A time in epoch milliseconds. .NET writes some without a zone: those are UTC. */
const time = z.string().transform(parseTime).optional().catch(undefined);

const optionalId = altinnId.optional().catch(undefined);
const isTrue = z.boolean().catch(false);

/** A list whose odd entries are left out. */
function listOf<T>(entry: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) => entries.flatMap((value) => entry.safeParse(value).data ?? []));
}

const overviewFields = z.object({
  correspondenceId: altinnId,
  resourceId: z.string().transform(withoutResourcePrefix).optional().catch(undefined),
  recipient: text,
  sendersReference: text,
  created: time,
  requestedPublishTime: time,
  dueDateTime: time,
  status: z.unknown().optional(),
  statusText: text,
  statusChanged: time,
  published: time,
  read: time,
  isConfirmationNeeded: isTrue,
  notifications: listOf(z.object({ notificationOrderId: altinnId })),
  content: z
    .object({
      attachments: listOf(
        z.object({ id: optionalId, fileName: text, status: z.unknown().optional(), statusText: text }),
      ),
    })
    .catch({ attachments: [] }),
});

/** The answer to `GET /correspondence/{id}`. */
export const overview = overviewFields.transform(overviewOf);

function overviewOf({ notifications, content, status, ...rest }: z.output<typeof overviewFields>): Overview {
  return {
    ...rest,
    ...known(status, parseStatus(status)),
    notificationOrderIds: [...new Set(notifications.map(({ notificationOrderId }) => notificationOrderId))],
    attachments: content.attachments.map((file) => ({ ...file, status: parseAttachmentStatus(file.status) })),
  };
}

const sendStatus = z.object({ sendStatus: z.object({ status: z.string() }) });

const notificationState = z.object({
  isReminder: isTrue,
  notificationChannel: text,
  processingStatus: z.object({ status: text }).optional().catch(undefined),
  notificationStatusDetails: z
    .object({ emails: listOf(sendStatus), smses: listOf(sendStatus) })
    .catch({ emails: [], smses: [] }),
});

const historyFields = z.object({
  statusHistory: listOf(z.object({ status: z.unknown().optional(), statusChanged: time })),
  notifications: listOf(notificationState),
});

/** The answer to `GET /correspondence/{id}/details`. */
export const details = z.unknown().transform((value, context): Details => {
  const parsed = overview.safeParse(value);
  const history = historyFields.safeParse(value);
  if (!parsed.success || !history.success) {
    context.addIssue({ code: "custom", message: "Is not a correspondence." });
    return z.NEVER;
  }
  return {
    ...parsed.data,
    statusHistory: history.data.statusHistory.map(({ status, statusChanged }) => ({
      ...known(status, parseStatus(status)),
      statusChanged,
    })),
    notifications: history.data.notifications.map((notification) => ({
      isReminder: notification.isReminder,
      channel: notification.notificationChannel,
      orderStatus: notification.processingStatus?.status,
      sendStatuses: [
        ...notification.notificationStatusDetails.emails,
        ...notification.notificationStatusDetails.smses,
      ].map((sent) => sent.sendStatus.status),
    })),
  };
});

const attachmentFields = z.object({
  attachmentId: altinnId,
  status: z.unknown().optional(),
  statusText: text,
  correspondenceIds: listOf(altinnId),
  fileName: text,
  checksum: text,
});

/** The answer to `GET /attachment/{id}`. */
export const attachmentOverview = attachmentFields.transform(
  ({ status, ...rest }): AttachmentOverview => ({
    ...rest,
    ...known(status, parseAttachmentStatus(status)),
  }),
);

/** A status that is known, or the name of one that is not. */
function known<T>(told: unknown, status: T | undefined): { status?: T; unknownStatus?: string } {
  if (status !== undefined) return { status };
  return typeof told === "string" || typeof told === "number" ? { unknownStatus: String(told).slice(0, 100) } : {};
}

/** A resource id without `urn:altinn:resource:`, which Altinn's lists do not understand. */
export function withoutResourcePrefix(resourceId: string): string {
  return resourceId.replace(/^urn:altinn:resource:/i, "");
}

/** Epoch milliseconds of an RFC 3339 time, with or without a zone (then UTC); undefined for anything else. */
export function parseTime(written: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?$/.exec(written.trim());
  if (match === null) return undefined;
  const at = Date.parse(`${match[1]}T${match[2]}${match[3]?.toUpperCase() ?? "Z"}`);
  return Number.isNaN(at) ? undefined : at;
}
