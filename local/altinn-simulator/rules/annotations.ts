// The rules that the server's model carries on its fields: what fails here is answered with STD-00000, all failures at once.

import type { FieldErrors } from "../answer.ts";
import type {
  AttachmentRequest,
  ContentRequest,
  InitializeAttachment,
  InitializeRequest,
  LetterRequest,
  NotificationRequest,
  ReferenceRequest,
} from "../model/requests.ts";
import { referenceTypes } from "../model/shape.ts";
import { isWhiteSpace, parseEnum } from "../model/values.ts";
import { recipientProblem } from "./recipients.ts";

/** Thrown where the server itself throws while it checks a model: the answer is an unhandled 500. */
export class ServerFailure extends Error {}

/** The failures of an initialize request; null when it passes. */
export function initializeFailures(request: InitializeRequest): FieldErrors | null {
  const found = new Findings();
  const { recipients, correspondence: letter } = request;
  if (recipients === null || recipients === undefined) found.required("Recipients");
  else {
    const problem = recipientProblem(recipients);
    if (problem === "throws") throw new ServerFailure();
    if (problem !== undefined) found.add("Recipients", problem);
  }
  if (request.existingAttachments === null) found.required("ExistingAttachments");
  if (request.idempotentKey === "00000000-0000-0000-0000-000000000000") {
    found.add("IdempotentKey", "The idempotent key can't be the empty UUID");
  }
  if (letter === null || letter === undefined) found.required("Correspondence");
  else checkLetter(letter, found);
  const failures = found.result();
  // What comes after validation reads every item of these lists.
  if (failures === null && hasNullItem(letter)) throw new ServerFailure();
  return failures;
}

function hasNullItem(letter: LetterRequest | null | undefined): boolean {
  const { customRecipients, customNotificationRecipients: overridden } = letter?.notification ?? {};
  const lists = [
    letter?.content?.attachments,
    letter?.replyOptions,
    customRecipients,
    overridden,
    ...(overridden ?? []).map((item) => item?.recipients),
  ];
  return lists.some((list) => (list ?? []).some((item) => item === null));
}

/** The failures of `POST /attachment`; null when it passes. */
export function attachmentFailures(request: InitializeAttachment): FieldErrors | null {
  const found = new Findings();
  checkResourceId(request.resourceId, "ResourceId", found);
  checkAttachment(request, "", found);
  return found.result();
}

class Findings {
  readonly #fields: Record<string, string[]> = {};

  add(path: string, message: string): void {
    const known = this.#fields[path];
    if (known === undefined) this.#fields[path] = [message];
    else known.push(message);
  }

  required(path: string): void {
    this.add(path, `The ${lastName(path)} field is required.`);
  }

  /** Required in the sense of the server: a blank text does not count. */
  text(value: string | null | undefined, path: string, least: number, most: number, required: boolean): void {
    if (required && isWhiteSpace(value ?? "")) this.required(path);
    if (value === null || value === undefined || (value.length >= least && value.length <= most)) return;
    const minimum = least === 0 ? "" : ` with a minimum length of ${least} and`;
    const words = minimum === "" ? " with a maximum length of" : `${minimum} a maximum length of`;
    this.add(path, `The field ${lastName(path)} must be a string${words} ${most}.`);
  }

  result(): FieldErrors | null {
    return Object.keys(this.#fields).length === 0 ? null : this.#fields;
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function checkLetter(letter: LetterRequest, found: Findings): void {
  checkResourceId(letter.resourceId, "Correspondence.ResourceId", found);
  found.text(letter.sendersReference, "Correspondence.SendersReference", 1, 4096, true);
  found.text(letter.messageSender, "Correspondence.MessageSender", 0, 255, false);
  if (letter.content === null || letter.content === undefined) found.required("Correspondence.Content");
  else checkContent(letter.content, found);
  checkReferences(letter, found);
  checkProperties(letter, found);
  for (const [index, option] of (letter.replyOptions ?? []).entries()) {
    const missing = option !== null && (option.linkURL === null || option.linkURL === undefined);
    if (missing) found.required(`Correspondence.ReplyOptions[${index}].LinkURL`);
  }
  if (letter.notification) checkNotification(letter.notification, found);
}

function checkResourceId(value: string | null | undefined, path: string, found: Findings): void {
  found.text(value, path, 1, 255, true);
  if (value && !/^(?:urn:altinn:resource:)?[^:]+$/u.test(value)) {
    found.add(path, "The resource identifier may only have the prefix urn:altinn:resource:");
  }
}

function checkContent(content: ContentRequest, found: Findings): void {
  const path = "Correspondence.Content";
  const language = content.language ?? "";
  if (!isWhiteSpace(language) && language.length !== 2) {
    found.add(`${path}.Language`, "The language must have exactly 2 characters");
  }
  found.text(content.messageBody, `${path}.MessageBody`, 1, 30_000, true);
  found.text(content.messageTitle, `${path}.MessageTitle`, 1, 255, true);
  found.text(content.messageSummary, `${path}.MessageSummary`, 0, 255, false);
  if (content.attachments === null) found.required(`${path}.Attachments`);
  for (const [index, attachment] of (content.attachments ?? []).entries()) {
    if (attachment !== null) checkAttachment(attachment, `${path}.Attachments[${index}].`, found);
  }
}

function checkAttachment(attachment: AttachmentRequest, prefix: string, found: Findings): void {
  const { fileName, checksum } = attachment;
  if (fileName === null || fileName === undefined) found.required(`${prefix}FileName`);
  found.text(fileName, `${prefix}FileName`, 0, 255, false);
  found.text(attachment.displayName, `${prefix}DisplayName`, 0, 255, false);
  found.text(attachment.sendersReference, `${prefix}SendersReference`, 1, 4096, true);
  if (checksum && !isWhiteSpace(checksum) && (checksum.length !== 32 || checksum !== checksum.toLowerCase())) {
    found.add(`${prefix}Checksum`, "The checksum, if any, must be an MD5 hash of 32 characters in lower case");
  }
}

const transmissionTypes = [
  "Information",
  "Acceptance",
  "Rejection",
  "Request",
  "Alert",
  "Decision",
  "Submission",
  "Correction",
];

function checkReferences(letter: LetterRequest, found: Findings): void {
  const path = "Correspondence.ExternalReferences";
  const references = letter.externalReferences ?? [];
  const valueless = [...references.entries()].filter(([, reference]) => reference && !hasValue(reference));
  for (const [index] of valueless) found.required(`${path}[${index}].ReferenceValue`);
  // A list is only looked at as a whole when all of its items are fine.
  const problem = valueless.length > 0 ? undefined : referencesProblem(references);
  if (problem !== undefined) found.add(path, problem);
}

function hasValue({ referenceValue }: ReferenceRequest): boolean {
  return referenceValue !== null && referenceValue !== undefined;
}

function referencesProblem(references: readonly (ReferenceRequest | null)[]): string | undefined {
  if (references.length > 10) return "At most 10 external references are allowed";
  const typed = references.map((reference) => {
    if (reference === null) throw new ServerFailure();
    return { type: referenceTypes[reference.referenceType ?? 0], value: reference.referenceValue ?? "" };
  });
  if (typed.some(({ type }) => type === "DialogportenTransmissionId")) {
    return "A correspondence can't be created with a transmission that exists";
  }
  const wrong = typed.some(({ type, value }) => type === "DialogportenTransmissionType" && !isTransmissionType(value));
  return wrong ? "The transmission type is not one of Dialogporten's" : undefined;
}

function isTransmissionType(value: string): boolean {
  // Their numbers begin at 1.
  const number = parseEnum(value, ["", ...transmissionTypes]);
  return number !== undefined && number >= 1 && number <= transmissionTypes.length;
}

function checkProperties(letter: LetterRequest, found: Findings): void {
  const path = "Correspondence.PropertyList";
  if (letter.propertyList === null) found.required(path);
  const problem = propertyProblem(Object.entries(letter.propertyList ?? {}));
  if (problem !== undefined) found.add(path, problem);
}

function propertyProblem(entries: readonly [string, string | null][]): string | undefined {
  if (entries.length > 10) return "propertyList can contain at most 10 properties";
  for (const [key, value] of entries) {
    if (key.length > 50) return "A key of propertyList can have at most 50 characters";
    if (value === null) throw new ServerFailure();
    if (value.length > 300) return "A value of propertyList can have at most 300 characters";
  }
  return undefined;
}

function checkNotification(notification: NotificationRequest, found: Findings): void {
  const path = "Correspondence.Notification";
  const channels = 5;
  const contentTypes = 2;
  const named = (value: number | null | undefined, count: number, name: string): void => {
    const outside = typeof value === "number" && (value < 0 || value >= count);
    if (outside) found.add(`${path}.${name}`, `The value of ${name} does not exist`);
  };
  named(notification.notificationChannel, channels, "NotificationChannel");
  named(notification.reminderNotificationChannel, channels, "ReminderNotificationChannel");
  named(notification.emailContentType, contentTypes, "EmailContentType");
  named(notification.reminderEmailContentType, contentTypes, "ReminderEmailContentType");
  for (const [index, overridden] of (notification.customNotificationRecipients ?? []).entries()) {
    const at = `${path}.CustomNotificationRecipients[${index}]`;
    if (overridden?.recipientToOverride === null) found.required(`${at}.RecipientToOverride`);
    if (overridden?.recipients === null) found.required(`${at}.Recipients`);
  }
  found.text(notification.emailSubject, `${path}.EmailSubject`, 0, 512, false);
  found.text(notification.emailBody, `${path}.EmailBody`, 0, 10_000, false);
  found.text(notification.smsBody, `${path}.SmsBody`, 0, 2144, false);
  found.text(notification.reminderEmailSubject, `${path}.ReminderEmailSubject`, 0, 512, false);
  found.text(notification.reminderEmailBody, `${path}.ReminderEmailBody`, 0, 10_000, false);
  found.text(notification.reminderSmsBody, `${path}.ReminderSmsBody`, 0, 2144, false);
}
