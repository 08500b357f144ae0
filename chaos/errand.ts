// An errand: what one producer does for one purpose, and the parts that every kind of errand is made of.

import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { ATTACHMENTS } from "./attachments.ts";
import type { Random } from "./random.ts";
import { BEHAVIOURS, type Behaviour } from "./recipients.ts";

/** A queue of their own, for producers that want it. */
export const SECOND_STATUS_QUEUE = "second-status";

/** One letter that is dropped and must come to an end. */
export interface ExpectedLetter {
  readonly requestId: string | undefined;
  /** The sender's reference: another one for each request that is dropped, so that everything can be told apart by it. */
  readonly reference: string;
  /** In canonical URN form. */
  readonly recipient: string;
  /** How it may end without a letter; absent where nothing speaks against it, and it is to be sent. */
  readonly mayEnd?: UnsentEnds;
  /** The blob that its request comes in. */
  readonly requestBlob?: string;
}

/** Ends without a letter for which its producer has given a reason. */
export type UnsentEnds = readonly ("rejected" | "gaveUp" | "cancelled")[];

/** A message from which no letter can come: it must end as a dead letter that holds this mark. */
export interface ExpectedRefusal {
  readonly mark: string;
}

/** One message put on the queue of requests. */
export interface Drop {
  /** Real milliseconds after the start. */
  readonly at: number;
  readonly text: string;
  /** A blob that must be there before: the request of a claim check. */
  readonly requestBlob?: { readonly path: string; readonly text: string };
}

/** What one producer does for one purpose: its drops, the first at 0, and what must come of them. */
export interface Errand {
  readonly drops: readonly Drop[];
  readonly letters?: readonly ExpectedLetter[];
  readonly refusals?: readonly ExpectedRefusal[];
}

/** What makes errands: how many there were, chance, and when the errand begins. */
export interface Making {
  readonly index: number;
  readonly random: Random;
  /** Real milliseconds between the first drop and what follows it, at most. */
  readonly longestGap: number;
  /** The app's time at the start of the errand, in epoch milliseconds. */
  readonly now: number;
  /** There is time for lives that take an hour. */
  readonly hasTime: boolean;
  /** The most letters that it may be. */
  readonly room: number;
  /** The resource of its letters, if not the example's. */
  readonly resourceId?: string;
}

export type Kind = (making: Making) => Errand;

/** What a request says beside the usual. */
export interface More {
  readonly id?: string;
  readonly reference?: string;
  readonly content?: object;
  readonly letter?: object;
  readonly request?: object;
  readonly attachments?: readonly object[];
}

/** One request, dropped once: as JSON or as base64 of it, mostly under an id. */
export function oneRequest(making: Making, recipients: readonly string[], more: More = {}): Errand {
  const { index, random, resourceId = EXAMPLE_RESOURCE } = making;
  const isNamed = more.id !== undefined || !random.chance(0.1);
  const requestId = isNamed ? (more.id ?? `request-${index}`) : undefined;
  const reference = more.reference ?? `reference-${index}`;
  const request = {
    ...(requestId === undefined ? {} : { id: requestId }),
    correspondence: {
      resourceId,
      sendersReference: reference,
      content: {
        language: "nb",
        messageTitle: `Vedtak ${index}`,
        messageBody: `# Vedtak\n\nDu har fått vedtak nummer ${index}.`,
        ...more.content,
        ...(more.attachments === undefined ? {} : { attachments: more.attachments }),
      },
      ...more.letter,
    },
    recipients,
    ...(random.chance(0.05) ? { statusQueue: SECOND_STATUS_QUEUE } : {}),
    ...more.request,
  };
  const json = JSON.stringify(request);
  const text = random.chance(0.2) ? Buffer.from(json).toString("base64") : json;
  return {
    drops: [{ at: 0, text }],
    letters: recipients.map((recipient) => ({ requestId, reference, recipient })),
  };
}

/** Most read what they get; some purge it unread, or download its files first. */
export function anyone({ random, hasTime }: Making): string {
  const { recipients } = random.weighted<Behaviour>([
    [90, BEHAVIOURS.read],
    [6, BEHAVIOURS.purge],
    [hasTime ? 4 : 0, BEHAVIOURS.download],
  ]);
  return random.pick(recipients);
}

export function severalReaders({ random, room }: Making, least: number, most: number): string[] {
  const { recipients } = BEHAVIOURS.read;
  const count = random.between(least, Math.min(most, room));
  const first = random.between(0, recipients.length - count);
  return recipients.slice(first, first + count);
}

export function someFiles({ random }: Making): object[] {
  const [first, second] = ATTACHMENTS;
  return random.chance(0.5) ? [first] : [first, second];
}

/** When what follows the first drop comes: at once, a little later, or much later. */
export function gap({ random, longestGap }: Making): number {
  return Math.round(random.pick([0, 0.05, 1]) * random.next() * longestGap);
}

export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}
export function named({ index }: Making): { id: string } {
  return { id: `request-${index}` };
}

/** The errand, of which letters may end so. */
export function mayEnd(errand: Errand, ...ends: UnsentEnds): Errand {
  return { ...errand, letters: (errand.letters ?? []).map((letter) => ({ ...letter, mayEnd: ends })) };
}
