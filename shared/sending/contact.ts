// What all instances know of each other: how Altinn answers, when sending was paused, and how many letters went out. One
// small blob, written at most once a minute by each.
import { z } from "zod";
import { type Clock, HOUR, MINUTE } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import type { Contact } from "./decide.ts";

const NAME = "contact.json";

const contactSchema = z.object({
  lastLetter: z.number().exactOptional(),
  pausedAt: z.number().exactOptional(),
  letters: z.record(z.string(), z.number()).exactOptional(),
});

/** What the instances tell each other. Times in epoch milliseconds. */
export interface SharedContact extends Contact {
  /** When an instance last put a letter off because of the brake, or of its breaker. */
  readonly pausedAt?: number;
  /** How many letters went out: by five minutes of the clock and instance, of the last hour. */
  readonly letters?: Readonly<Record<string, number>>;
}

export interface ContactLog {
  /** Notes that Altinn took a letter. */
  noteSent(): void;
  /** Notes that Altinn definitely refused a letter. */
  noteRefused(): void;
  /** Notes that a letter was put off because of the brake or the breaker. */
  notePause(): void;
  /** What all instances know; read from storage at most once a minute. */
  read(): Promise<SharedContact>;
  /** How many letters went out in the last hour, as far as this instance knows without asking. */
  lettersLastHour(): number;
  /** Tells the others, if there is something to tell and a minute has passed. Never throws: it is told again soon. */
  share(): Promise<void>;
}

const BUCKET = 5 * MINUTE;

/** @param instance names this process among the others */
export function createContactLog(documents: JsonBlobs, clock: Clock, instance: string): ContactLog {
  let own: SharedContact = {};
  let others: SharedContact = {};
  let readAt = Number.NEGATIVE_INFINITY;
  // Most letters go out at once, and a process that lives for less than a minute has nothing to tell.
  let sharedAt = clock.now();
  const bucket = () => `${Math.floor(clock.now() / BUCKET)} ${instance}`;

  return {
    noteSent() {
      const letters = { ...own.letters, [bucket()]: (own.letters?.[bucket()] ?? 0) + 1 };
      own = { ...own, lastLetter: clock.now(), letters };
    },
    noteRefused() {
      own = { ...own, lastLetter: clock.now() };
    },
    notePause() {
      own = { ...own, pausedAt: clock.now() };
    },
    async read() {
      if (clock.now() - readAt >= MINUTE) {
        others = parse((await documents.read(NAME))?.value);
        readAt = clock.now();
      }
      return merged(own, others, clock.now());
    },
    lettersLastHour() {
      return Object.values(merged(own, others, clock.now()).letters ?? {}).reduce((sum, count) => sum + count, 0);
    },
    async share() {
      if (own.lastLetter === undefined && own.pausedAt === undefined) return;
      if (clock.now() - sharedAt < MINUTE) return;
      sharedAt = clock.now();
      try {
        const stored = await documents.read(NAME);
        const value = merged(own, parse(stored?.value), clock.now());
        // Whoever loses this race tells within the next minute.
        if (stored) await documents.replace(NAME, value, stored.etag);
        else await documents.create(NAME, value);
        own = merged(own, {}, clock.now());
      } catch {
        // What a letter came to must not be lost for this; storage that is down shows where it matters.
      }
    },
  };
}

function parse(value: unknown): SharedContact {
  return contactSchema.safeParse(value).data ?? {};
}

/** Both together: the later times and the higher counts, those of the last hour. */
function merged(a: SharedContact, b: SharedContact, now: number): SharedContact {
  const letters: Record<string, number> = {};
  const first = Math.floor((now - HOUR) / BUCKET);
  for (const [key, count] of [...Object.entries(a.letters ?? {}), ...Object.entries(b.letters ?? {})]) {
    if (Number.parseInt(key, 10) > first) letters[key] = Math.max(letters[key] ?? 0, count);
  }
  return {
    ...later("lastLetter", a, b),
    ...later("pausedAt", a, b),
    ...(Object.keys(letters).length > 0 ? { letters } : {}),
  };
}

function later<K extends "lastLetter" | "pausedAt">(
  key: K,
  a: SharedContact,
  b: SharedContact,
): { [key in K]?: number } {
  const time = Math.max(a[key] ?? 0, b[key] ?? 0);
  const told: { [key in K]?: number } = {};
  if (time > 0) told[key] = time;
  return told;
}
