// How the server's models look: which fields, of which type, and what may be missing or null. JSON and forms are read by it.

/** The type of a value in a request. `enum` lists the names, each at its number; `model` is the class in Altinn's messages. */
export type Shape =
  | { readonly kind: "string" }
  | { readonly kind: "boolean" }
  | { readonly kind: "integer" }
  | { readonly kind: "uuid" }
  | { readonly kind: "time" }
  | { readonly kind: "enum"; readonly names: readonly string[] }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "dictionary" }
  | { readonly kind: "object"; readonly model: string; readonly fields: readonly Field[] };

/** One field of an object. */
export interface Field {
  /** As in JSON. */
  readonly name: string;
  readonly shape: Shape;
  /** A missing field fails the reading of its object (JSON only). */
  readonly required?: true;
  /** `null` fails: at once for booleans, numbers and enums; for the others as "the field is required". */
  readonly notNull?: true;
}

const text: Shape = { kind: "string" };
const yesNo: Shape = { kind: "boolean" };
const time: Shape = { kind: "time" };
const channel: Shape = { kind: "enum", names: ["Email", "Sms", "EmailPreferred", "SmsPreferred", "EmailAndSms"] };
const contentType: Shape = { kind: "enum", names: ["Plain", "Html"] };

const attachmentFields: readonly Field[] = [
  { name: "fileName", shape: text, required: true, notNull: true },
  { name: "displayName", shape: text },
  { name: "isEncrypted", shape: yesNo, notNull: true },
  { name: "checksum", shape: text },
  { name: "sendersReference", shape: text, required: true, notNull: true },
  { name: "expirationInDays", shape: { kind: "integer" } },
];

const letterAttachment: Shape = {
  kind: "object",
  model: "InitializeCorrespondenceAttachmentExt",
  fields: [
    ...attachmentFields,
    { name: "id", shape: { kind: "uuid" }, notNull: true },
    {
      name: "dataLocationType",
      shape: {
        kind: "enum",
        names: ["NewCorrespondenceAttachment", "ExistingCorrespondenceAttachment", "ExistingExternalStorage"],
      },
      notNull: true,
    },
  ],
};

const content: Shape = {
  kind: "object",
  model: "InitializeCorrespondenceContentExt",
  fields: [
    { name: "language", shape: text },
    { name: "messageTitle", shape: text, required: true, notNull: true },
    { name: "messageSummary", shape: text },
    { name: "messageBody", shape: text, required: true, notNull: true },
    { name: "attachments", shape: { kind: "list", item: letterAttachment }, notNull: true },
  ],
};

const customRecipient: Shape = {
  kind: "object",
  model: "NotificationRecipientExt",
  fields: [
    { name: "emailAddress", shape: text },
    { name: "mobileNumber", shape: text },
    { name: "organizationNumber", shape: text },
    { name: "nationalIdentityNumber", shape: text },
    { name: "isReserved", shape: yesNo },
  ],
};

const overriddenRecipient: Shape = {
  kind: "object",
  model: "CustomNotificationRecipientExt",
  fields: [
    { name: "recipientToOverride", shape: text, required: true, notNull: true },
    { name: "recipients", shape: { kind: "list", item: customRecipient }, required: true, notNull: true },
  ],
};

const notification: Shape = {
  kind: "object",
  model: "InitializeCorrespondenceNotificationExt",
  fields: [
    { name: "notificationTemplate", shape: { kind: "enum", names: ["CustomMessage", "GenericAltinnMessage"] } },
    { name: "emailSubject", shape: text },
    { name: "emailBody", shape: text },
    { name: "emailContentType", shape: contentType, notNull: true },
    { name: "smsBody", shape: text },
    { name: "sendReminder", shape: yesNo, notNull: true },
    { name: "reminderEmailSubject", shape: text },
    { name: "reminderEmailBody", shape: text },
    { name: "reminderEmailContentType", shape: contentType },
    { name: "reminderSmsBody", shape: text },
    { name: "notificationChannel", shape: channel, notNull: true },
    { name: "reminderNotificationChannel", shape: channel },
    { name: "sendersReference", shape: text },
    { name: "requestedSendTime", shape: time },
    { name: "customRecipient", shape: customRecipient },
    { name: "customRecipients", shape: { kind: "list", item: customRecipient } },
    { name: "customNotificationRecipients", shape: { kind: "list", item: overriddenRecipient } },
    { name: "overrideRegisteredContactInformation", shape: yesNo, notNull: true },
  ],
};

/** The types of external reference, each at its number. */
export const referenceTypes = [
  "Generic",
  "AltinnAppInstance",
  "AltinnBrokerFileTransfer",
  "DialogportenDialogId",
  "DialogportenProcessId",
  "DialogportenTransmissionId",
  "DialogportenTransmissionType",
] as const;

const letter: Shape = {
  kind: "object",
  model: "BaseCorrespondenceExt",
  fields: [
    { name: "resourceId", shape: text, required: true, notNull: true },
    { name: "sender", shape: text },
    { name: "sendersReference", shape: text, required: true, notNull: true },
    { name: "messageSender", shape: text },
    { name: "content", shape: content, required: true, notNull: true },
    { name: "requestedPublishTime", shape: time },
    { name: "dueDateTime", shape: time },
    {
      name: "externalReferences",
      shape: {
        kind: "list",
        item: {
          kind: "object",
          model: "ExternalReferenceExt",
          fields: [
            { name: "referenceValue", shape: text, required: true, notNull: true },
            { name: "referenceType", shape: { kind: "enum", names: referenceTypes }, required: true, notNull: true },
          ],
        },
      },
    },
    { name: "propertyList", shape: { kind: "dictionary" }, notNull: true },
    {
      name: "replyOptions",
      shape: {
        kind: "list",
        item: {
          kind: "object",
          model: "CorrespondenceReplyOptionExt",
          fields: [
            { name: "linkURL", shape: text, required: true, notNull: true },
            { name: "linkText", shape: text },
          ],
        },
      },
    },
    { name: "notification", shape: notification },
    { name: "ignoreReservation", shape: yesNo },
    { name: "isConfirmationNeeded", shape: yesNo, notNull: true },
    { name: "isConfidential", shape: yesNo, notNull: true },
    { name: "allowForwarding", shape: yesNo, notNull: true },
  ],
};

/** The body of `POST /correspondence`, and the form of `POST /correspondence/upload`. */
export const initializeShape: Shape = {
  kind: "object",
  model: "InitializeCorrespondencesExt",
  fields: [
    { name: "correspondence", shape: letter, required: true, notNull: true },
    { name: "recipients", shape: { kind: "list", item: text }, required: true, notNull: true },
    { name: "existingAttachments", shape: { kind: "list", item: { kind: "uuid" } }, notNull: true },
    { name: "idempotentKey", shape: { kind: "uuid" } },
  ],
};

/** The body of `POST /attachment`. */
export const initializeAttachmentShape: Shape = {
  kind: "object",
  model: "InitializeAttachmentExt",
  fields: [
    ...attachmentFields,
    { name: "resourceId", shape: text, required: true, notNull: true },
    { name: "sender", shape: text },
  ],
};

/** A field's name as the server's validation writes it. */
export function modelName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
