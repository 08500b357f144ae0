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

  async function readAgain(): Promise<void> {
    const startedAt = clock.elapsed();
    const asOf = timestamp(clock.now());
    try {
      const { value, operations } = await read();
      kept = { value, asOf, isFailing: false };
      dueAt = startedAt + Math.max(atLeast, (operations / perMinute) * MINUTE);
    } catch {
      // What fails shows; it is tried again soon, and not at each call.
      kept = { ...kept, isFailing: true };
      dueAt = startedAt + atLeast;
    }
  }

  return {
    async get() {
      if (clock.elapsed() >= dueAt) {
        // One reading for all who ask meanwhile.
        reading ??= readAgain().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      return kept;
    },
    forget() {
      dueAt = Number.NEGATIVE_INFINITY;
    },
  };
}
