// Azure Storage's published limits, as calls meet them: what is above one waits until there is room, as the library waits
// and tries again where storage answers 503.

/**
 * Targets a second, as Microsoft publishes them: requests to an account ("Scalability and performance targets for standard
 * storage accounts"), messages on a queue ("… for Queue Storage"), requests to a blob ("… for Blob storage").
 */
export const TARGETS = { account: 20_000, queue: 2_000, blob: 500 } as const;

/** What has gone to a target so far. */
export interface Use {
  readonly name: string;
  /** A second. */
  readonly limit: number;
  readonly total: number;
  /** In its busiest second, as it was asked for. */
  readonly busiest: number;
  /** The longest that something had to wait, in milliseconds. */
  readonly longestWaitMs: number;
}

/** The limits of one account. */
export class Throttle {
  readonly #uses = new Map<string, { -readonly [name in keyof Use]: Use[name] } & { freeAt: number; second: number }>();
  readonly #now: () => number;
  #counts = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes room for so much; how long it has to be waited for, in milliseconds. */
  wait(name: string, limit: number, amount = 1): number {
    const now = this.#now();
    const use = this.#uses.get(name) ?? { name, limit, total: 0, busiest: 0, longestWaitMs: 0, freeAt: 0, second: 0 };
    this.#uses.set(name, use);
    use.total += amount;
    const second = Math.floor(now / 1_000);
    const count = (use.second === second ? (this.#counts.get(name) ?? 0) : 0) + amount;
    use.second = second;
    this.#counts.set(name, count);
    use.busiest = Math.max(use.busiest, count);
    // A second's worth may go at once.
    const waitMs = Math.max(use.freeAt - now - 1_000, 0);
    use.freeAt = Math.max(use.freeAt, now) + (amount * 1_000) / limit;
    use.longestWaitMs = Math.max(use.longestWaitMs, waitMs);
    return waitMs;
  }

  /** The nearest to its limit first. */
  uses(): Use[] {
    return [...this.#uses.values()]
      .map(({ name, limit, total, busiest, longestWaitMs }) => ({ name, limit, total, busiest, longestWaitMs }))
      .sort((a, b) => b.busiest / b.limit - a.busiest / a.limit);
  }
}
