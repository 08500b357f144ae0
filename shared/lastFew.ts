// A small cache of the values last asked for: the letters of one request come one after the other, and all need the same.

/** How many are kept: they can be large. */
const KEPT = 2;

/** Answers by what was asked for; of those beyond the last few that were asked for, the one that was so longest ago goes. */
export interface LastFew<T> {
  /** Takes an answer for the one asked for last. */
  keep(asked: string, answer: T): T;
  get(asked: string): T | undefined;
}

/** A memory for the last few values by key; older ones are forgotten. */
export function lastFew<T>(): LastFew<T> {
  // The map keeps the order of insertion: the one asked for last goes to its end.
  const kept = new Map<string, T>();
  return {
    get: (asked) => kept.get(asked),
    keep(asked, answer) {
      kept.delete(asked);
      kept.set(asked, answer);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return answer;
    },
  };
}
