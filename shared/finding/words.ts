// The words in which letters are asked for and shown. Each stands in the glossary of docs/finding.md.
import * as z from "zod";
import { statusName } from "../announcements/announcement.ts";
import { ENDS } from "../records/dispatchRecord.ts";
import { DISPATCH_CAUSES } from "../records/dispatchTags.ts";
import { type FactStatus, rankOf, STATUSES } from "../records/facts.ts";
import { RECEIVED_STATUSES } from "../records/receiptRecord.ts";

/** The statuses of a letter in Altinn, as the index and as announcements spell them. */
export const IN_ALTINN: ReadonlyMap<string, FactStatus> = new Map(
  STATUSES.filter((status) => rankOf(status) !== undefined).map((status) => [statusName(status), status]),
);

/** Whose letters: those that this app sends, or those that others send to the organisation. */
export const DIRECTIONS = ["sent", "received"] as const;

/** Whose letters. */
export type Direction = (typeof DIRECTIONS)[number];

/** How far letters of a direction can have come. `sent`: it waits, it ended, or what Altinn says of it; `sent` while Altinn has said no more. */
export const STATUSES_OF: Readonly<Record<Direction, readonly string[]>> = {
  sent: ["waiting", ...ENDS, ...IN_ALTINN.keys()],
  received: RECEIVED_STATUSES,
};

/** How far a letter can have come, whichever its direction. */
export const LETTER_STATUSES: readonly string[] = [...new Set([...STATUSES_OF.sent, ...STATUSES_OF.received])];

/** One of {@link LETTER_STATUSES}. */
export const letterStatus = z.enum(LETTER_STATUSES, { error: `must be one of ${LETTER_STATUSES.join(", ")}` });

/** How far a letter has come. */
export type LetterStatus = z.infer<typeof letterStatus>;

/** What can stand in a letter's history: its statuses, Altinn's signals beside them, and that nobody asks any more. */
export const TOLD: readonly string[] = [...new Set([...LETTER_STATUSES, ...STATUSES.map(statusName), "unresolved"])];

/** What can keep letters from their recipients. */
export const WAITING_CAUSES = ["brake", "breaker", ...DISPATCH_CAUSES, "publishTime"] as const;

/** One of {@link WAITING_CAUSES}. */
export const waitingCause = z.enum(WAITING_CAUSES);

/** What keeps a letter from its recipient. */
export type WaitingCause = z.infer<typeof waitingCause>;
