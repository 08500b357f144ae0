// The schema of new attachments: Altinn's metadata, and where the bytes are.
import * as z from "zod";
import { atMost } from "../limits/lengths.ts";
import { isBlobPath, maxBlobPath } from "./blobPath.ts";
import { dataLocationTypes, isInt32 } from "./enumeration.ts";
import { broken, checkStorable, enumField, textField } from "./fields.ts";
import { fileNameFault } from "./fileName.ts";
import { isGuid } from "./guid.ts";
import { isBlank } from "./json.ts";

const fileNameMessages = {
  required: "Is empty, and required.",
  fileType: "Has an ending that Altinn does not allow. Convert the file, for example to .pdf.",
  fileName: 'Contains a character that no file name may: < > : " / \\ | ? * or a control character.',
  reservedFileName: "Is the name of a device in Windows (CON, PRN, AUX, NUL, COM1, LPT1, ...). Choose another.",
} as const;

/** The fields of `content.attachments[]`. */
export const contentAttachmentFields = {
  blob: z
    .string()
    .check(atMost(maxBlobPath))
    .superRefine((value, context) => {
      if (value.length > maxBlobPath || isBlobPath(value)) return;
      broken(
        context,
        "blobPath",
        /^[a-z]+:\/\//i.test(value)
          ? "Must be a path in the container, and no address: write what follows the container's name in it."
          : "Must be a path in the container: no URL, no leading slash, no empty or dotted parts.",
      );
    })
    .optional()
    .describe("Where the bytes are: a path in the container correspondence-attachments."),
  fileName: textField({ max: 255, describe: "The file's name, with an ending that Altinn allows." }).superRefine(
    (value, context) => {
      const fault = fileNameFault(value);
      if (fault !== undefined) broken(context, fault, fileNameMessages[fault]);
    },
  ),
  displayName: textField({ max: 255, describe: "The name that the recipient sees." }).nullish(),
  sendersReference: textField({ max: 4096, required: true, describe: "The sender's own reference for the file." }),
  id: z
    .string()
    .superRefine((value, context) => {
      if (!isGuid(value))
        broken(context, "uuid", "Must be a UUID. Altinn gives the file an id of its own: leave it out.");
    })
    .nullish()
    .describe("Read by Altinn, and without effect."),
  isEncrypted: z.boolean().optional().describe("Whether the sender has encrypted the file."),
  checksum: z
    .string()
    .superRefine((value, context) => {
      // Altinn looks at no more than this; what is no MD5 will not be the file's either (2008).
      if (!isBlank(value) && (value.length !== 32 || value !== value.toLowerCase())) {
        broken(context, "checksum", "Must be the file's MD5 as 32 hexadecimal digits in lower case.");
      }
      checkStorable(value, context);
    })
    .nullish()
    .describe("MD5 of the file: 32 hexadecimal digits in lower case."),
  dataLocationType: enumField(
    dataLocationTypes,
    "NewCorrespondenceAttachment, which is the default. Altinn does not look at it.",
  ).optional(),
  expirationInDays: z
    .union([z.number(), z.string()])
    .superRefine((value, context) => {
      if (wholeDays(value) === undefined) broken(context, "type", "Must be a whole number of days.");
    })
    .nullish()
    .describe("After how many days the file is deleted: at least 14 in production, 1 in test."),
};

/** The number of days that was written, as a number or in a string; undefined when it is none. */
export function wholeDays(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[+-]?[0-9]{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && isInt32(number) ? number : undefined;
}
