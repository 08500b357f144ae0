// What is shown of the whole app is read now and then and kept, so that a viewer costs storage little however often the
// page asks: each part has so many storage operations a minute, and is read again when they are saved up.

import type { Clock } from "../clock.ts";
import { MINUTE, timestamp } from "../clock.ts";

/** Something that is read, and how many storage operations that took. */
export interface Counted<T> {
  readonly value: T;
  readonly operations: number;
}

/** A part, as it was read last. */
export interface KeptPart<T> {
  /** Absent until it could be read. */
  readonly value?: T;
  /** RFC 3339: when that was read. */
  readonly asOf?: string;
  /** The last attempt to read it came to nothing. */
  readonly isFailing: boolean;
}

/** Keeps one part. */
export interface Keeper<T> {
  /** The part as it is kept; read first, if it is due. Never throws. */
  get(): Promise<KeptPart<T>>;
  /** Has it read at the next {@link get}: somebody has changed something. */
  forget(): void;
}

/** A reading that came to nothing, and what it had cost by then. */
export class FailedReading extends Error {
  override readonly name = "FailedReading";
  readonly operations: number;

  constructor(operations: number, cause: unknown) {
    super("A part of the dashboard could not be read", { cause });
    this.operations = operations;
  }
}

/**
 * @param perMinute so many storage operations a minute, on average
 * @param atLeast milliseconds between two readings, however little they cost
 */
export function keep<T>(
  clock: Pick<Clock, "now" | "elapsed">,
  { perMinute, atLeast = MINUTE }: { readonly perMinute: number; readonly atLeast?: number },
  read: () => Promise<Counted<T>>,
): Keeper<T> {
  let kept: KeptPart<T> = { isFailing: false };
  let dueAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  // Raised when somebody changes something: what began to be read before may not show it.
  let generation = 0;

  async function readAgain(): Promise<void> {
    const startedAt = clock.elapsed();
    const asOf = timestamp(clock.now());
    const began = generation;
    let spent = 0;
    try {
      const { value, operations } = await read();
      kept = { value, asOf, isFailing: false };
      spent = operations;
    } catch (error) {
      // What fails shows; it is tried again soon, and not at each call.
      kept = { ...kept, isFailing: true };
      spent = error instanceof FailedReading ? error.operations : 0;
    }
    if (began === generation) dueAt = startedAt + Math.max(atLeast, (spent / perMinute) * MINUTE);
  }

  return {
    async get() {
      // One reading for all who ask meanwhile; one more, if what it read has been changed meanwhile.
      for (let turn = 0; turn < 2 && clock.elapsed() >= dueAt; turn++) {
        reading ??= readAgain().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      return kept;
    },
    forget() {
      generation++;
      dueAt = Number.NEGATIVE_INFINITY;
    },
  };
}
