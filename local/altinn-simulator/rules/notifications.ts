// What a notification must have (3001 to 3025).

import type { CustomRecipient, NotificationRequest } from "../model/requests.ts";
import { isEmailAddress, isMobileNumber } from "./contacts.ts";

/** The channels, at their numbers. */
export const channels = ["Email", "Sms", "EmailPreferred", "SmsPreferred", "EmailAndSms"] as const;

const custom = 0;
const generic = 1;

/** The error number of a notification that Altinn refuses. */
export function notificationError(notification: NotificationRequest, recipients: number): number | undefined {
  const template = notification.notificationTemplate ?? custom;
  if (template !== custom && template !== generic) return 3001;
  return (
    customRecipientsError(notification, recipients) ?? (template === custom ? textsError(notification) : undefined)
  );
}

/** The custom recipients, whichever of the three ways they were given in. */
export function customRecipientsOf(notification: NotificationRequest): CustomRecipient[] {
  const listed = (notification.customRecipients ?? []).filter((recipient) => recipient !== null);
  if (listed.length > 0) return listed;
  if (notification.customRecipient) return [notification.customRecipient];
  return (notification.customNotificationRecipients ?? [])
    .flatMap((overridden) => overridden?.recipients ?? [])
    .filter((recipient) => recipient !== null);
}

function customRecipientsError(notification: NotificationRequest, recipients: number): number | undefined {
  const listed = customRecipientsOf(notification);
  if (notification.overrideRegisteredContactInformation === true && listed.length === 0) return 3022;
  if (listed.length === 0) return undefined;
  if (recipients > 1) return 3017;
  const byAddress = listed.some(({ emailAddress, mobileNumber }) => emailAddress || mobileNumber);
  const texts = [
    notification.emailSubject,
    notification.emailBody,
    notification.smsBody,
    notification.reminderEmailSubject,
    notification.reminderEmailBody,
    notification.reminderSmsBody,
  ];
  if (byAddress && texts.some((text) => (text ?? "").toLowerCase().includes("$recipientname$"))) return 3015;
  for (const recipient of listed) {
    const error = identifierError(recipient);
    if (error !== undefined) return error;
  }
  return undefined;
}

function identifierError(recipient: CustomRecipient): number | undefined {
  const { emailAddress, mobileNumber, organizationNumber, nationalIdentityNumber } = recipient;
  const given = [emailAddress, mobileNumber, organizationNumber, nationalIdentityNumber].filter(Boolean).length;
  if (given === 0) return 3019;
  if (given > 1) return 3018;
  if (typeof emailAddress === "string" && !isEmailAddress(emailAddress)) return 3011;
  if (typeof mobileNumber === "string" && !isMobileNumber(mobileNumber)) return 3012;
  return undefined;
}

function textsError(notification: NotificationRequest): number | undefined {
  const channel = notification.notificationChannel ?? 0;
  const main = channelError(
    channel,
    notification.emailSubject,
    notification.emailBody,
    notification.smsBody,
    [3002, 3004, 3006, 3024],
  );
  if (main !== undefined || notification.sendReminder !== true) return main;
  return channelError(
    notification.reminderNotificationChannel ?? channel,
    notification.reminderEmailSubject,
    notification.reminderEmailBody,
    notification.reminderSmsBody,
    [3003, 3005, 3007, 3025],
  );
}

type Text = string | null | undefined;

/** `codes`: for e-mail, SMS, a preferred channel, and both. */
function channelError(
  channel: number,
  subject: Text,
  body: Text,
  sms: Text,
  codes: readonly [number, number, number, number],
): number | undefined {
  const email = Boolean(subject) && Boolean(body);
  switch (channels[channel]) {
    case "Email":
      return email ? undefined : codes[0];
    case "Sms":
      return sms ? undefined : codes[1];
    case "EmailPreferred":
    case "SmsPreferred":
      return email && sms ? undefined : codes[2];
    case "EmailAndSms":
      return email && sms ? undefined : codes[3];
    default:
      return undefined;
  }
}
