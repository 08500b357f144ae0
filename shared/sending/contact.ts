// How Altinn answers, as far as all instances know: one small blob, written at most once a minute by each.
import { z } from "zod";
import { type Clock, MINUTE } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import type { Contact } from "./decide.ts";

const NAME = "contact.json";

const contactSchema = z.object({ lastAnswer: z.number().exactOptional(), lastLetter: z.number().exactOptional() });

/** What the instances tell each other of how Altinn answers. */
export interface ContactLog {
  /** Notes that Altinn gave a definite answer; `letter` if it took a letter, or definitely refused one. */
  note(kind: "answer" | "letter"): void;
  /** What all instances know; read from storage at most once a minute. */
  read(): Promise<Contact>;
  /** Tells the others, if there is something to tell and a minute has passed. */
  share(): Promise<void>;
}

export function createContactLog(documents: JsonBlobs, clock: Clock): ContactLog {
  let own: Contact = {};
  let others: Contact = {};
  let readAt = Number.NEGATIVE_INFINITY;
  // Most letters go out at once, and a process that lives for less than a minute has nothing to tell.
  let sharedAt = clock.now();

  return {
    note(kind) {
      const now = clock.now();
      own = { ...own, lastAnswer: now, ...(kind === "letter" ? { lastLetter: now } : {}) };
    },
    async read() {
      if (clock.now() - readAt >= MINUTE) {
        others = parse((await documents.read(NAME))?.value);
        readAt = clock.now();
      }
      return latest(own, others);
    },
    async share() {
      if (own.lastAnswer === undefined || clock.now() - sharedAt < MINUTE) return;
      sharedAt = clock.now();
      const stored = await documents.read(NAME);
      const merged = latest(own, parse(stored?.value));
      // Whoever loses this race tells within the next minute.
      if (stored) await documents.replace(NAME, merged, stored.etag);
      else await documents.create(NAME, merged);
    },
  };
}

function parse(value: unknown): Contact {
  return contactSchema.safeParse(value).data ?? {};
}

function latest(a: Contact, b: Contact): Contact {
  const lastAnswer = later(a.lastAnswer, b.lastAnswer);
  const lastLetter = later(a.lastLetter, b.lastLetter);
  return { ...(lastAnswer === undefined ? {} : { lastAnswer }), ...(lastLetter === undefined ? {} : { lastLetter }) };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
