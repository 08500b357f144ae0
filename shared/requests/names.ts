// The field names of the queue contract, and the reading of them in any case, as Altinn reads them.
import { isObject } from "./json.ts";

/** A field that holds fields of its own, or a list of such. */
export interface FieldNames {
  readonly [name: string]: FieldNames;
}

const none: FieldNames = {};

const attachment: FieldNames = {
  blob: none,
  id: none,
  fileName: none,
  displayName: none,
  sendersReference: none,
  isEncrypted: none,
  checksum: none,
  dataLocationType: none,
  expirationInDays: none,
};

const customRecipient: FieldNames = {
  emailAddress: none,
  mobileNumber: none,
  organizationNumber: none,
  nationalIdentityNumber: none,
  isReserved: none,
};

const notification: FieldNames = {
  notificationTemplate: none,
  notificationChannel: none,
  emailSubject: none,
  emailBody: none,
  emailContentType: none,
  smsBody: none,
  sendReminder: none,
  reminderNotificationChannel: none,
  reminderEmailSubject: none,
  reminderEmailBody: none,
  reminderEmailContentType: none,
  reminderSmsBody: none,
  sendersReference: none,
  customRecipient,
  customRecipients: customRecipient,
  customNotificationRecipients: { recipientToOverride: none, recipients: customRecipient },
  overrideRegisteredContactInformation: none,
};

/** Every field that the contract knows, in the order of the documentation; lists are described by their items. */
export const requestNames: FieldNames = {
  id: none,
  correspondence: {
    resourceId: none,
    sender: none,
    sendersReference: none,
    messageSender: none,
    content: {
      language: none,
      messageTitle: none,
      messageSummary: none,
      messageBody: none,
      bodyFormat: none,
      attachments: attachment,
    },
    requestedPublishTime: none,
    dueDateTime: none,
    externalReferences: { referenceType: none, referenceValue: none },
    propertyList: none,
    replyOptions: { linkURL: none, linkText: none },
    notification,
    ignoreReservation: none,
    isConfirmationNeeded: none,
    isConfidential: none,
    allowForwarding: none,
  },
  recipients: none,
  existingAttachments: none,
  idempotentKey: none,
  statusQueue: none,
  traceparent: none,
  tracestate: none,
};

/** The trace that a message belongs to: every kind of message may carry it, and it is no part of what the message says. */
export const traceNames: FieldNames = { traceparent: none, tracestate: none };

const lowerCaseNames = new WeakMap<FieldNames, ReadonlyMap<string, string>>();

function canonicalNames(names: FieldNames): ReadonlyMap<string, string> {
  const known = lowerCaseNames.get(names);
  if (known !== undefined) return known;
  const made = new Map(Object.keys(names).map((name) => [name.toLowerCase(), name]));
  lowerCaseNames.set(names, made);
  return made;
}

/**
 * The same value with every known field under its canonical name. Of one field written twice in different cases
 * the last counts, as for Altinn. Unknown fields, and the keys of `propertyList`, stay as they are.
 */
export function withCanonicalNames(value: unknown, names: FieldNames = requestNames): unknown {
  if (Array.isArray(value)) return value.map((item) => withCanonicalNames(item, names));
  if (!isObject(value) || names === none) return value;
  const canonical = canonicalNames(names);
  const fields = new Map<string, unknown>();
  for (const [written, field] of Object.entries(value)) {
    const name = canonical.get(written.toLowerCase()) ?? written;
    fields.delete(name);
    fields.set(name, withCanonicalNames(field, names[name] ?? none));
  }
  // Not by assignment: a field named __proto__ must stay a field.
  return Object.fromEntries(fields);
}
