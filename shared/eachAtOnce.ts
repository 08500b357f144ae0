// Work on many things, a few at once.

/**
 * Does `work` for each item, `limit` at once.
 * @throws the first error, but only when all workers have ended: nothing goes on behind whoever waits for this. A worker
 *   ends with its first error; the others go on with what is left.
 */
export async function eachAtOnce<T>(
  limit: number,
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = await left.next(); next.done !== true; next = await left.next()) await work(next.value);
  };
  const workers = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const result of workers) if (result.status === "rejected") throw result.reason;
}
