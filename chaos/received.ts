// Whether letters that others sent to the organisation were received: each stored whole, told, and not confirmed before. Pure.
import type { LetterAnnouncement } from "../shared/announcements/letterAnnouncement.ts";
import { inboxDocument } from "../shared/storage/names.ts";

/** A letter to the organisation, as Altinn has it. */
export interface IncomingLetter {
  readonly correspondenceId: string;
  readonly isConfirmationNeeded: boolean;
  /** The ids of its files. */
  readonly files: readonly string[];
  /** When it was confirmed, in epoch milliseconds of the app's time. */
  readonly confirmedAt?: number;
}

/** What there is of such letters. */
export interface ReceivedCase {
  readonly incoming: readonly IncomingLetter[];
  /** Everything that was told, repetitions too. */
  readonly told: readonly LetterAnnouncement[];
  /** The names of the blobs in the inbox. */
  readonly blobs: ReadonlySet<string>;
}

/** What became of them. */
export interface ReceivedVerdict {
  readonly received: number;
  /** Told as two: by another id, or with other content. */
  readonly receivedTwice: readonly string[];
  /** Not told, or told and not there. */
  readonly receivedLost: readonly string[];
  /** Confirmed before it was told, or without having been. */
  readonly confirmedTooEarly: readonly string[];
}

/** What must not be of them. */
export const RECEIVED_FAULTS = ["receivedTwice", "receivedLost", "confirmedTooEarly"] as const;

/** Judges what there is. */
export function judgeReceived({ incoming, told, blobs }: ReceivedCase): ReceivedVerdict {
  const received = told.filter(({ type }) => type.endsWith(".letter.received"));
  const texts = new Map<string, Set<string>>();
  for (const one of received) texts.set(one.subject, (texts.get(one.subject) ?? new Set()).add(JSON.stringify(one)));
  const times = new Map(received.map(({ subject, time }) => [subject, Date.parse(time)]));
  const files = new Set([...blobs].map((name) => name.replace(/\.[^./]*$/, "")));
  const isThere = ({ correspondenceId, files: ids }: IncomingLetter) =>
    blobs.has(inboxDocument(correspondenceId)) && ids.every((id) => files.has(`${correspondenceId}/${id}`));
  const lost = incoming.filter((letter) => !texts.has(letter.correspondenceId) || !isThere(letter));
  const early = incoming.filter(({ correspondenceId, confirmedAt }) => {
    const toldAt = times.get(correspondenceId);
    return confirmedAt !== undefined && (toldAt === undefined || confirmedAt < toldAt);
  });
  const ids = (letters: readonly IncomingLetter[]) => letters.map(({ correspondenceId }) => correspondenceId);
  return {
    received: incoming.length - lost.length,
    receivedTwice: [...texts].filter(([, all]) => all.size > 1).map(([id]) => id),
    receivedLost: ids(lost),
    confirmedTooEarly: ids(early),
  };
}
