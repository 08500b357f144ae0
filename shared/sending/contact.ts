// How Altinn answers, as far as all instances know: one small blob, written at most once a minute by each.
import { z } from "zod";
import { type Clock, MINUTE } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import type { Contact } from "./decide.ts";

const NAME = "contact.json";

const contactSchema = z.object({ lastLetter: z.number().exactOptional() });

/** What the instances tell each other of how Altinn answers. */
export interface ContactLog {
  /** Notes that Altinn took a letter, or definitely refused one. */
  noteLetter(): void;
  /** What all instances know; read from storage at most once a minute. */
  read(): Promise<Contact>;
  /** Tells the others, if there is something to tell and a minute has passed. Never throws: it is told again soon. */
  share(): Promise<void>;
}

export function createContactLog(documents: JsonBlobs, clock: Clock): ContactLog {
  let own: Contact = {};
  let others: Contact = {};
  let readAt = Number.NEGATIVE_INFINITY;
  // Most letters go out at once, and a process that lives for less than a minute has nothing to tell.
  let sharedAt = clock.now();

  return {
    noteLetter() {
      own = { lastLetter: clock.now() };
    },
    async read() {
      if (clock.now() - readAt >= MINUTE) {
        others = parse((await documents.read(NAME))?.value);
        readAt = clock.now();
      }
      return latest(own, others);
    },
    async share() {
      if (own.lastLetter === undefined || clock.now() - sharedAt < MINUTE) return;
      sharedAt = clock.now();
      try {
        const stored = await documents.read(NAME);
        const merged = latest(own, parse(stored?.value));
        // Whoever loses this race tells within the next minute.
        if (stored) await documents.replace(NAME, merged, stored.etag);
        else await documents.create(NAME, merged);
      } catch {
        // What a letter came to must not be lost for this; storage that is down shows where it matters.
      }
    },
  };
}

function parse(value: unknown): Contact {
  return contactSchema.safeParse(value).data ?? {};
}

function latest(a: Contact, b: Contact): Contact {
  return (a.lastLetter ?? 0) >= (b.lastLetter ?? 0) ? a : b;
}
