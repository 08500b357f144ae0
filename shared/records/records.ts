// Records of one kind: JSON blobs that are checked when they are read, and changed by conditional writes. A lost race is a value.
import type { z } from "zod";
import type { FoundBlob, FoundPage, JsonBlobs, Tags } from "../storage/jsonBlobs.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** A record with the version that a conditional write needs. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

/** A record that the index found, with the tags that the query named. */
export interface FoundRecord {
  readonly id: string;
  readonly tags: Tags;
}

/** Records of one kind. Lost races are values, as in {@link JsonBlobs}. */
export interface Records<T> {
  read(id: string): Promise<Versioned<T> | undefined>;
  /** The version created, or `undefined` if there is such a record already. */
  create(id: string, value: T): Promise<string | undefined>;
  /** The new version, or `undefined` if `etag` is not the latest any more. */
  replace(id: string, value: T, etag: string): Promise<string | undefined>;
  /** Finds by index tags; ids, with the tags that the query named. */
  find(where: string): AsyncIterable<FoundRecord>;
  /** One page of the same, of at most `limit`; it may hold fewer, even none, although more follow. */
  findPage(where: string, limit: number, token?: string): Promise<FoundPage<FoundRecord>>;
}

/** A record that this version cannot read: newer than it, or not ours. Whoever goes through many passes over it. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
}

/** Races with more than a few others at once do not happen; something is wrong then. */
const MAX_RACES = 20;

/**
 * Changes a record; a lost race reads again and changes what it then finds. `change` gives `undefined` where nothing is
 * to be changed.
 * @returns the record as it stands, or `undefined` if there is none
 */
export async function changeRecord<T>(
  records: Records<T>,
  id: string,
  change: (known: T) => T | undefined,
  start?: Versioned<T>,
): Promise<Versioned<T> | undefined> {
  let known = start ?? (await records.read(id));
  for (let race = 0; known && race < MAX_RACES; race++) {
    const value = change(known.value);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(known.value)) return known;
    const etag = await records.replace(id, value, known.etag);
    if (etag !== undefined) return { value, etag };
    known = await records.read(id);
  }
  if (known) throw new Error("A record changes too often to be written");
  return undefined;
}

/** Reads a record that may be one which this version cannot read. */
export async function readKnown<T>(from: Records<T>, id: string): Promise<Versioned<T> | "unreadable" | undefined> {
  return from.read(id).catch((error: unknown) => {
    if (error instanceof UnreadableRecord) return "unreadable";
    throw error;
  });
}

/** Reads a record on the way through many: one that cannot be read alerts, and is passed over. */
export async function readOrAlert<T>(from: Records<T>, id: string, telemetry: Telemetry) {
  const known = await readKnown(from, id);
  if (known === "unreadable") telemetry.alert("recordUnreadable");
  return known === "unreadable" ? undefined : known;
}

/** Records of one kind over the blobs of a container. What is read is checked by `schema`; `tagsOf` gives the index tags. */
export function recordsOf<T>(
  blobs: JsonBlobs,
  schema: z.ZodType<T>,
  nameOf: (id: string) => string,
  tagsOf?: (value: T) => Tags,
): Records<T> {
  // Records of several kinds share a container, and some tags.
  const folder = folderOf(nameOf(""));
  const ending = nameOf("").endsWith(".json") ? ".json" : "";
  const ours = ({ name, tags }: FoundBlob): FoundRecord[] =>
    folderOf(name) === folder ? [{ id: name.slice(folder.length, name.length - ending.length), tags }] : [];
  return {
    async read(id) {
      const stored = await blobs.read(nameOf(id));
      if (!stored) return undefined;
      const parsed = schema.safeParse(stored.value);
      if (parsed.success) return { value: parsed.data, etag: stored.etag };
      const paths = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
      throw new UnreadableRecord(`The record ${nameOf(id)} is not as this version knows it: ${paths}`);
    },
    create: (id, value) => blobs.create(nameOf(id), value, tagsOf?.(value)),
    replace: (id, value, etag) => blobs.replace(nameOf(id), value, etag, tagsOf?.(value)),
    async *find(where) {
      for await (const blob of blobs.find(where)) yield* ours(blob);
    },
    async findPage(where, limit, token) {
      const { found, ...next } = await blobs.findPage(where, limit, token);
      return { ...next, found: found.flatMap(ours) };
    },
  };
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}
