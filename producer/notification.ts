// The part of a request that tells the recipient about the letter, as producers write it.
import type { NameOf } from "./request.ts";

type Channel = NameOf<"Email" | "Sms" | "EmailPreferred" | "SmsPreferred" | "EmailAndSms"> | number;
type ContentType = NameOf<"Plain" | "Html"> | number;

/**
 * A notification. With own texts the channel decides which are required: `Email` subject and body, `Sms` the SMS,
 * every other channel all three; for the reminder likewise. No links in any of them.
 */
export interface ProducerNotification {
  /** `CustomMessage` (own texts, the default) or `GenericAltinnMessage` (Altinn's). */
  readonly notificationTemplate?: NameOf<"CustomMessage" | "GenericAltinnMessage"> | number | null | undefined;
  /** `Email` when left out. */
  readonly notificationChannel?: Channel | undefined;
  /** At most 512 characters. */
  readonly emailSubject?: string | null | undefined;
  /** At most 10,000 characters. */
  readonly emailBody?: string | null | undefined;
  /** `Plain` (the default) or `Html`. */
  readonly emailContentType?: ContentType | undefined;
  /** At most 2144 characters. */
  readonly smsBody?: string | null | undefined;
  /** Notify again after seven days if the letter has not been opened. */
  readonly sendReminder?: boolean | undefined;
  /** As `notificationChannel` when left out. */
  readonly reminderNotificationChannel?: Channel | null | undefined;
  readonly reminderEmailSubject?: string | null | undefined;
  readonly reminderEmailBody?: string | null | undefined;
  readonly reminderEmailContentType?: ContentType | null | undefined;
  readonly reminderSmsBody?: string | null | undefined;
  /** Your own reference for the notification. */
  readonly sendersReference?: string | null | undefined;
  /** Deprecated: use `customRecipients`. */
  readonly customRecipient?: ProducerContact | null | undefined;
  /** Others to notify; for one recipient only. */
  readonly customRecipients?: readonly ProducerContact[] | null | undefined;
  /** Deprecated: use `customRecipients`. */
  readonly customNotificationRecipients?: readonly ProducerOverriddenRecipient[] | null | undefined;
  /** Notify `customRecipients` only. */
  readonly overrideRegisteredContactInformation?: boolean | undefined;
}

/** Somebody else to notify: exactly one of the four fields. */
export interface ProducerContact {
  readonly emailAddress?: string | null | undefined;
  /** In international form: `+47...`. */
  readonly mobileNumber?: string | null | undefined;
  /** Nine digits. */
  readonly organizationNumber?: string | null | undefined;
  /** Eleven digits. */
  readonly nationalIdentityNumber?: string | null | undefined;
  /** Read by Altinn, and without effect. */
  readonly isReserved?: boolean | null | undefined;
}

/** Deprecated: others to notify in a recipient's place. */
export interface ProducerOverriddenRecipient {
  readonly recipientToOverride: string;
  readonly recipients: readonly ProducerContact[];
}
