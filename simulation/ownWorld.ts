// While a history runs, this process has no time and no chance of its own: both are the history's, whoever asks for them.
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import type { Random } from "../chaos/random.ts";
import type { Timeline } from "./timeline.ts";

/** Where time and chance come from. */
interface Sources {
  readonly random: typeof Math.random;
  readonly now: typeof Date.now;
  readonly elapsed: typeof performance.now;
  readonly bytes: typeof crypto.randomBytes;
  readonly uuid: typeof crypto.randomUUID;
  /** The `setInterval` of `node:timers/promises`, by which is renewed what is to hold while work lasts. */
  readonly interval: (
    everyMs?: number,
    value?: unknown,
    options?: { readonly signal?: AbortSignal },
  ) => AsyncIterator<unknown>;
}

/** Does `work` in a process whose time is the timeline's and whose chance is `random`. One at a time. */
export async function inOwnWorld<T>(
  timeline: Pick<Timeline, "now" | "after">,
  random: Random,
  work: () => Promise<T>,
): Promise<T> {
  const real: Sources = {
    random: Math.random,
    now: Date.now,
    elapsed: performance.now,
    bytes: crypto.randomBytes,
    uuid: crypto.randomUUID,
    interval: timers.setInterval,
  };
  const bytes = (size: number): Buffer => {
    const made = Buffer.alloc(size);
    for (let index = 0; index < size; index++) made[index] = Math.floor(random.next() * 256);
    return made;
  };
  const replace = (source: Sources) => {
    Math.random = source.random;
    Date.now = source.now;
    performance.now = source.elapsed;
    Object.assign(crypto, { randomBytes: source.bytes, randomUUID: source.uuid });
    Object.assign(timers, { setInterval: source.interval });
    syncBuiltinESMExports();
  };
  const now = () => timeline.now;
  const ticks: Sources["interval"] = async function* (everyMs = 1, value, { signal } = {}) {
    for (;;) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const callOff = timeline.after(everyMs, resolve);
        signal?.addEventListener(
          "abort",
          () => {
            callOff();
            reject(signal.reason);
          },
          { once: true },
        );
      });
      yield value;
    }
  };
  const start = now();
  // Thousands of errors are thrown, and nobody reads where: to find that out takes longer than what they are thrown from.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  replace({
    random: random.next,
    now,
    elapsed: () => now() - start,
    bytes: Object.assign(bytes, real.bytes),
    uuid: () => uuidOf(bytes(16)),
    interval: ticks,
  });
  try {
    return await work();
  } finally {
    replace(real);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A UUID of version 4 out of 16 bytes. */
function uuidOf(bytes: Buffer): `${string}-${string}-${string}-${string}-${string}` {
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
