// The rules between fields that are about the notification: which texts a channel needs, and whom else to notify.
import { isEmailAddress } from "./emailAddress.ts";
import { enumNumber, notificationChannels, notificationTemplates } from "./enumeration.ts";
import { goesAsForm } from "./formRules.ts";
import { field, isBlank, isObject, items, type JsonObject, text } from "./json.ts";
import type { Finding, Path } from "./problem.ts";

type IsNothing = (value: string) => boolean;
type IsMobileNumber = (value: string) => boolean;

const path: Path = ["correspondence", "notification"];

/** All broken rules on `correspondence.notification`. In a form (`goesAsForm`) blank texts arrive as none. */
export async function notificationRules(request: unknown): Promise<Finding[]> {
  const notification = field(field(request, "correspondence"), "notification");
  if (!isObject(notification)) return [];
  const isNothing = goesAsForm(request) ? isBlank : (value: string) => value === "";
  return [
    ...contentRules(notification, isNothing),
    ...customRecipientRules(
      notification,
      items(field(request, "recipients")).length,
      isNothing,
      await mobileNumbers(notification),
    ),
  ];
}

/** What tells a telephone number; nobody asks where there is none. */
async function mobileNumbers(notification: JsonObject): Promise<IsMobileNumber> {
  const recipients = [
    ...items(notification.customRecipients),
    notification.customRecipient,
    ...formerRecipients(notification).map(({ recipient }) => recipient),
  ];
  const areThere = recipients.some((recipient) => text(field(recipient, "mobileNumber")) !== undefined);
  return areThere ? (await import("./mobileNumber.ts")).isMobileNumber : () => true;
}

function contentRules(notification: JsonObject, isNothing: IsNothing): Finding[] {
  const template = enumNumber(notification.notificationTemplate, notificationTemplates);
  if (template === notificationTemplates.GenericAltinnMessage) return [];
  const main = channelOf(notification.notificationChannel) ?? notificationChannels.Email;
  const reminder = channelOf(notification.reminderNotificationChannel) ?? main;
  const findings = missingTexts(
    notification,
    main,
    ["emailSubject", "emailBody", "smsBody"],
    "notificationChannel",
    isNothing,
  );
  if (notification.sendReminder !== true) return findings;
  const reminderTexts = ["reminderEmailSubject", "reminderEmailBody", "reminderSmsBody"] as const;
  return [...findings, ...missingTexts(notification, reminder, reminderTexts, "the reminder's channel", isNothing)];
}

function channelOf(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : (enumNumber(value, notificationChannels) ?? Number.NaN);
}

// 3002 to 3007, 3024 and 3025: e-mail needs subject and body, SMS its text, every other channel all three.
function missingTexts(
  notification: JsonObject,
  channel: number,
  [subject, body, sms]: readonly [string, string, string],
  channelName: string,
  isNothing: IsNothing,
): Finding[] {
  const isKnown = Object.values<number>(notificationChannels).includes(channel);
  const needsEmail = isKnown && channel !== notificationChannels.Sms;
  const needsSms = isKnown && channel !== notificationChannels.Email;
  return [...(needsEmail ? [subject, body] : []), ...(needsSms ? [sms] : [])]
    .filter((name) => isMissing(notification[name], isNothing))
    .map((name) => ({
      path: [...path, name],
      rule: "notificationText",
      message: `Is required by ${channelName}. Write it, or set notificationTemplate to GenericAltinnMessage.`,
    }));
}

function isMissing(value: unknown, isNothing: IsNothing): boolean {
  return value === undefined || value === null || (typeof value === "string" && isNothing(value));
}

const identifiers = ["emailAddress", "mobileNumber", "organizationNumber", "nationalIdentityNumber"] as const;

function customRecipientRules(
  notification: JsonObject,
  recipientCount: number,
  isNothing: IsNothing,
  isMobileNumber: IsMobileNumber,
): Finding[] {
  const listed = items(notification.customRecipients);
  const custom = listed.map((recipient, index) => ({ recipient, at: [...path, "customRecipients", index] }));
  const deprecated = notification.customRecipient;
  if (listed.length === 0 && isObject(deprecated))
    custom.push({ recipient: deprecated, at: [...path, "customRecipient"] });
  const former = formerRecipients(notification);
  const findings: Finding[] = [];
  if (notification.overrideRegisteredContactInformation === true && custom.length + former.length === 0) {
    const message = "Needs customRecipients: without them nobody would be notified.";
    findings.push({
      path: [...path, "overrideRegisteredContactInformation"],
      rule: "overrideNeedsRecipients",
      message,
    });
  }
  if (custom.length > 0 && recipientCount > 1) {
    const message = "Is allowed for letters to one recipient only.";
    findings.push({
      path: [...path, listed.length > 0 ? "customRecipients" : "customRecipient"],
      rule: "oneRecipient",
      message,
    });
  }
  for (const { recipient, at } of custom) {
    findings.push(...customRecipientRule(recipient, at, isNothing, isMobileNumber));
  }
  // Where they stand beside the others it is not known which count.
  if (custom.length === 0)
    for (const { recipient, at } of former) {
      findings.push(...addressRules(recipient, at, isNothing, isMobileNumber));
    }
  const byAddress = custom.some(
    ({ recipient }) =>
      written(recipient, "emailAddress", isNothing) !== undefined ||
      written(recipient, "mobileNumber", isNothing) !== undefined,
  );
  return byAddress ? [...findings, ...recipientNameRules(notification)] : findings;
}

// The field that customRecipients replaced, which Altinn still reads: its recipients are in lists of lists.
function formerRecipients(notification: JsonObject): { readonly recipient: unknown; readonly at: Path }[] {
  return items(notification.customNotificationRecipients).flatMap((overridden, index) =>
    items(field(overridden, "recipients")).map((recipient, place) => ({
      recipient,
      at: [...path, "customNotificationRecipients", index, "recipients", place],
    })),
  );
}

// An empty text counts as written in JSON, and does not in a form.
function written(recipient: unknown, name: string, isNothing: IsNothing): string | undefined {
  const value = text(field(recipient, name));
  return value === undefined || (isNothing === isBlank && isBlank(value)) ? undefined : value;
}

function customRecipientRule(
  recipient: unknown,
  at: Path,
  isNothing: IsNothing,
  isMobileNumber: IsMobileNumber,
): Finding[] {
  if (!isObject(recipient)) return [];
  const given = identifiers.filter((name) => !isNothing(text(recipient[name]) ?? ""));
  if (given.length !== 1) {
    const message = `Must have exactly one of ${identifiers.join(", ")}.`;
    return [{ path: at, rule: "oneIdentifier", message }];
  }
  return addressRules(recipient, at, isNothing, isMobileNumber);
}

// 3011 and 3012.
function addressRules(recipient: unknown, at: Path, isNothing: IsNothing, isMobileNumber: IsMobileNumber): Finding[] {
  const findings: Finding[] = [];
  const email = written(recipient, "emailAddress", isNothing);
  const mobile = written(recipient, "mobileNumber", isNothing);
  if (email !== undefined && !isEmailAddress(email)) {
    findings.push({ path: [...at, "emailAddress"], rule: "emailAddress", message: "Is not an e-mail address." });
  }
  if (mobile !== undefined && !isMobileNumber(mobile)) {
    const message = "Is not a telephone number in use. Write it with its country: +47 and eight digits.";
    findings.push({ path: [...at, "mobileNumber"], rule: "mobileNumber", message });
  }
  return findings;
}

const texts = ["emailSubject", "emailBody", "smsBody", "reminderEmailSubject", "reminderEmailBody", "reminderSmsBody"];

// 3015: Altinn can't look up the name that belongs to an address or a number.
function recipientNameRules(notification: JsonObject): Finding[] {
  return texts
    .filter((name) => text(notification[name])?.toLowerCase().includes("$recipientname$") === true)
    .map((name) => ({
      path: [...path, name],
      rule: "recipientNameKeyword",
      message:
        "Contains $recipientName$, which can't be used when a custom recipient is an e-mail address or a number.",
    }));
}
