// Which letters a run drops, and when.
import type { Drop, Errand, ExpectedLetter, ExpectedRefusal, Making } from "./errand.ts";
import { KINDS } from "./kinds.ts";
import { seededRandom } from "./random.ts";

/** How many letters a run drops, and when. */
export interface DropOptions {
  readonly seed: number;
  /** How many letters: one for each recipient of each request, and one for each message that no request can be read from. */
  readonly letters: number;
  /** Real milliseconds in which letters are dropped and things go wrong. */
  readonly durationMs: number;
  /** How many times faster than real time the app's time runs. */
  readonly timeScale: number;
  /** When it begins by the app's time, in epoch milliseconds: times that letters ask for count from here. */
  readonly startsAt: number;
  /** No kind weighs more than this: with a low one, what is rare comes as often as what is plain. */
  readonly mostWeight?: number;
  /** Where each request is on one of several resources; else on the example's. */
  readonly resources?: readonly [string, ...string[]];
}

/** What a run drops, in the order of time, and what must come of it. */
export interface PlannedDrops {
  readonly drops: readonly Drop[];
  readonly letters: readonly ExpectedLetter[];
  readonly refusals: readonly ExpectedRefusal[];
}

/** Pure: the same options give the same drops. */
export function planDrops(options: DropOptions): PlannedDrops {
  const random = seededRandom(options.seed, "letters");
  // What there is to send does not depend on whose it is.
  const whose = seededRandom(options.seed, "resources");
  const errands: Errand[] = [];
  const { mostWeight = Number.POSITIVE_INFINITY, resources } = options;
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
      ...(resources === undefined ? {} : { resourceId: whose.pick(resources) }),
    };
    const possible = KINDS.filter(([, , least]) => least <= room);
    const kind = random.weighted(possible.map(([weight, made]) => [Math.min(weight, mostWeight), made]));
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
