// Records that never change once they are written, kept in memory: the many letters of one request read it once.
import type { Records, Versioned } from "./stateStore.ts";

/** How many are kept: they can be large, and the letters of a request come one after the other. */
const KEPT = 2;

/** The same records, of which the last few that were read are kept. */
export function cachedRecords<T>(records: Records<T>): Records<T> {
  const kept = new Map<string, Versioned<T>>();
  return {
    ...records,
    async read(id) {
      const known = kept.get(id) ?? (await records.read(id));
      if (!known) return undefined;
      // The map keeps the order of insertion: the one read last goes to its end.
      kept.delete(id);
      kept.set(id, known);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return known;
    },
  };
}
