// What becomes of each call and each message: drawn by the odds, or given, as where a history is told again.
import type { Answer } from "../local/altinn-simulator/answer.ts";
import type { Odds } from "./odds.ts";

/** What can become of a call. Where none is named, it does its work and is answered. */
export const CALL_FATES = [
  /** It is refused before it did anything. */
  "refused",
  /** It does its work, and the answer is lost. */
  "lost",
  /** To storage: the answer is lost, the library calls again, and it is the second answer that comes. */
  "repeated",
  /** To Altinn: it is given up, and does its work minutes later. */
  "late",
  /** To Altinn: it does its work, and is answered as if it had not. */
  "denied",
  /** To Altinn: a gateway answers in its place. */
  "gateway",
  /** To Altinn: it refuses the letter, with a code. */
  "rejects",
  /** To Altinn: no token that there is counts any more. */
  "revoked",
  /** The instance dies, and the call is not made. */
  "dies before",
  /** The instance dies once the call has done its work. */
  "dies after",
] as const;

/** What can become of a message or an event on its way. */
export const WAY_FATES = [
  /** A message that was handled is not deleted. */
  "not deleted",
  /** A message is handed out again while it is being handled. */
  "handed out twice",
  /** A message that is being handled is copied to its poison queue. */
  "poisoned",
  /** A message by which the app carries on is gone. */
  "message lost",
  /** The blob of a claim check is gone. */
  "blob gone",
  /** A dead letter is to be sent again. */
  "replayed",
  /** A dead letter is deleted for good. */
  "dropped",
  /** An event never comes. */
  "event lost",
  /** An event comes twice. */
  "event repeated",
  /** An event comes hours late. */
  "event late",
] as const;

export type CallFate = (typeof CALL_FATES)[number];
export type WayFate = (typeof WAY_FATES)[number];

/** One thing that went wrong: what, and with the how-manieth call, message or event of this name. */
export interface Mishap {
  readonly fate: CallFate | WayFate;
  readonly about: string;
  readonly occurrence: number;
}

/** An answer in place of Altinn's own. */
export interface OtherAnswer {
  /** What it is, or what is made of Altinn's own. */
  readonly answer: Answer | ((own: Answer) => Answer);
  /** Altinn has done its work all the same; so it always has where its own answer is changed. */
  readonly isWorkDone?: boolean;
}

/** Decides what goes wrong. */
export interface Fates {
  /** Of a call to storage or to Altinn. */
  ofCall(kind: "storage" | "altinn", call: string): CallFate | undefined;
  /** What is answered to a call to Altinn in place of its own answer, if anything. */
  answerTo?(call: string): OtherAnswer | undefined;
  /** How long a call takes, in milliseconds, where it is not as usual. */
  takes?(call: string): number | undefined;
  /** Whether this happens to a message or an event. */
  happens(fate: WayFate, about: string): boolean;
  /** In [0, 1): the same for the same occurrence of the same name, whatever else happens. */
  share(about: string): number;
}

/** What is counted and hashed of a name. */
interface Named {
  readonly hash: number;
  seen: number;
}

/** A source of numbers for one purpose, which go by name and occurrence, so that a history can be told again with less in it. */
class Shares {
  readonly #seed: number;
  readonly #names = new Map<string, Named>();

  constructor(seed: number, purpose = "") {
    this.#seed = hashed(purpose, 0x811c9dc5 ^ seed);
  }

  /** One more of this name. */
  next(name: string): { readonly occurrence: number; readonly share: number } {
    let named = this.#names.get(name);
    if (named === undefined) {
      named = { hash: hashed(name, this.#seed), seen: 0 };
      this.#names.set(name, named);
    }
    const occurrence = ++named.seen;
    return { occurrence, share: mixed(named.hash, occurrence) };
  }
}

/** FNV-1a over a text, which goes on from another. */
function hashed(text: string, from: number): number {
  let hash = from;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** In [0, 1): a hash and an occurrence, mixed as mulberry32 mixes its state. */
function mixed(hash: number, occurrence: number): number {
  let mix = (hash + Math.imul(occurrence, 0x6d2b79f5)) | 0;
  mix = Math.imul(mix ^ (mix >>> 15), 1 | mix);
  mix = (mix + Math.imul(mix ^ (mix >>> 7), 61 | mix)) ^ mix;
  return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
}

/** One source for each purpose. */
function sharesFor(seed: number) {
  const known = new Map<string, Shares>();
  return (purpose: string): Shares => {
    const shares = known.get(purpose) ?? new Shares(seed, purpose);
    known.set(purpose, shares);
    return shares;
  };
}

/** Draws by the odds, which may change meanwhile. What goes wrong is told to `record`. */
export function drawnFates(seed: number, odds: () => Odds, record: (mishap: Mishap) => void): Fates {
  const [calls, shares, ways] = [new Shares(seed), new Shares(seed, "share "), sharesFor(seed)];
  return {
    ofCall(kind, call) {
      const { chances, any } = kind === "storage" ? storageChances(odds()) : altinnChances(odds());
      const { occurrence, share } = calls.next(call);
      if (!any) return undefined;
      let left = share;
      for (const [fate, chance] of chances) {
        left -= chance;
        if (left >= 0) continue;
        record({ fate, about: call, occurrence });
        return fate;
      }
      return undefined;
    },
    happens(fate, about) {
      const { occurrence, share } = ways(`${fate} `).next(about);
      if (share >= wayChance(odds(), fate)) return false;
      record({ fate, about, occurrence });
      return true;
    },
    share: (about) => shares.next(about).share,
  };
}

/** Exactly what is given goes wrong, and takes as long as the seed says. */
export function givenFates(seed: number, mishaps: readonly Mishap[]): Fates {
  const [calls, shares, ways] = [new Shares(seed), new Shares(seed, "share "), sharesFor(seed)];
  const given = new Map(mishaps.map(({ fate, about, occurrence }) => [`${about} ${occurrence}`, fate]));
  const happened = new Set(mishaps.map(({ fate, about, occurrence }) => `${fate} ${about} ${occurrence}`));
  const isCallFate = (fate: string | undefined): fate is CallFate => CALL_FATES.some((known) => known === fate);
  return {
    ofCall(_kind, call) {
      const fate = given.get(`${call} ${calls.next(call).occurrence}`);
      return isCallFate(fate) ? fate : undefined;
    },
    happens: (fate, about) => happened.has(`${fate} ${about} ${ways(`${fate} `).next(about).occurrence}`),
    share: (about) => shares.next(about).share,
  };
}

interface Chances {
  readonly chances: readonly (readonly [CallFate, number])[];
  /** False where none of them is above 0: then nothing needs to be drawn. */
  readonly any: boolean;
}

const known = new WeakMap<Odds, { readonly storage: Chances; readonly altinn: Chances }>();

function storageChances(odds: Odds): Chances {
  return chancesOf(odds).storage;
}

function altinnChances(odds: Odds): Chances {
  return chancesOf(odds).altinn;
}

function chancesOf(odds: Odds) {
  const cached = known.get(odds);
  if (cached) return cached;
  const dies: readonly (readonly [CallFate, number])[] = [
    ["dies before", odds.crash / 2],
    ["dies after", odds.crash / 2],
  ];
  const made = {
    storage: withAny([
      ...dies,
      ["refused", odds.storageRefused],
      ["lost", odds.storageLost],
      ["repeated", odds.storageRepeated],
    ]),
    altinn: withAny([
      ...dies,
      ["refused", odds.altinnRefused],
      ["lost", odds.altinnLost],
      ["late", odds.altinnLate],
      ["denied", odds.altinnDenied],
      ["gateway", odds.gateway],
      ["rejects", odds.altinnRejects],
      ["revoked", odds.tokensRevoked],
    ]),
  };
  known.set(odds, made);
  return made;
}

function withAny(chances: readonly (readonly [CallFate, number])[]): Chances {
  return { chances, any: chances.some(([, chance]) => chance > 0) };
}

function wayChance(odds: Odds, fate: WayFate): number {
  switch (fate) {
    case "not deleted":
      return odds.deleteLost;
    case "handed out twice":
      return odds.handedOutTwice;
    case "poisoned":
      return odds.poisoned;
    case "message lost":
      return odds.messageLost;
    case "blob gone":
      return odds.blobGone;
    case "replayed":
      return odds.replayed;
    case "dropped":
      return odds.dropped;
    case "event lost":
      return odds.eventLost;
    case "event repeated":
      return odds.eventRepeated;
    case "event late":
      return odds.eventLate;
  }
}
