// The schema of a letter: Altinn's fields, each by itself, and those of ours that stand among them.
import * as z from "zod";
import { atMost } from "../limits/lengths.ts";
import { bodyFormats, maxWritten, readBodyFormat } from "./body/messageBody.ts";
import { knownReferenceTypes, referenceTypes } from "./enumeration.ts";
import { broken, checkStorable, enumField, textField, timeField } from "./fields.ts";
import { fitsIndex } from "./indexedText.ts";
import { isBlank } from "./json.ts";
import { languageHint } from "./language.ts";
import { maxPlainText } from "./plainText.ts";
import { isReplyLink } from "./replyLink.ts";
import { contentAttachmentFields } from "./schemaAttachments.ts";
import { notification } from "./schemaNotification.ts";

const maxReference = 4096;

const externalReference = z
  .looseObject({
    referenceType: enumField(referenceTypes, "What the value refers to.", {
      known: knownReferenceTypes,
      anyNumber: true,
    }),
    referenceValue: textField({ describe: "The reference itself: an id, or a name for the types that take one." }),
  })
  .describe("A reference to something else that belongs to the letter.");

const replyOption = z
  .looseObject({
    linkURL: textField({ max: 255, describe: "Where the recipient can answer; https only." }).superRefine(
      (value, context) => {
        if (!isReplyLink(value))
          broken(context, "httpsUrl", "Must be a complete https URL with special characters escaped.");
      },
    ),
    linkText: textField({ describe: "The text of the link." }).nullish(),
  })
  .describe("A way for the recipient to answer.");

const propertyList = z
  .record(z.string(), z.unknown())
  .superRefine((properties, context) => {
    const entries = Object.entries(properties);
    if (entries.length > 10) broken(context, "maxItems", "Has too many properties. At most 10 are allowed.");
    for (const [index, [key, value]] of entries.entries()) {
      const which = `Property ${index + 1}`;
      if (key.length > 50) broken(context, "maxKeyLength", `${which} has a key of more than 50 characters.`);
      if (typeof value !== "string") {
        broken(context, "type", `${which} must have text (a string) as its value, and not null.`);
        continue;
      }
      if (value.length > 300) broken(context, "maxLength", `${which} has a value of more than 300 characters.`);
      checkStorable(key + value, context);
    }
  })
  .describe("Own properties: at most 10, keys of at most 50 and values of at most 300 characters.");

const content = z
  .looseObject({
    language: z
      .string()
      .superRefine((value, context) => {
        if (!isBlank(value) && !["nb", "nn", "en"].includes(value.toLowerCase())) {
          broken(context, "language", `Must be nb, nn or en.${languageHint(value)}`);
        }
      })
      .nullish()
      .meta({ description: "Language of the letter: nb (the default), nn or en.", examples: ["nb", "nn", "en"] }),
    messageTitle: textField({ max: maxPlainText, required: true, describe: "Title of the letter: plain text." }),
    messageSummary: textField({ max: 255, describe: "Summary of the letter." }).nullish(),
    messageBody: textField({
      max: maxWritten,
      required: true,
      describe: "The letter itself, in the format that bodyFormat says; at most 30,000 characters as Markdown.",
    }),
    bodyFormat: z
      .string()
      .superRefine((value, context) => {
        if (readBodyFormat(value) === undefined) broken(context, "enum", `Must be one of ${bodyFormats.join(", ")}.`);
      })
      .optional()
      .meta({
        description: "Format of messageBody: markdown (the default), or html or text, which are converted to Markdown.",
        examples: [...bodyFormats],
      }),
    attachments: z
      .array(z.looseObject(contentAttachmentFields).describe("A new file that goes with the letter."))
      .optional()
      .describe("New files, in the order in which they are shown."),
  })
  .describe("What the recipient reads.");

/** The fields of `correspondence`. */
export const correspondence = z
  .looseObject({
    resourceId: textField({
      max: 255,
      required: true,
      describe: "The resource that the letter is sent on.",
    }).superRefine((value, context) => {
      if (!/^(?:urn:altinn:resource:)?[^:?]+$/.test(value)) {
        broken(context, "resourceId", "Must be a resource's id, with or without the prefix urn:altinn:resource:.");
      }
    }),
    sender: textField({ describe: "Deprecated: Altinn takes the sender from the resource." })
      .nullish()
      .meta({ deprecated: true }),
    sendersReference: textField({
      max: maxReference,
      required: true,
      describe: "The sender's own reference for the letter.",
    }).superRefine((value, context) => {
      if (value.length <= maxReference && !fitsIndex(value)) {
        broken(
          context,
          "tooLongToIndex",
          "Is too long for Altinn's index, where it fails for ever. Keep it under 2,600.",
        );
      }
    }),
    messageSender: textField({
      max: maxPlainText,
      describe: "The sender's name as shown, if not the owner's: plain text.",
    }).nullish(),
    content,
    requestedPublishTime: timeField("When the recipient shall see the letter; at once when left out.").nullish(),
    dueDateTime: timeField("By when to read or confirm it: in the future, not before requestedPublishTime.").nullish(),
    externalReferences: z
      .array(externalReference)
      .check(atMost(10))
      .nullish()
      .describe("References to other things; at most 10."),
    propertyList: propertyList.optional(),
    replyOptions: z.array(replyOption).nullish().describe("Ways for the recipient to answer."),
    notification: notification.nullish(),
    ignoreReservation: z.boolean().nullish().describe("Send to persons who have reserved against digital post too."),
    isConfirmationNeeded: z.boolean().optional().describe("The recipient shall confirm. Needs dueDateTime."),
    isConfidential: z.boolean().optional().describe("Must agree with the resource."),
    allowForwarding: z.boolean().optional().describe("The recipient may forward it; attachments of 10 MB in all."),
  })
  .describe("The letter, in exactly the shape that Altinn's API takes.");
