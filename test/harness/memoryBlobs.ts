// A blob container in memory, with an index: for what needs thousands of records and no faults.
import type { FoundBlob, JsonBlobs, Tags } from "../../shared/storage/jsonBlobs.ts";

interface Kept {
  readonly text: string;
  readonly tags: Tags;
  readonly version: number;
}

/** An empty container. `calls` counts what would be requests: each page of 5,000 that a query or a listing gives, too. */
export function memoryBlobs(): JsonBlobs & { calls: number } {
  const blobs = new Map<string, Kept>();
  const write = (name: string, value: unknown, tags: Tags = {}) => {
    const version = (blobs.get(name)?.version ?? 0) + 1;
    blobs.set(name, { text: JSON.stringify(value), tags, version });
    return String(version);
  };
  const container = {
    calls: 0,
    async read(name: string) {
      container.calls++;
      const kept = blobs.get(name);
      return kept && { value: JSON.parse(kept.text), etag: String(kept.version) };
    },
    async create(name: string, value: unknown, tags?: Tags) {
      container.calls++;
      return blobs.has(name) ? undefined : write(name, value, tags);
    },
    async replace(name: string, value: unknown, etag: string, tags?: Tags) {
      container.calls++;
      return String(blobs.get(name)?.version) === etag ? write(name, value, tags) : undefined;
    },
    async remove(name: string, etag?: string) {
      container.calls++;
      return etag === undefined || String(blobs.get(name)?.version) === etag ? blobs.delete(name) : false;
    },
    async exists(name: string) {
      container.calls++;
      return blobs.has(name);
    },
    async *find(where: string): AsyncGenerator<FoundBlob> {
      let found = 0;
      const isFound = conditionOf(where);
      for (const [name, { tags }] of [...blobs]) {
        const named = isFound(tags);
        if (!named) continue;
        if (found++ % 5000 === 0) container.calls++;
        yield { name, tags: named };
      }
      if (found === 0) container.calls++;
    },
    async findPage(where: string, limit: number, token = "0") {
      container.calls++;
      const isFound = conditionOf(where);
      const found: FoundBlob[] = [];
      let place = 0;
      for (const [name, { tags }] of blobs) {
        if (place++ < Number(token)) continue;
        const named = isFound(tags);
        if (named) found.push({ name, tags: named });
        if (found.length === limit && place < blobs.size) return { found, next: String(place) };
      }
      return { found };
    },
    async *list() {
      container.calls += Math.max(Math.ceil(blobs.size / 5000), 1);
      for (const [name, { tags }] of [...blobs]) yield { name, tags, writtenAt: 0 };
    },
    async isEmpty(...exceptFor: readonly string[]) {
      container.calls++;
      return [...blobs.keys()].every((name) => exceptFor.includes(name));
    },
  };
  return container;
}

/** Reads a query of Find Blobs by Tags; gives the tags that it names where a blob's match, and else nothing. */
export function conditionOf(where: string): (tags: Tags) => Tags | undefined {
  const conditions = [...where.matchAll(/"([^"]+)" (=|<=?|>=?) '([^']*)'/g)].map(
    ([, key = "", operator = "", value = ""]) => ({ key, operator, value }),
  );
  return (tags) => {
    const named: Record<string, string> = {};
    for (const { key, operator, value } of conditions) {
      const tag = tags[key];
      if (tag === undefined) return undefined;
      const order = tag < value ? -1 : tag > value ? 1 : 0;
      const isMet =
        (order === 0 && operator.endsWith("=")) ||
        (order < 0 && operator[0] === "<") ||
        (order > 0 && operator[0] === ">");
      if (!isMet) return undefined;
      named[key] = tag;
    }
    return named;
  };
}
