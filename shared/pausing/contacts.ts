// The contact log of a deployment with senders: of those that have a limit of their own, letters are counted apart as well, each
// sender's in a document of its own, so that none grows with the number of senders.
import { type Clock, HOUR } from "../clock.ts";
import { keptWhileUsed } from "../lastFew.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import { type ContactLog, createContactLog } from "./contact.ts";

/** What counts a sender's letters. */
export type SenderCount = Pick<ContactLog, "read" | "countFrom" | "countedLetters">;

/** What this instance notes for the others, and what it knows of them. */
export interface Contacts extends Omit<ContactLog, "noteSent" | "share"> {
  /** Notes that Altinn took a letter of a sender; `undefined`: of the deployment's own. */
  noteSent(sender?: string): void;
  /** Tells the others, if there is something to tell and a minute has passed: also how many letters this sender had. */
  share(sender?: string): Promise<void>;
  /** What counts a sender's letters, if it has a limit of its own. */
  countOf(sender: string): SenderCount | undefined;
}

/** Beyond so many that send at once, counts of the last minute can be lost. */
const MOST_COUNTED = 1_000;

/**
 * @param instance names this process among the others
 * @param limited the names of the senders whose letters are counted
 */
export function createContacts(
  documents: JsonBlobs,
  clock: Clock,
  instance: string,
  limited: ReadonlySet<string>,
): Contacts {
  const all = createContactLog(documents, clock, instance);
  // Longer than letters count.
  const keeping = { most: MOST_COUNTED, idleMs: 2 * HOUR, elapsed: () => clock.elapsed() };
  const logOf = keptWhileUsed(keeping, (sender) =>
    createContactLog(documents, clock, instance, recordName(FOLDERS.senders, sender)),
  );
  const countOf = (sender: string | undefined) =>
    sender !== undefined && limited.has(sender) ? logOf(sender) : undefined;
  return {
    ...all,
    noteSent(sender) {
      all.noteSent();
      countOf(sender)?.noteSent();
    },
    async share(sender) {
      await all.share();
      await countOf(sender)?.share();
    },
    countOf,
  };
}
