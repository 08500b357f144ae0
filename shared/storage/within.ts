// A time limit of our own for calls to storage. The storage library passes its limit on to the service, and itself waits
// for ever: a connection that goes silent would hold an invocation until the host ends the whole process.

/** For a call with all of its tries, in milliseconds: three of half a minute, and what is between them. */
export const STORAGE_TIMEOUT_MS = 100_000;

/** Storage said nothing in time. What was asked for may have been done. */
export class StorageTimeout extends Error {
  override readonly name = "StorageTimeout";
  readonly code = "ETIMEDOUT";
}

/**
 * Makes a call, and ends it when it takes longer.
 * @throws StorageTimeout then; and whatever the call throws
 */
export async function within<T>(timeoutMs: number, call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    return await call(limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? new StorageTimeout("Storage did not answer in time") : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The same for each step of a listing or download: what is done with an item in between takes as long as it likes. What is
 * left before its end is closed.
 */
export async function* eachWithin<T>(
  timeoutMs: number,
  open: (abortSignal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const limit = new AbortController();
  const items = open(limit.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => limit.abort(), timeoutMs);
      const { done, value } = await items.next().finally(() => clearTimeout(timer));
      if (done === true) return;
      yield value;
    }
  } catch (error) {
    throw limit.signal.aborted ? new StorageTimeout("Storage did not answer in time") : error;
  } finally {
    await items.return?.();
  }
}
