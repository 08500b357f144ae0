// Letters that others send to the organisation in a history, what happens to them, and what their readers ask for.
import { uuid } from "../chaos/errand.ts";
import { type Random, seededRandom } from "../chaos/random.ts";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_ORGANISATION } from "../local/start/appSettings.ts";
import type { RecipientAction } from "../shared/altinn/recipientActions.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../shared/clock.ts";
import type { ReceivingSettings } from "../shared/settings/settings.ts";
import type { SimulatedWorld } from "./world.ts";

/** What happens to a letter to the organisation by others than the app. */
export const HAPPENINGS = ["purgedByAltinn", "purgedByRecipient", "confirmed", "read", "expired"] as const;

/** How a file of one is. */
export const FILE_KINDS = ["plain", "refused", "corrupt", "unsummed"] as const;

/** A letter that somebody else sends. Times are milliseconds. */
export interface PlannedIncoming {
  readonly id: string;
  readonly reference: string;
  /** Since the history began. */
  readonly at: number;
  /** When it is to be published, after that; below 0: the time that it asks for has passed. */
  readonly publishAfter: number;
  readonly isConfirmationNeeded: boolean;
  readonly files: readonly { readonly size: number; readonly kind: (typeof FILE_KINDS)[number] }[];
  /** What happens to it, after it is sent. */
  readonly happens: readonly { readonly after: number; readonly what: (typeof HAPPENINGS)[number] }[];
  /** What its reader asks for, after it is sent. */
  readonly wishes: readonly { readonly after: number; readonly action: RecipientAction }[];
}

/** What others send in a history, and what the app does of itself with what it has received. */
export interface PlannedReceiving {
  readonly onStored: ReceivingSettings["onStored"];
  readonly letters: readonly PlannedIncoming[];
  /** Wishes for letters that nobody has sent. */
  readonly strays: readonly { readonly at: number; readonly id: string; readonly action: RecipientAction }[];
}

/** In so many histories others send letters to the organisation. */
const RECEIVING_HISTORIES = 0.3;

/** So many letters at most, and not more than others are sent. */
const MOST_LETTERS = 20;

/** The settings of who receives on the one resource. */
export function receivingSettings(onStored: ReceivingSettings["onStored"]): ReceivingSettings {
  return { resources: [EXAMPLE_INCOMING_RESOURCE], organisation: EXAMPLE_ORGANISATION, sinceDays: 30, onStored };
}

/** Draws what others send in one history; in most of them nothing. Pure. */
export function planReceiving(seed: number, letters: number, durationMs: number): PlannedReceiving | undefined {
  const random = seededRandom(seed, "incoming");
  if (!random.chance(RECEIVING_HISTORIES)) return undefined;
  const count = random.between(1, Math.min(MOST_LETTERS, Math.max(letters, 1)));
  const planned = Array.from({ length: count }, (_, index) => planLetter(random, index, durationMs));
  return {
    onStored: { read: random.chance(0.5), confirm: random.chance(0.5) },
    letters: planned,
    strays: random.chance(0.2) ? [{ at: random.next() * durationMs, id: uuid(random), action: "read" }] : [],
  };
}

function planLetter(random: Random, index: number, durationMs: number): PlannedIncoming {
  const soon = () => random.next() ** 3 * random.pick([MINUTE, HOUR, durationMs]);
  const action = () => random.pick(["read", "confirm", "confirm", "purge"] as const);
  const wish = () => {
    const one = { after: soon(), action: action() };
    return random.chance(0.3) ? [one, { ...one, after: one.after + soon() }] : [one];
  };
  return {
    id: uuid(random),
    reference: `incoming-${index}`,
    at: Math.round(random.next() * durationMs * 0.9),
    publishAfter: random.pick([0, 0, 0, random.next() * HOUR, -random.next() * DAY]),
    isConfirmationNeeded: random.chance(0.5),
    files: Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => ({
      size: random.pick([0, 60, 1_000, 2_000, random.between(1, 4_500)]),
      kind: random.weighted([
        [20, "plain"],
        [1, "refused"],
        [1, "corrupt"],
        [3, "unsummed"],
      ] as const),
    })),
    happens: random.chance(0.3)
      ? [{ after: soon() + random.pick([0, 10 * SECOND]), what: random.pick(HAPPENINGS) }]
      : [],
    wishes: Array.from({ length: random.pick([0, 1, 1, 2]) }, wish).flat(),
  };
}

/** Lets all of it happen in its time. */
export function letReceive(world: SimulatedWorld, { letters, strays }: PlannedReceiving): void {
  const { timeline, startsAt, around } = world;
  const at = (time: number, happening: () => void) => timeline.at(startsAt + time, happening);
  for (const letter of letters) {
    at(letter.at, () => void sendPlanned(world, letter));
    for (const { after, what } of letter.happens)
      at(letter.at + after, () => around.altinn.actOnIncoming(letter.id, what));
    for (const { after, action } of letter.wishes) at(letter.at + after, () => world.wish(letter.id, action));
  }
  for (const { at: time, id, action } of strays) at(time, () => world.wish(id, action));
}

function sendPlanned({ around, timeline }: SimulatedWorld, letter: PlannedIncoming): void {
  const { id, reference, publishAfter, isConfirmationNeeded, files } = letter;
  around.altinn.sendToUs({
    id,
    sendersReference: reference,
    isConfirmationNeeded,
    requestedPublishTime: timeline.now + publishAfter,
    files: files.map(({ size, kind }, index) => ({
      fileName: `vedlegg ${index}.pdf`,
      size,
      ...(kind === "refused" ? { resourceId: "denied-letters" } : {}),
      ...(kind === "corrupt" ? { checksum: "0".repeat(32) } : {}),
      ...(kind === "unsummed" ? { checksum: "" } : {}),
    })),
  });
}
