// The e-mails and SMS that Altinn would send to tell of a letter, with their texts as they would be read.

import type { Message } from "../../../pages/inbox/model.ts";
import type { CustomRecipient, NotificationRequest } from "../model/requests.ts";
import { channels, customRecipientsOf } from "../rules/notifications.ts";
import { registeredName } from "../rules/recipients.ts";
import type { Correspondence } from "../state.ts";
import { hasBeen } from "../statuses.ts";

/** What the contact register has for everybody. */
const REGISTERED = { email: "mottaker@example.com", sms: "+4799999999" } as const;

/** A reminder goes out so long after the letter was published, unless it has been read. */
const REMINDER_AFTER_MS = 7 * 24 * 60 * 60_000;

const GENERIC = 1;
const HTML = 1;

interface Texts {
  readonly subject: string;
  readonly body: string;
  readonly sms: string;
  readonly isHtml: boolean;
}

/** All messages of a letter at a time (milliseconds): those that went out, and those that are to. */
export function messagesOf(letter: Correspondence, now: number): Message[] {
  const notification = letter.request.correspondence?.notification;
  if (!notification) return [];
  const published = letter.statuses.find(({ status }) => status === "Published")?.at ?? null;
  const failed = letter.notifications.some((sent) => sent.failed);
  const main = notification.notificationChannel ?? 0;
  const each = (isReminder: boolean, channel: number): Message[] => {
    const at = published === null || !isReminder ? published : published + REMINDER_AFTER_MS;
    const state = stateOf(letter, { at, isReminder, failed, now });
    const texts = filledIn(textsOf(notification, isReminder, languageOf(letter)), letter);
    return addresses(notification, channel).map(({ channel, to }) => ({
      channel,
      to,
      subject: channel === "email" ? texts.subject : null,
      body: channel === "email" ? texts.body : texts.sms,
      isHtml: channel === "email" && texts.isHtml,
      isReminder,
      state,
      at,
    }));
  };
  const reminders =
    notification.sendReminder === true ? each(true, notification.reminderNotificationChannel ?? main) : [];
  return [...each(false, main), ...reminders];
}

function stateOf(
  { statuses }: Correspondence,
  when: { readonly at: number | null; readonly isReminder: boolean; readonly failed: boolean; readonly now: number },
): Message["state"] {
  const { at, isReminder, failed, now } = when;
  const read = statuses.find(({ status }) => status === "Read" || status === "Confirmed")?.at;
  if (isReminder && read !== undefined && (at === null || read <= at)) return "notNeeded";
  if (hasBeen(statuses, "Failed") || (at !== null && failed && at <= now)) return "failed";
  return at !== null && at <= now ? "sent" : "planned";
}

interface Address {
  readonly channel: Message["channel"];
  readonly to: string;
}

/** Where the messages of a channel go: everybody has both an address and a number, so a preferred channel is the one used. */
function addresses(notification: NotificationRequest, channel: number): Address[] {
  const name = channels[channel] ?? "Email";
  const used: readonly Message["channel"][] =
    name === "EmailAndSms" ? ["email", "sms"] : name === "Sms" || name === "SmsPreferred" ? ["sms"] : ["email"];
  const registered = used.map((kind): Address => ({ channel: kind, to: REGISTERED[kind] }));
  const custom = customRecipientsOf(notification).flatMap((recipient) => customAddress(recipient) ?? registered);
  return notification.overrideRegisteredContactInformation === true ? custom : [...registered, ...custom];
}

function customAddress({ emailAddress, mobileNumber }: CustomRecipient): Address | undefined {
  if (emailAddress) return { channel: "email", to: emailAddress };
  return mobileNumber ? { channel: "sms", to: mobileNumber } : undefined;
}

function textsOf(notification: NotificationRequest, isReminder: boolean, language: string): Texts {
  const own = {
    subject: (isReminder ? notification.reminderEmailSubject : notification.emailSubject) ?? "",
    body: (isReminder ? notification.reminderEmailBody : notification.emailBody) ?? "",
    sms: (isReminder ? notification.reminderSmsBody : notification.smsBody) ?? "",
  };
  const type = isReminder ? notification.reminderEmailContentType : notification.emailContentType;
  const isHtml = type === HTML;
  if (notification.notificationTemplate !== GENERIC) return { ...own, isHtml };
  const { subject, body } = (GENERIC_TEXTS[language] ?? GENERIC_TEXTS.nb)[isReminder ? "reminder" : "first"];
  const filled = (template: string, token: string) =>
    template.replace("{textToken}", () => (token === "" ? "" : `${token} `)).trim();
  return { subject: filled(subject, own.subject), body: filled(body, own.body), sms: filled(body, own.sms), isHtml };
}

function filledIn({ subject, body, sms, isHtml }: Texts, letter: Correspondence): Texts {
  const { recipient } = letter;
  const [, number = ""] = /^urn:altinn:organization:identifier-no:(\d+)$/u.exec(recipient) ?? [];
  const name = registeredName(recipient);
  const values: Readonly<Record<string, string>> = {
    $recipientName$: name,
    $correspondenceRecipientName$: name,
    $recipientNumber$: number,
    $sendersName$: senderOf(letter),
  };
  const fill = (text: string) => text.replaceAll(/\$[A-Za-z]+\$/gu, (keyword) => values[keyword] ?? keyword);
  return { subject: fill(subject), body: fill(body), sms: fill(sms), isHtml };
}

/** The name that a letter gives as its sender's, or else the service owner's own, which is made up here. */
export function senderOf({ request }: Correspondence): string {
  return request.correspondence?.messageSender?.trim() || "Eksempeletaten";
}

/** The language of a letter; without one Altinn takes it for bokmål. */
export function languageOf(letter: Correspondence): string {
  return letter.request.correspondence?.content?.language?.trim().toLowerCase() || "nb";
}

interface GenericTexts {
  readonly first: { readonly subject: string; readonly body: string };
  readonly reminder: { readonly subject: string; readonly body: string };
}

/** Altinn's own texts (GenericAltinnMessage), as its public source has them; the same body serves for e-mail and SMS. */
const GENERIC_TEXTS: Readonly<Record<string, GenericTexts>> & { readonly nb: GenericTexts } = {
  nb: {
    first: {
      subject: "En melding har blitt mottatt i Altinn {textToken}",
      body: "Hei. $correspondenceRecipientName$ har mottatt en ny melding fra $sendersName$. {textToken}Logg deg inn i Altinn for å se denne meldingen.",
    },
    reminder: {
      subject: "Påminnelse - en melding har blitt mottatt i Altinn {textToken}",
      body: "Hei. Dette er en påminnelse om at $correspondenceRecipientName$ har mottatt en ny melding fra $sendersName$. {textToken}Logg deg inn i Altinn for å se denne meldingen.",
    },
  },
  nn: {
    first: {
      subject: "Ein melding har blitt motteke i Altinn {textToken}",
      body: "Hei. $correspondenceRecipientName$ har motteke ei ny melding frå $sendersName$. {textToken}Logg deg inn i Altinn for å sjå denne meldinga.",
    },
    reminder: {
      subject: "Påminning - ein melding har blitt motteke i Altinn {textToken}",
      body: "Hei. Dette er ei påminning om at $correspondenceRecipientName$ har motteke ei ny melding frå $sendersName$. {textToken}Logg deg inn i Altinn for å sjå denne meldinga.",
    },
  },
  en: {
    first: {
      subject: "A message has been received in Altinn {textToken}",
      body: "Hello. $correspondenceRecipientName$ has received a new message from $sendersName$. {textToken}Log in to Altinn to see this message.",
    },
    reminder: {
      subject: "Reminder - a message has been received in Altinn {textToken}",
      body: "Hello. This is a reminder that $correspondenceRecipientName$ has received a new message from $sendersName$. {textToken}Log in to Altinn to see this message.",
    },
  },
};
