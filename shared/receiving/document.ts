// The document of a stored letter: what Altinn tells of it, as it came, and which of its files are there.
import * as z from "zod";
import { type ReceivedLetter, type ReceivedOverview, receivedLetter } from "../altinn/receivedLetter.ts";
import { timestamp } from "../clock.ts";
import { FILE_PROBLEMS } from "../records/receiptRecord.ts";

const fileSchema = z.looseObject({
  attachmentId: z.string(),
  fileName: z.string(),
  blob: z.string().exactOptional(),
  sizeBytes: z.number().exactOptional(),
  md5: z.string().exactOptional(),
  problem: z.enum(FILE_PROBLEMS).exactOptional(),
});

/** A file of the letter: where it is, or why it is not there. */
export type LetterFile = z.infer<typeof fileSchema>;

const documentSchema = z.looseObject({
  version: z.literal(1),
  receivedAt: z.iso.datetime(),
  files: z.array(fileSchema),
  correspondence: receivedLetter,
});

/** A letter that is stored, read back. */
export interface StoredLetter {
  readonly letter: ReceivedLetter;
  readonly files: readonly LetterFile[];
  /** In epoch milliseconds. */
  readonly receivedAt: number;
}

/** The document as it is written. */
export function letterDocument({ whole }: ReceivedOverview, files: readonly LetterFile[], now: number): object {
  return { version: 1, receivedAt: timestamp(now), files, correspondence: whole };
}

/** Reads a document. @throws Error if it is none, or a newer version's */
export function readDocument(value: unknown): StoredLetter {
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) throw new Error("The document of a received letter is not as this version knows it");
  const { receivedAt, files, correspondence } = parsed.data;
  return { letter: correspondence.letter, files, receivedAt: Date.parse(receivedAt) };
}
