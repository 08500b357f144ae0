// The kinds of errands that letters come from, and how often each: most are plain, the others go every way a letter can go.
import { MINUTE, timestamp } from "../shared/clock.ts";
import { INFECTED } from "./attachments.ts";
import * as cancels from "./cancels.ts";
import {
  anyone,
  type Errand,
  gap,
  type Kind,
  type Making,
  mayEnd,
  named,
  oneRequest,
  severalReaders,
  someFiles,
  uuid,
} from "./errand.ts";
import { BEHAVIOURS, RESERVED, UNKNOWN } from "./recipients.ts";

/** How often, what, and how many letters it is at least. */
export const KINDS: readonly (readonly [weight: number, kind: Kind, least: number])[] = [
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
  [3, dueSoon, 1],
  [0.5, dueSoonToMany, 5],
  [2, garbage, 1],
  [2, keyGiven, 1],
  [1, keyGivenTwice, 2],
  [3, cancels.takenBack, 1],
  [1, cancels.takenBackAtOnce, 1],
  [1, cancels.takenBackBeforehand, 1],
  [0.5, cancels.takenBackFromMany, 5],
  [0.5, cancels.ofNothing, 1],
  [0.5, cancels.takenBackFromManyWithFiles, 3],
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
  const attachments = [...someFiles(making), INFECTED];
  return mayEnd(oneRequest(making, severalReaders(making, 3, 3), { attachments }), "rejected");
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
  return mayEnd(bothOf(making, one, other), "rejected");
}

function reserved(making: Making): Errand {
  return mayEnd(oneRequest(making, [RESERVED]), "rejected");
}

function unknownRecipient(making: Making): Errand {
  return mayEnd(oneRequest(making, [UNKNOWN]), "rejected");
}

function wrong(making: Making): Errand {
  const content = making.random.pick([
    { messageTitle: "" },
    { messageTitle: "<b>Vedtak</b>" },
    { messageBody: "x".repeat(30_001) },
    { language: "de" },
  ]);
  return mayEnd(oneRequest(making, [anyone(making)], { content }), "rejected");
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

/** Its due time may pass before it is sent, and between two deliveries of its message. */
function dueSoon(making: Making): Errand {
  return mayEnd(oneRequest(making, [anyone(making)], due(making)), "rejected");
}

function dueSoonToMany(making: Making): Errand {
  return mayEnd(oneRequest(making, severalReaders(making, 5, 20), due(making)), "rejected");
}

function due({ now, random }: Making): { letter: object } {
  return { letter: { dueDateTime: timestamp(now + random.between(1, 20) * MINUTE) } };
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
  return mayEnd(bothOf(making, one, other), "rejected");
}

function bothOf(making: Making, one: Errand, other: Errand): Errand {
  return {
    drops: [...one.drops, ...other.drops.map((drop) => ({ ...drop, at: gap(making) }))],
    letters: [...(one.letters ?? []), ...(other.letters ?? [])],
  };
}

/** The same requests, each in a blob that its message names. */
function inBlob({ drops, letters = [], ...rest }: Errand, { index }: Making): Errand {
  const path = `requests/${index}.json`;
  const message = JSON.stringify({ requestBlob: path });
  return {
    ...rest,
    letters: letters.map((letter) => ({ ...letter, requestBlob: path })),
    drops: drops.map(({ at, text }) => ({ at, text: message, requestBlob: { path, text } })),
  };
}
