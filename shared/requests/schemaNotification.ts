// The schema of the notification that tells a recipient about a letter: Altinn's fields, each by itself.
import * as z from "zod";
import { emailContentTypes, notificationChannels, notificationTemplates } from "./enumeration.ts";
import { enumField, textField } from "./fields.ts";

const customRecipient = z
  .looseObject({
    emailAddress: textField({ describe: "An e-mail address." }).nullish(),
    mobileNumber: textField({ describe: "A telephone number in international form: +47..." }).nullish(),
    organizationNumber: textField({ describe: "An organisation number of nine digits." }).nullish(),
    nationalIdentityNumber: textField({ describe: "A national identity number of eleven digits." }).nullish(),
    isReserved: z.boolean().nullish().describe("Read by Altinn, and without effect."),
  })
  .describe("Somebody else to notify: exactly one of the four fields.");

const overriddenRecipient = z
  .looseObject({
    recipientToOverride: textField({ describe: "The recipient in whose place the others are notified." }),
    recipients: z.array(customRecipient).describe("Who is notified."),
  })
  .describe("Deprecated: use customRecipients.");

/** The fields of `correspondence.notification`. */
export const notification = z
  .looseObject({
    notificationTemplate: enumField(notificationTemplates, "Own texts (the default), or Altinn's.").nullish(),
    notificationChannel: enumField(notificationChannels, "How to notify; Email when left out.").optional(),
    emailSubject: textField({ max: 512, describe: "Subject of the e-mail." }).nullish(),
    emailBody: textField({ max: 10_000, describe: "Text of the e-mail." }).nullish(),
    emailContentType: enumField(emailContentTypes, "Plain (the default) or Html.").optional(),
    smsBody: textField({ max: 2144, describe: "Text of the SMS." }).nullish(),
    sendReminder: z.boolean().optional().describe("Notify again after seven days if the letter has not been opened."),
    reminderNotificationChannel: enumField(
      notificationChannels,
      "How to remind; as notificationChannel when left out.",
    ).nullish(),
    reminderEmailSubject: textField({ max: 512, describe: "Subject of the reminder's e-mail." }).nullish(),
    reminderEmailBody: textField({ max: 10_000, describe: "Text of the reminder's e-mail." }).nullish(),
    reminderEmailContentType: enumField(emailContentTypes, "Plain (the default) or Html.").nullish(),
    reminderSmsBody: textField({ max: 2144, describe: "Text of the reminder's SMS." }).nullish(),
    sendersReference: textField({ describe: "The sender's own reference for the notification." }).nullish(),
    customRecipient: customRecipient.nullish().describe("Deprecated: use customRecipients."),
    customRecipients: z.array(customRecipient).nullish().describe("Others to notify; for one recipient only."),
    customNotificationRecipients: z
      .array(overriddenRecipient)
      .nullish()
      .meta({ description: "Deprecated: use customRecipients.", deprecated: true }),
    overrideRegisteredContactInformation: z
      .boolean()
      .optional()
      .describe("Notify customRecipients only. Needs customRecipients."),
  })
  .describe("The notification that tells the recipient about the letter.");
