// The requests as the rest of the simulator sees them, once they were read by the server's model.

import { z } from "zod";

const text = z.string().nullish();
const yesNo = z.boolean().nullish();
const number = z.number().nullish();

const attachmentSchema = z.object({
  fileName: text,
  displayName: text,
  isEncrypted: yesNo,
  checksum: text,
  sendersReference: text,
  expirationInDays: number,
  dataLocationType: number,
});

/** The metadata of an attachment. */
export type AttachmentRequest = z.infer<typeof attachmentSchema>;

/** The body of `POST /attachment`. */
export const initializeAttachmentSchema = attachmentSchema.extend({ resourceId: text });
export type InitializeAttachment = z.infer<typeof initializeAttachmentSchema>;

const customRecipientSchema = z.object({
  emailAddress: text,
  mobileNumber: text,
  organizationNumber: text,
  nationalIdentityNumber: text,
});
export type CustomRecipient = z.infer<typeof customRecipientSchema>;

const overriddenRecipientSchema = z.object({
  recipientToOverride: text,
  recipients: z.array(customRecipientSchema.nullable()).nullish(),
});

const notificationSchema = z.object({
  notificationTemplate: number,
  notificationChannel: number,
  reminderNotificationChannel: number,
  emailSubject: text,
  emailBody: text,
  emailContentType: number,
  smsBody: text,
  sendReminder: yesNo,
  reminderEmailSubject: text,
  reminderEmailBody: text,
  reminderEmailContentType: number,
  reminderSmsBody: text,
  sendersReference: text,
  customRecipient: customRecipientSchema.nullish(),
  customRecipients: z.array(customRecipientSchema.nullable()).nullish(),
  customNotificationRecipients: z.array(overriddenRecipientSchema.nullable()).nullish(),
  overrideRegisteredContactInformation: yesNo,
});
export type NotificationRequest = z.infer<typeof notificationSchema>;

const referenceSchema = z.object({ referenceType: number, referenceValue: text });
export type ReferenceRequest = z.infer<typeof referenceSchema>;

const contentSchema = z.object({
  language: text,
  messageTitle: text,
  messageSummary: text,
  messageBody: text,
  attachments: z.array(attachmentSchema.nullable()).nullish(),
});
export type ContentRequest = z.infer<typeof contentSchema>;

const letterSchema = z.object({
  resourceId: text,
  sender: text,
  sendersReference: text,
  messageSender: text,
  content: contentSchema.nullish(),
  requestedPublishTime: number,
  dueDateTime: number,
  externalReferences: z.array(referenceSchema.nullable()).nullish(),
  propertyList: z.record(z.string(), z.string().nullable()).nullish(),
  replyOptions: z.array(z.object({ linkURL: text, linkText: text }).nullable()).nullish(),
  notification: notificationSchema.nullish(),
  ignoreReservation: yesNo,
  isConfirmationNeeded: yesNo,
  isConfidential: yesNo,
  allowForwarding: yesNo,
});
export type LetterRequest = z.infer<typeof letterSchema>;

/** The body of `POST /correspondence`, or the form of `POST /correspondence/upload`. Null and left out are kept apart. */
export const initializeSchema = z.object({
  correspondence: letterSchema.nullish(),
  recipients: z.array(z.string().nullable()).nullish(),
  existingAttachments: z.array(z.string()).nullish(),
  idempotentKey: text,
});
export type InitializeRequest = z.infer<typeof initializeSchema>;
