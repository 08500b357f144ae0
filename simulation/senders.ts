// Several senders in one deployment, in some histories: whose letters they are, and what trouble one of them is in alone.
import type { AltinnLetter } from "../chaos/altinn.ts";
import { type Drop, SECOND_STATUS_QUEUE } from "../chaos/errand.ts";
import type { PlannedDrops } from "../chaos/mix.ts";
import { describe } from "../chaos/naming.ts";
import { type Random, seededRandom } from "../chaos/random.ts";
import { EXAMPLE_ORGANISATION, EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { HOUR, MINUTE, SECOND } from "../shared/clock.ts";
import { requestQueueOf, type Sender } from "../shared/senders/senders.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { errandOf, isBase64, plainText } from "./errands.ts";

/** What is dropped, and must come of it; each message on the queue that it names, if it names one. */
export interface Plan extends Omit<PlannedDrops, "drops"> {
  readonly drops: readonly PlannedDrop[];
}

/** A message, and its queue: that which all share, if none is named. */
export type PlannedDrop = Drop & { readonly queue?: string };

/** A time within a history, in milliseconds since it began, and whose it is. */
export interface SendersTrouble {
  readonly sender: string;
  readonly from: number;
  readonly to: number;
}

/** Several senders in a history, and what trouble one of them is in. */
export interface PlannedSenders {
  /** Maskinporten refuses it. */
  readonly refused?: SendersTrouble | undefined;
  /** Its brake is on. */
  readonly brake?: SendersTrouble | undefined;
  /** Nothing else goes wrong, and so nothing may hold up the others. */
  readonly isCalm: boolean;
}

/** So many histories have several senders. */
const SENDERS_HISTORIES = 0.15;

/** The resource of each is taken by Altinn from nobody but its organisation. */
const OSLO = { name: "oslo", organisation: "313721779", hasOwnQueue: false };
const BERGEN = { name: "bergen", organisation: "314000005", hasOwnQueue: true };
const SENDERS = [OSLO, BERGEN] as const;

/** The resources of all of them. */
export const SENDERS_RESOURCES: readonly string[] = SENDERS.map(resourceOf);

function resourceOf({ organisation }: Pick<typeof OSLO, "organisation">): string {
  return `org${organisation}-letters`;
}

/** The senders, as the settings have them: one by a delegation, and one with a system user and a queue of its own. */
export function sendersOf({ maskinporten }: Settings): readonly Sender[] {
  return SENDERS.map((sender) => ({
    name: sender.name,
    resources: [resourceOf(sender)],
    maskinporten: {
      ...maskinporten,
      ...(sender.hasOwnQueue ? { systemUserOrg: sender.organisation } : { consumerOrg: sender.organisation }),
    },
    statusQueue: sender.hasOwnQueue ? SECOND_STATUS_QUEUE : undefined,
    maxLettersPerHour: undefined,
    hasOwnQueue: sender.hasOwnQueue,
  }));
}

/** Draws whether there are several senders, and their trouble. Pure. */
export function planSenders(seed: number, durationMs: number): PlannedSenders | undefined {
  const random = seededRandom(seed, "several senders");
  if (!random.chance(SENDERS_HISTORIES)) return undefined;
  const trouble = (chance: number, longest: number): SendersTrouble | undefined => {
    if (!random.chance(chance)) return undefined;
    const from = random.next() * durationMs;
    return { sender: random.pick(SENDERS).name, from, to: from + random.next() * longest };
  };
  const refused = trouble(0.6, random.pick([20 * MINUTE, 2 * HOUR, 8 * HOUR]));
  const brake = trouble(0.4, random.pick([10 * MINUTE, 6 * HOUR]));
  return { refused, brake, isCalm: (refused ?? brake) !== undefined && random.chance(0.3) };
}

/** Gives each errand of a plan to one of the senders, or leaves it to the deployment. Pure. */
export function amongSenders(seed: number, plan: PlannedDrops): Plan {
  const random = seededRandom(seed, "whose errand");
  const chosen = new Map<string, (typeof SENDERS)[number] | undefined>();
  const senderOf = (errand: string) => {
    if (!chosen.has(errand)) chosen.set(errand, pickSender(random));
    return chosen.get(errand);
  };
  return {
    drops: plan.drops.map((drop) => {
      const sender = senderOf(errandOf(drop.requestBlob?.text ?? drop.text));
      return sender === undefined ? drop : givenTo(sender, drop);
    }),
    letters: plan.letters.map((letter) => {
      const sender = senderOf(errandOf(letter.reference));
      const { requestBlob } = letter;
      return sender?.hasOwnQueue && requestBlob !== undefined
        ? { ...letter, requestBlob: `${sender.name}/${requestBlob}` }
        : letter;
    }),
    refusals: plan.refusals,
  };
}

function pickSender(random: Random): (typeof SENDERS)[number] | undefined {
  return random.weighted([[2, undefined], ...SENDERS.map((sender) => [1, sender] as const)]);
}

function givenTo(sender: (typeof SENDERS)[number], { text, requestBlob, ...rest }: Drop): PlannedDrop {
  const inFolder = (written: string) =>
    sender.hasOwnQueue
      ? written
          .replaceAll('"blob":"files/', `"blob":"${sender.name}/files/`)
          .replaceAll('"requestBlob":"', `"requestBlob":"${sender.name}/`)
      : written;
  const own = (written: string): string => {
    const changed = inFolder(
      plainText(written).replaceAll(`"resourceId":"${EXAMPLE_RESOURCE}"`, `"resourceId":"${resourceOf(sender)}"`),
    );
    return isBase64(written) ? Buffer.from(changed).toString("base64") : changed;
  };
  return {
    ...rest,
    text: own(text),
    ...(requestBlob && {
      requestBlob: {
        path: sender.hasOwnQueue ? `${sender.name}/${requestBlob.path}` : requestBlob.path,
        text: own(requestBlob.text),
      },
    }),
    queue: requestQueueOf(sender),
  };
}

/** The folder of each sender's files, for those that have one. */
export const FOLDERS_OF_FILES: readonly string[] = [
  "",
  ...SENDERS.flatMap(({ name, hasOwnQueue }) => (hasOwnQueue ? [`${name}/`] : [])),
];

/** What is wrong with the letters of several senders: one that was sent as another, or held up by another's trouble. Pure. */
export function wrongAmongSenders(
  letters: readonly AltinnLetter[],
  { drops, letters: expected }: Plan,
  { isCalm }: PlannedSenders,
  startsAt: number,
  trouble: readonly (SendersTrouble | undefined)[],
): string[] {
  const owners = new Map(SENDERS.map((sender) => [resourceOf(sender), sender.organisation]));
  const names = new Map(SENDERS.map((sender) => [resourceOf(sender), sender.name]));
  const mayEnd = new Set(expected.filter((letter) => letter.mayEnd !== undefined).map(({ reference }) => reference));
  const droppedAt = new Map<string, number>();
  for (const { at, text, requestBlob } of drops) {
    const reference = /"sendersReference":"([^"]+)"/.exec(plainText(requestBlob?.text ?? text))?.[1] ?? "";
    droppedAt.set(reference, Math.min(at, droppedAt.get(reference) ?? at));
  }
  return letters.flatMap((letter) => {
    const { resourceId, owner, reference, created } = letter;
    const isInTrouble = trouble.some((one) => one !== undefined && one.sender === names.get(resourceId));
    const at = droppedAt.get(reference);
    const isLate = at !== undefined && created - startsAt > at + SOON;
    return [
      ...((owners.get(resourceId) ?? EXAMPLE_ORGANISATION) === owner
        ? []
        : [`${describe(letter)} was sent as ${owner}`]),
      ...(isCalm && isLate && !isInTrouble && !mayEnd.has(reference)
        ? [
            `${describe(letter)} was sent ${Math.round((created - startsAt - at) / SECOND)} s late, though nothing was wrong with its sender`,
          ]
        : []),
    ];
  });
}

/** Longer than a letter takes with which nothing is wrong. */
const SOON = 10 * MINUTE;
