// A letter as its recipient reads it.
import * as z from "zod";
import { altinnId, parseTime, withoutResourcePrefix } from "./wire.ts";

const text = z.string().nullish();

const attachmentFields = z.object({
  id: altinnId,
  fileName: text,
  /** MD5 in hex, where Altinn tells it. */
  checksum: text,
  /** The media type. */
  dataType: text,
});

const SENDER = /^urn:altinn:organization:identifier-no:\d{9}$/;

const letterFields = z.object({
  correspondenceId: altinnId,
  resourceId: z.string().transform(withoutResourcePrefix),
  /** A sender is an organisation; whatever else stands there is not repeated. */
  sender: text.transform((written) => (SENDER.test(written ?? "") ? (written ?? undefined) : undefined)),
  sendersReference: text,
  dueDateTime: text.transform((written) => parseTime(written ?? "")),
  published: text.transform((written) => parseTime(written ?? "")),
  isConfirmationNeeded: z.boolean().catch(false),
  content: z.object({
    messageTitle: text,
    // One that cannot be read must not be left out silently.
    attachments: z.array(attachmentFields).nullish(),
  }),
});

/** An attachment of it. */
export type ReceivedAttachment = z.output<typeof attachmentFields>;

/** What is needed of it. Holds personal data: not for logs. */
export type ReceivedLetter = z.output<typeof letterFields>;

/** The answer to `GET /correspondence/{id}` of a recipient: what is needed of it, and all of it as it came. */
export const receivedLetter = z.unknown().transform((whole, context) => {
  const parsed = letterFields.safeParse(whole);
  if (parsed.success) return { correspondenceId: parsed.data.correspondenceId, letter: parsed.data, whole };
  context.addIssue({ code: "custom", message: "Is not a correspondence." });
  return z.NEVER;
});

/** The letter, and Altinn's JSON of it. */
export type ReceivedOverview = z.output<typeof receivedLetter>;
