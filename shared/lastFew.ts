// A small cache of the values that were last asked for.

/** How many are kept, and for how long. */
export interface Keeping {
  /** Beyond so many, the one that was asked for longest ago goes. */
  readonly most: number;
  /** What was not asked for so long goes, in milliseconds. */
  readonly idleMs: number;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}

/** The letters of one request come one after the other, and all need the same: which can be large. */
const FEW: Keeping = { most: 2, idleMs: Number.POSITIVE_INFINITY, elapsed: () => 0 };

/** Answers by what was asked for; of those beyond the last few that were asked for, the one that was so longest ago goes. */
export interface LastFew<T> {
  /** Takes an answer for the one asked for last. */
  keep(asked: string, answer: T): T;
  get(asked: string): T | undefined;
}

/** A memory for the last few values by key; older ones are forgotten. */
export function lastFew<T>({ most, idleMs, elapsed }: Keeping = FEW): LastFew<T> {
  // The map keeps the order of insertion: the one asked for last goes to its end.
  const kept = new Map<string, { readonly answer: T; readonly at: number }>();
  return {
    get: (asked) => kept.get(asked)?.answer,
    keep(asked, answer) {
      const now = elapsed();
      kept.delete(asked);
      kept.set(asked, { answer, at: now });
      for (const [oldest, { at }] of kept) {
        if (kept.size <= most && now - at < idleMs) break;
        kept.delete(oldest);
      }
      return answer;
    },
  };
}

/**
 * Things by name that are made when they are first needed, and go again when nobody has needed them for a while. What has gone is
 * made anew: nothing may be kept this way that must not be forgotten.
 */
export function keptWhileUsed<T>(keeping: Keeping, make: (name: string) => T): (name: string) => T {
  const kept = lastFew<T>(keeping);
  return (name) => kept.keep(name, kept.get(name) ?? make(name));
}
