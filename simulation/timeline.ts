// The order in which everything happens: one thing after the other, by a time that only this moves.

/** So many happenings are put before the process at once. */
const AT_ONCE = 32;

/** What happens at a time. */
type Happening = () => void;

/** Simulated time, in epoch milliseconds, and what lies ahead. What is due at the same time happens in the order it was put. */
export class Timeline {
  #now: number;
  #sequence = 0;
  /** So much happens at most: what goes beyond never ends. */
  mostHappenings = Number.POSITIVE_INFINITY;
  #happened = 0;
  /** A binary heap, the earliest first. */
  readonly #ahead: { readonly at: number; readonly sequence: number; happening: Happening | undefined }[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next thing happens; `undefined` if nothing lies ahead. */
  get next(): number | undefined {
    return this.#ahead[0]?.at;
  }

  /** Puts a happening so long from now. What is returned calls it off. */
  after(milliseconds: number, happening: Happening): () => void {
    return this.at(this.#now + milliseconds, happening);
  }

  at(time: number, happening: Happening): () => void {
    const at = Math.max(time, this.#now);
    const entry: { at: number; sequence: number; happening: Happening | undefined } = {
      at,
      sequence: this.#sequence++,
      happening,
    };
    const heap = this.#ahead;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
    return () => {
      entry.happening = undefined;
    };
  }

  /**
   * Lets happen what lies ahead until a time, one thing after the other. After each, everything goes on that code does of
   * itself because of it (promises, and what streams do), until all of it waits again. What was begun just before goes first.
   */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const next = () => {
        if (isOver) return;
        try {
          isOver = !this.#happen(until);
          if (isOver) resolve();
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      const some = () => {
        if (isOver) return;
        // Node lets all promises go on between two of these, and looks for nothing else: that would take longer than they do.
        for (let index = 0; index < AT_ONCE; index++) setImmediate(next);
        setImmediate(some);
      };
      some();
    });
  }

  /** Lets the next thing happen. False if nothing lies ahead, or only after `until`: then it is `until`. */
  #happen(until: number): boolean {
    let first = this.#ahead[0];
    for (; first !== undefined && first.happening === undefined; first = this.#ahead[0]) this.#removeFirst();
    if (first === undefined || first.at > until) {
      if (until !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, until);
      return false;
    }
    if (++this.#happened > this.mostHappenings)
      throw new Error(`It never ends: ${this.#happened} things have happened`);
    this.#removeFirst();
    this.#now = first.at;
    first.happening?.();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#ahead;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        below++;
        child = right;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}

function isBefore(a: { at: number; sequence: number }, b: { at: number; sequence: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
