// The order in which everything happens: one thing after the other, by a time that only this moves.
import { setImmediate } from "node:timers/promises";

/** What happens at a time. */
type Happening = () => void;

/** Simulated time, in epoch milliseconds, and what lies ahead. What is due at the same time happens in the order it was put. */
export class Timeline {
  #now: number;
  #sequence = 0;
  /** A binary heap, the earliest first. */
  readonly #ahead: { readonly at: number; readonly sequence: number; readonly happening: Happening }[] = [];

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

  /** Puts a happening so long from now. */
  after(milliseconds: number, happening: Happening): void {
    this.at(this.#now + milliseconds, happening);
  }

  at(time: number, happening: Happening): void {
    const entry = { at: Math.max(time, this.#now), sequence: this.#sequence++, happening };
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
  }

  /**
   * Lets the next thing happen, and everything that code does of itself because of it, until all of it waits again. False if
   * nothing lies ahead, or only after `until`: then it is `until`.
   */
  async step(until: number = Number.POSITIVE_INFINITY): Promise<boolean> {
    const first = this.#ahead[0];
    if (first === undefined || first.at > until) {
      if (until !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#removeFirst();
    this.#now = first.at;
    first.happening();
    // Promises and what streams do go on until they wait for the next happening.
    await setImmediate();
    return true;
  }

  /** Lets happen what lies ahead until a time. What was begun just before goes first as far as it can. */
  async run(until: number): Promise<void> {
    await setImmediate();
    while (await this.step(until));
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
