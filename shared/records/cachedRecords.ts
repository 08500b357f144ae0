// Records that never change once they are written, kept in memory: the many letters of one request read it once.
import { lastFew } from "../lastFew.ts";
import type { Records, Versioned } from "./records.ts";

/** The same records, of which the last few that were read are kept. */
export function cachedRecords<T>(records: Records<T>): Records<T> {
  const kept = lastFew<Versioned<T>>();
  return {
    ...records,
    async read(id) {
      const known = kept.get(id) ?? (await records.read(id));
      return known && kept.keep(id, known);
    },
  };
}
