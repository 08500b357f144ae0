// Which letters a run drops, and when: most are plain, the others go every way that a letter can go.

import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { MINUTE, timestamp } from "../shared/clock.ts";
import { ATTACHMENTS, INFECTED } from "./attachments.ts";
import type { Drop, ExpectedLetter, ExpectedRefusal, Plan, PlanOptions } from "./plan.ts";
import { type Random, seededRandom } from "./random.ts";
import { BEHAVIOURS, type Behaviour, RESERVED, UNKNOWN } from "./recipients.ts";

/** A queue of their own, for producers that want it. */
export const SECOND_STATUS_QUEUE = "second-status";

/** What one producer does for one purpose: its drops, the first at 0, and what must come of them. */
interface Errand {
  readonly drops: readonly Drop[];
  readonly letters?: readonly ExpectedLetter[];
  readonly refusals?: readonly ExpectedRefusal[];
}

/** What makes errands: how many there were, chance, and when the errand begins. */
interface Making {
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
}

type Kind = (making: Making) => Errand;

/** In the order of their drops. */
export function planDrops(options: PlanOptions): Pick<Plan, "drops" | "letters" | "refusals"> {
  const random = seededRandom(options.seed, "letters");
  const errands: Errand[] = [];
  let room = options.letters;
  // Each is placed by how many letters came before it, so that they come at a steady rate.
  const feedMs = options.durationMs * 0.9;
  while (room > 0) {
    const at = Math.round(feedMs * (1 - room / options.letters));
    const making: Making = {
      index: errands.length,
      random,
      longestGap: options.durationMs * 0.1,
      now: options.startsAt + at * options.timeScale,
      hasTime: options.durationMs >= 60_000,
      room,
    };
    const kind = random.weighted(KINDS.filter(([, , least]) => least <= room).map(([weight, made]) => [weight, made]));
    const errand = kind(making);
    room -= (errand.letters?.length ?? 0) + (errand.refusals?.length ?? 0);
    errands.push({ ...errand, drops: errand.drops.map((drop) => ({ ...drop, at: drop.at + at })) });
  }
  return {
    drops: errands.flatMap(({ drops }) => drops).sort((a, b) => a.at - b.at),
    letters: errands.flatMap(({ letters = [] }) => letters),
    refusals: errands.flatMap(({ refusals = [] }) => refusals),
  };
}

/** How often, what, and how many letters it is at least. */
const KINDS: readonly (readonly [weight: number, kind: Kind, least: number])[] = [
  [60, plain, 1],
  [10, withFiles, 1],
  [1, infected, 1],
  [2, toMany, 5],
  [1, toManyWithFiles, 3],
  [0.3, toManyInfected, 3],
  [5, twice, 1],
  [3, otherContent, 2],
  [3, reserved, 1],
  [1, unknownRecipient, 1],
  [2, wrong, 1],
  [4, publishedLater, 1],
  [4, claimCheck, 1],
  [0.5, claimCheckToMany, 5],
  [1, claimCheckWithoutBlob, 1],
  [4, confirmed, 1],
  [2, garbage, 1],
  [2, keyGiven, 1],
  [1, keyGivenTwice, 2],
  [3, takenBack, 1],
  [1, takenBackAtOnce, 1],
  [1, takenBackBeforehand, 1],
  [0.5, takenBackFromMany, 5],
  [0.5, takenBackFromManyWithFiles, 3],
];

function plain(making: Making): Errand {
  return oneRequest(making, [anyone(making)]);
}

function withFiles(making: Making): Errand {
  return oneRequest(making, [anyone(making)], { attachments: someFiles(making) });
}

/** The letter exists until the scan finds it out. */
function infected(making: Making): Errand {
  return oneRequest(making, [anyone(making)], { attachments: [INFECTED] });
}

function toMany(making: Making): Errand {
  return oneRequest(making, severalReaders(making, 5, 20));
}

function toManyWithFiles(making: Making): Errand {
  return oneRequest(making, severalReaders(making, 3, 6), { attachments: someFiles(making) });
}

function toManyInfected(making: Making): Errand {
  return oneRequest(making, severalReaders(making, 3, 3), { attachments: [...someFiles(making), INFECTED] });
}

/** The same message again, to the letter. */
function twice(making: Making): Errand {
  const { drops, letters = [] } = plain(making);
  const [first] = drops;
  return { drops: first ? [first, { ...first, at: gap(making) }] : drops, letters };
}

/** Another letter under the same id: whichever is taken up first is sent, and the other one is refused. */
function otherContent(making: Making): Errand {
  const { id } = named(making);
  const recipient = anyone(making);
  const one = oneRequest(making, [recipient], { id });
  const other = oneRequest(making, [recipient], { id, reference: `${id}-other` });
  return {
    drops: [...one.drops, ...other.drops.map((drop) => ({ ...drop, at: gap(making) }))],
    letters: [...(one.letters ?? []), ...(other.letters ?? [])],
  };
}

function reserved(making: Making): Errand {
  return oneRequest(making, [RESERVED]);
}

function unknownRecipient(making: Making): Errand {
  return oneRequest(making, [UNKNOWN]);
}

function wrong(making: Making): Errand {
  const content = making.random.pick([
    { messageTitle: "" },
    { messageTitle: "<b>Vedtak</b>" },
    { messageBody: "x".repeat(30_001) },
    { language: "de" },
  ]);
  return oneRequest(making, [anyone(making)], { content });
}

function publishedLater(making: Making): Errand {
  const requestedPublishTime = timestamp(making.now + making.random.between(2, 20) * MINUTE);
  return oneRequest(making, [anyone(making)], { letter: { requestedPublishTime } });
}

function claimCheck(making: Making): Errand {
  return inBlob(plain(making), making);
}

function claimCheckToMany(making: Making): Errand {
  return inBlob(toMany(making), making);
}

function claimCheckWithoutBlob(making: Making): Errand {
  const mark = `missing-${making.index}.json`;
  return { drops: [{ at: 0, text: JSON.stringify({ requestBlob: mark }) }], refusals: [{ mark }] };
}

function confirmed(making: Making): Errand {
  const dueDateTime = timestamp(making.now + 30 * 24 * 60 * MINUTE);
  const recipient = making.random.pick(BEHAVIOURS.confirm.recipients);
  return oneRequest(making, [recipient], { letter: { isConfirmationNeeded: true, dueDateTime } });
}

function garbage({ index, random }: Making): Errand {
  const mark = `garbage ${index}.`;
  const text = random.pick([
    `Not JSON: ${mark}`,
    `{"id":"${mark}","correspondence":{`,
    `["${mark}"]`,
    `{"id":${JSON.stringify(mark)}}`,
    `<letter>${mark}</letter>`,
  ]);
  return { drops: [{ at: 0, text }], refusals: [{ mark }] };
}

function keyGiven(making: Making): Errand {
  return oneRequest(making, [anyone(making)], { request: { idempotentKey: uuid(making.random) } });
}

/** Two letters with one key of the producer's: Altinn takes one of them. */
function keyGivenTwice(making: Making): Errand {
  const idempotentKey = uuid(making.random);
  const one = oneRequest(making, [anyone(making)], { request: { idempotentKey } });
  const id = `request-${making.index}-same-key`;
  const other = oneRequest(making, [anyone(making)], { id, reference: id, request: { idempotentKey } });
  return {
    drops: [...one.drops, ...other.drops.map((drop) => ({ ...drop, at: gap(making) }))],
    letters: [...(one.letters ?? []), ...(other.letters ?? [])],
  };
}

/** Not published for a while, so that it can still be purged when the cancel comes. */
function takenBack(making: Making): Errand {
  return withCancel(oneRequest(making, [anyone(making)], { ...named(making), ...publishedMuchLater(making) }), making);
}

/** Whether the cancel is in time is left to chance. */
function takenBackAtOnce(making: Making): Errand {
  return withCancel(oneRequest(making, [anyone(making)], named(making)), making);
}

function takenBackBeforehand(making: Making): Errand {
  const { drops, ...rest } = takenBackAtOnce(making);
  const [request, cancel] = drops;
  return {
    ...rest,
    drops:
      request && cancel
        ? [
            { ...cancel, at: 0 },
            { ...request, at: cancel.at },
          ]
        : drops,
  };
}

function takenBackFromMany(making: Making): Errand {
  const more = { ...named(making), ...publishedMuchLater(making) };
  return withCancel(oneRequest(making, severalReaders(making, 5, 20), more), making);
}

function takenBackFromManyWithFiles(making: Making): Errand {
  const more = { ...named(making), ...publishedMuchLater(making), attachments: someFiles(making) };
  return withCancel(oneRequest(making, severalReaders(making, 3, 6), more), making);
}

function withCancel({ drops, ...rest }: Errand, making: Making): Errand {
  const { id: requestId } = named(making);
  return { ...rest, drops: [...drops, { at: gap(making), text: JSON.stringify({ cancel: { requestId } }) }] };
}

function named({ index }: Making): { id: string } {
  return { id: `request-${index}` };
}

function publishedMuchLater({ now, random, hasTime }: Making): { letter: object } {
  const minutes = hasTime ? random.between(10, 40) : random.between(3, 8);
  return { letter: { requestedPublishTime: timestamp(now + minutes * MINUTE) } };
}

interface More {
  readonly id?: string;
  readonly reference?: string;
  readonly content?: object;
  readonly letter?: object;
  readonly request?: object;
  readonly attachments?: readonly object[];
}

/** One request, dropped once: as JSON or as base64 of it, mostly under an id. */
function oneRequest(making: Making, recipients: readonly string[], more: More = {}): Errand {
  const { index, random } = making;
  const isNamed = more.id !== undefined || !random.chance(0.1);
  const requestId = isNamed ? (more.id ?? `request-${index}`) : undefined;
  const reference = more.reference ?? `reference-${index}`;
  const request = {
    ...(requestId === undefined ? {} : { id: requestId }),
    correspondence: {
      resourceId: EXAMPLE_RESOURCE,
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

/** The same requests, each in a blob that its message names. */
function inBlob({ drops, ...rest }: Errand, { index }: Making): Errand {
  const path = `requests/${index}.json`;
  const message = JSON.stringify({ requestBlob: path });
  return {
    ...rest,
    drops: drops.map(({ at, text }) => ({ at, text: message, requestBlob: { path, text } })),
  };
}

/** Most read what they get; some purge it unread, or download its files first. */
function anyone({ random, hasTime }: Making): string {
  const { recipients } = random.weighted<Behaviour>([
    [90, BEHAVIOURS.read],
    [6, BEHAVIOURS.purge],
    [hasTime ? 4 : 0, BEHAVIOURS.download],
  ]);
  return random.pick(recipients);
}

function severalReaders({ random, room }: Making, least: number, most: number): string[] {
  const { recipients } = BEHAVIOURS.read;
  const count = random.between(least, Math.min(most, room));
  const first = random.between(0, recipients.length - count);
  return recipients.slice(first, first + count);
}

function someFiles({ random }: Making): object[] {
  const [first, second] = ATTACHMENTS;
  return random.chance(0.5) ? [first] : [first, second];
}

/** When what follows the first drop comes: at once, a little later, or much later. */
function gap({ random, longestGap }: Making): number {
  return Math.round(random.pick([0, 0.05, 1]) * random.next() * longestGap);
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}
