// The queue contract as a schema: every field by itself. What holds between fields is in the rules beside it.
import * as z from "zod";
import { atLeast, atMost } from "../limits/lengths.ts";
import { broken, checkStorable, guidField, textField } from "./fields.ts";
import { maxRecipients } from "./listLimits.ts";
import { recipientFault, recipientHint } from "./recipients.ts";
import { correspondence } from "./schemaLetter.ts";
import { traceFields } from "./trace.ts";

const recipient = z
  .string()
  .superRefine((value, context) => {
    const fault = recipientFault(value);
    if (fault === "format") {
      broken(
        context,
        "recipientFormat",
        "Must be an organisation (urn:altinn:organization:identifier-no:<9 digits> or 0192:<9 digits>), a person " +
          "(urn:altinn:person:identifier-no:<11 digits> or the digits alone), urn:altinn:person:idporten-email:<e-mail> " +
          `or urn:altinn:person:legacy-selfidentified:<user name>; in lower case, without spaces.${recipientHint(value)}`,
      );
    }
    if (fault === "controlDigits")
      broken(context, "controlDigits", "Is no identity number: its control digits are wrong.");
    if (fault === "email") broken(context, "recipientEmail", "Does not end in an e-mail address.");
    checkStorable(value, context);
  })
  .describe("An organisation, a person or a self-identified user.");

/** A request as producers write it, with canonical names. */
export const requestSchema = z
  .looseObject({
    id: textField({
      max: 256,
      required: true,
      describe: "Your own id for this send; the same id is the same send.",
    }).optional(),
    correspondence,
    recipients: z
      .array(recipient)
      .check(atLeast(1), atMost(maxRecipients))
      .describe("Who gets the letter: 1 to 10,000, each only once."),
    existingAttachments: z
      .array(guidField("The id of an attachment that Altinn has already."))
      .optional()
      .describe("Attachments that Altinn has already, published."),
    idempotentKey: guidField(
      "Altinn's key against sending twice. One recipient only; derived when left out.",
    ).nullish(),
    statusQueue: z
      .string()
      .check(atLeast(1), atMost(63))
      .nullish()
      .describe("The queue that gets this send's announcements."),
    ...traceFields,
  })
  .describe("A request to send one letter through Altinn 3 Correspondence to one or more recipients.");

/** A request with canonical names that fulfils the schema. */
export type WireRequest = z.infer<typeof requestSchema>;
/** The letter, in Altinn's shape plus `bodyFormat` and `blob`. */
export type Correspondence = WireRequest["correspondence"];
