// Things by name that are made when they are first needed, and go again when nobody has needed them for a while.

/** How many are kept, and for how long. */
export interface Keeping {
  /** Beyond so many, the one that was used longest ago goes. */
  readonly most: number;
  /** What was not used for so long goes, in milliseconds. */
  readonly idleMs: number;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}

/** What has gone is made anew: nothing may be kept this way that must not be forgotten. */
export function keptWhileUsed<T>({ most, idleMs, elapsed }: Keeping, make: (name: string) => T): (name: string) => T {
  // The map keeps the order of insertion: the one used last goes to its end.
  const kept = new Map<string, { readonly thing: T; readonly usedAt: number }>();
  return (name) => {
    const now = elapsed();
    const thing = kept.get(name)?.thing ?? make(name);
    kept.delete(name);
    kept.set(name, { thing, usedAt: now });
    for (const [oldest, { usedAt }] of kept) {
      if (kept.size <= most && now - usedAt < idleMs) break;
      kept.delete(oldest);
    }
    return thing;
  };
}
