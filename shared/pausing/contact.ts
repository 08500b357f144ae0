// What all instances know of each other: how Altinn answers, when sending was paused, when the last
// event came, and how many letters went out. One
// small blob, written at most once a minute by each.
import * as z from "zod";
import { type Clock, HOUR, MINUTE } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS } from "../storage/names.ts";

const contactSchema = z.looseObject({
  lastLetter: z.number().exactOptional(),
  pausedAt: z.number().exactOptional(),
  lastEvent: z.number().exactOptional(),
  letters: z.record(z.string(), z.number()).exactOptional(),
  pausedSenders: z.record(z.string(), z.number()).exactOptional(),
});

/** What is known across instances of how Altinn answers; times in epoch milliseconds. */
export interface Contact {
  /** When it last took, or definitely refused, anyone's letter. */
  readonly lastLetter?: number;
}

/** What the instances tell each other. Times in epoch milliseconds. */
export interface SharedContact extends Contact {
  /** When an instance last put a letter off because of the brake, or of its breaker. */
  readonly pausedAt?: number;
  /** When Altinn last told an instance of something. */
  readonly lastEvent?: number;
  /** How many letters went out in the last hour: by the beginning of each five minutes (epoch milliseconds) and instance. */
  readonly letters?: Readonly<Record<string, number>>;
  /** When an instance last put a letter off because of a sender's own brake or breaker, by the sender's name; of the last hour. */
  readonly pausedSenders?: Readonly<Record<string, number>>;
}

/** What this instance notes for the others, and what it knows of them. */
export interface ContactLog {
  /** Notes that Altinn took a letter. */
  noteSent(): void;
  /** Notes that Altinn definitely refused a letter. */
  noteRefused(): void;
  /** Notes that a letter was put off because of the brake or the breaker; of a sender, where it was by the sender's own. */
  notePause(sender?: string): void;
  /** Notes that an event came. */
  noteEvent(): void;
  /** What all instances know; read from storage at most once a minute. */
  read(): Promise<SharedContact>;
  /** How many letters went out in the last hour, as far as this instance knows without asking. */
  lettersLastHour(): number;
  /** From when on letters count towards the limit, in epoch milliseconds: the brake was lifted then. */
  countFrom(time: number): void;
  /** How many of {@link lettersLastHour} count towards the limit. */
  countedLetters(): number;
  /** Tells the others, if there is something to tell and a minute has passed. Never throws: it is told again soon. */
  share(): Promise<void>;
}

const BUCKET = 5 * MINUTE;

/**
 * @param instance names this process among the others
 * @param name the document in which they tell each other
 */
export function createContactLog(
  documents: JsonBlobs,
  clock: Clock,
  instance: string,
  name: string = DOCUMENTS.contact,
): ContactLog {
  let own: SharedContact = {};
  let others: SharedContact = {};
  let readAt = Number.NEGATIVE_INFINITY;
  // Most letters go out at once, and a process that lives for less than a minute has nothing to tell.
  let sharedAt = clock.elapsed();
  // An event may be all that a process ever hears of.
  let hasToldEvent = false;
  let countedFrom = 0;
  let liftedAt = 0;
  // What counts towards the limit does not share a bucket with what does not.
  const bucket = () => `${Math.max(Math.floor(clock.now() / BUCKET) * BUCKET, countedFrom)} ${instance}`;
  const lettersSince = (time: number) =>
    Object.entries(merged(own, others, clock.now()).letters ?? {})
      .filter(([key]) => startOf(key) >= time)
      .reduce((sum, [, count]) => sum + count, 0);

  return {
    noteSent() {
      const letters = { ...own.letters, [bucket()]: (own.letters?.[bucket()] ?? 0) + 1 };
      own = { ...own, lastLetter: clock.now(), letters };
    },
    noteRefused() {
      own = { ...own, lastLetter: clock.now() };
    },
    notePause(sender) {
      const now = clock.now();
      own =
        sender === undefined
          ? { ...own, pausedAt: now }
          : { ...own, pausedSenders: { ...own.pausedSenders, [sender]: now } };
    },
    noteEvent() {
      own = { ...own, lastEvent: clock.now() };
    },
    async read() {
      if (clock.elapsed() - readAt >= MINUTE) {
        others = parse((await documents.read(name))?.value);
        readAt = clock.elapsed();
      }
      return merged(own, others, clock.now());
    },
    lettersLastHour: () => lettersSince(0),
    countFrom(time) {
      // Whoever lifted it may have a clock that is ahead: then letters count from when this instance learnt of it.
      if (time !== liftedAt) countedFrom = Math.min(time, clock.now());
      liftedAt = time;
    },
    countedLetters: () => lettersSince(countedFrom),
    async share() {
      if (Object.keys(own).length === 0) return;
      const isFirstEvent = own.lastEvent !== undefined && !hasToldEvent;
      if (clock.elapsed() - sharedAt < MINUTE && !isFirstEvent) return;
      hasToldEvent ||= isFirstEvent;
      sharedAt = clock.elapsed();
      try {
        const stored = await documents.read(name);
        const known = parse(stored?.value);
        // What a newer version of the app tells beside it stays.
        const { lastLetter, pausedAt, lastEvent, letters, pausedSenders, ...newer } = known;
        const value = { ...merged(own, known, clock.now()), ...newer };
        // Whoever loses this race tells within the next minute.
        if (stored) await documents.replace(name, value, stored.etag);
        else await documents.create(name, value);
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

/**
 * Both together: the later times and the higher counts, those of the last hour. What lies ahead was told by a clock that
 * goes wrong, and says nothing: the later of two times would be that one for as long as the clock was ahead.
 */
function merged(a: SharedContact, b: SharedContact, now: number): SharedContact {
  const letters: Record<string, number> = {};
  for (const [key, count] of [...Object.entries(a.letters ?? {}), ...Object.entries(b.letters ?? {})]) {
    if (Math.abs(now - startOf(key)) < HOUR) letters[key] = Math.max(letters[key] ?? 0, count);
  }
  return {
    ...latest("lastLetter", a, b, now),
    ...latest("pausedAt", a, b, now),
    ...latest("lastEvent", a, b, now),
    ...(Object.keys(letters).length > 0 ? { letters } : {}),
    ...pausedSenders(a, b, now),
  };
}

function pausedSenders(a: SharedContact, b: SharedContact, now: number): Pick<SharedContact, "pausedSenders"> {
  const paused: Record<string, number> = {};
  for (const [sender, at] of [...Object.entries(a.pausedSenders ?? {}), ...Object.entries(b.pausedSenders ?? {})]) {
    if (Math.abs(now - at) < HOUR) paused[sender] = Math.max(paused[sender] ?? 0, at);
  }
  return Object.keys(paused).length > 0 ? { pausedSenders: paused } : {};
}

function startOf(bucket: string): number {
  return Number.parseInt(bucket, 10);
}

/** Clocks that go right differ by less than this, in milliseconds. */
const TOLERANCE = 5 * MINUTE;

function latest<K extends "lastLetter" | "pausedAt" | "lastEvent">(
  key: K,
  a: SharedContact,
  b: SharedContact,
  now: number,
): { [key in K]?: number } {
  const time = Math.max(0, ...[a[key] ?? 0, b[key] ?? 0].filter((told) => told <= now + TOLERANCE));
  const told: { [key in K]?: number } = {};
  if (time > 0) told[key] = time;
  return told;
}
