// How often what goes wrong, drawn anew for each history: some have much of one kind, some a little of all, some nothing.
import type { Random } from "../chaos/random.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../shared/clock.ts";

/** What of storage answers nobody, and when. */
export interface StorageOutage {
  readonly from: number;
  readonly to: number;
  readonly of: "blobs" | "queues" | "both";
}

/** Shares of 1, unless a unit is named. */
export interface Odds {
  /** A call to storage is refused before it did anything. */
  readonly storageRefused: number;
  /** A call to storage does its work, and its answer is lost; the library gives up. */
  readonly storageLost: number;
  /** The same, but the library makes the call again, and it is the second answer that the app sees. */
  readonly storageRepeated: number;
  /** Altinn answers 5xx or 429 to a call, and has done nothing. */
  readonly altinnRefused: number;
  /** Altinn does its work, and the answer is lost. */
  readonly altinnLost: number;
  /** The app gives up a call, and Altinn does its work minutes later. */
  readonly altinnLate: number;
  /** Altinn does its work, answers 5xx all the same, or 409 to the letter that it has just made. */
  readonly altinnDenied: number;
  /** A gateway answers in place of Altinn: pages without a code. */
  readonly gateway: number;
  /** Altinn refuses a letter for good, as with a code of its own, and takes it when it is asked again. */
  readonly altinnRejects: number;
  /** All tokens become invalid, at a call. */
  readonly tokensRevoked: number;
  /** The instance dies at a call: before its work, or between the work and the answer. */
  readonly crash: number;
  /** A handled message is not deleted, and comes again. */
  readonly deleteLost: number;
  /** A message is handed out once more while it is being handled. */
  readonly handedOutTwice: number;
  /** A message that is being handled is copied to the poison queue, as during scale-in. */
  readonly poisoned: number;
  /** A message by which the app carries on is lost, though its record is there. */
  readonly messageLost: number;
  /** A producer deletes the blob of a claim check soon. */
  readonly blobGone: number;
  /** An operator asks for a dead letter to be sent again, at each look. */
  readonly replayed: number;
  /** An operator drops a dead letter for good, at each look. */
  readonly dropped: number;
  readonly eventLost: number;
  readonly eventRepeated: number;
  /** An event comes late, by up to half a day. */
  readonly eventLate: number;
  /** The longest time that the index of a container lags, in milliseconds. */
  readonly indexLagMs: number;
  /** The longest time that Altinn's lists by status lag, in milliseconds. */
  readonly listLagMs: number;
  /** The longest time for which Altinn's look-up by key misses a letter that exists, in milliseconds. */
  readonly lookUpLagMs: number;
  /** How long calls take at most, in milliseconds; most take a tenth of it. */
  readonly latencyMs: number;
  /** How far the clocks of two instances are apart at most, in milliseconds. */
  readonly clockSkewMs: number;
  /** How far a clock goes wrong at most when it is set while an instance lives, in milliseconds. */
  readonly clockJumpMs: number;
  /** When Altinn is down for a while: from the beginning of the history, in milliseconds. */
  readonly outage: { readonly from: number; readonly to: number } | undefined;
  /** When an account of storage answers nobody, likewise: its blobs, its queues, or both. */
  readonly storageOutage: StorageOutage | undefined;
  /** When an operator pulls the brake, and lifts it, likewise. */
  readonly brake: { readonly from: number; readonly to: number } | undefined;
  /** How many instances there are at first. */
  readonly instances: number;
  /** For so many days the world goes on after all has come to rest: what is kept for a while is deleted then. */
  readonly afterDays: number;
}

/** Longer than anything is kept by the app itself, save figures and the records that prove what was sent. */
export const AFTER_DAYS = 34;

/** A world in which nothing goes wrong. */
export const CALM: Odds = {
  storageRefused: 0,
  storageLost: 0,
  storageRepeated: 0,
  altinnRefused: 0,
  altinnLost: 0,
  altinnLate: 0,
  altinnDenied: 0,
  gateway: 0,
  altinnRejects: 0,
  tokensRevoked: 0,
  crash: 0,
  deleteLost: 0,
  handedOutTwice: 0,
  poisoned: 0,
  messageLost: 0,
  blobGone: 0,
  replayed: 0,
  dropped: 0,
  eventLost: 0,
  eventRepeated: 0,
  eventLate: 0,
  indexLagMs: 2 * SECOND,
  listLagMs: 0,
  lookUpLagMs: 0,
  latencyMs: 200,
  clockSkewMs: 0,
  clockJumpMs: 0,
  outage: undefined,
  storageOutage: undefined,
  brake: undefined,
  instances: 2,
  afterDays: 0,
};

/** Draws the odds of one history, in which things go wrong for `durationMs`. */
export function drawOdds(random: Random, durationMs: number): Odds {
  if (random.chance(0.03)) return { ...CALM, instances: random.between(1, 4) };
  // Of each kind none, a little or much.
  const share = (most: number) => (random.chance(0.45) ? most * random.next() ** 3 : 0);
  const span = (chance: number, longest: number) => {
    if (!random.chance(chance)) return undefined;
    const from = random.next() * durationMs;
    return { from, to: from + random.next() * longest };
  };
  const storageSpan = span(0.15, random.pick([2 * MINUTE, 20 * MINUTE, 2 * HOUR]));
  return {
    storageRefused: share(0.2),
    storageLost: share(0.1),
    storageRepeated: share(0.3),
    altinnRefused: share(0.5),
    altinnLost: share(0.4),
    altinnLate: share(0.2),
    altinnDenied: share(0.2),
    gateway: share(0.3),
    altinnRejects: share(0.2),
    tokensRevoked: share(0.05),
    crash: share(0.04),
    deleteLost: share(0.2),
    handedOutTwice: share(0.2),
    poisoned: share(0.1),
    messageLost: share(0.1),
    blobGone: share(0.8),
    replayed: share(0.5),
    dropped: share(0.3),
    eventLost: random.chance(0.1) ? 1 : share(0.8),
    eventRepeated: share(0.5),
    eventLate: share(0.5),
    indexLagMs: random.pick([0, SECOND, 10 * SECOND, 2 * MINUTE, 10 * MINUTE]),
    listLagMs: random.pick([0, 0, 10 * SECOND, 5 * MINUTE]),
    latencyMs: random.pick([20, 500, 5 * SECOND, 30 * SECOND]),
    clockSkewMs: random.pick([0, SECOND, 30 * SECOND]),
    // A letter under a key that its producer gave is told from another's by its age, and five minutes are allowed for clocks.
    clockJumpMs: random.pick([0, 0, 30 * SECOND, 4 * MINUTE]),
    storageOutage: storageSpan && { ...storageSpan, of: random.pick(["blobs", "queues", "both"]) },
    outage: span(0.2, random.pick([10 * MINUTE, 3 * HOUR, DAY])),
    brake: span(0.1, random.pick([10 * MINUTE, 6 * HOUR])),
    instances: random.between(1, 4),
    afterDays: random.chance(0.05) ? AFTER_DAYS : 0,
    // An empty look-up counts ten minutes after the last POST of which nobody knows can have run, and clocks go wrong as well.
    lookUpLagMs: random.pick([0, 0, 20 * SECOND, 2 * MINUTE]),
  };
}
