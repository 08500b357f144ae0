/** A clock that stands still until it is moved. */
export class TestClock {
  #now: number;
  #elapsed = 0;
  /** Storage hides nothing: the harness keeps delayed messages back itself. */
  readonly scale = Number.POSITIVE_INFINITY;
  constructor(now: number) {
    this.#now = now;
  }
  now = (): number => this.#now;
  elapsed = (): number => this.#elapsed;
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#elapsed += milliseconds;
  }
  /** Somebody sets the machine's time back. */
  setBack(milliseconds: number): void {
    this.#now -= milliseconds;
  }
}
