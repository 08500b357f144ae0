// A model of one blob container: conditional writes, and an index of tags that lags behind.
import { SECOND } from "../shared/clock.ts";
import type { FoundBlob, FoundPage, ListedBlob, StoredDocument, Tags } from "../shared/storage/jsonBlobs.ts";

/** What the index will say of a blob from a time on; without tags: that it is gone. */
interface Indexed {
  readonly from: number;
  readonly tags: Tags | undefined;
}

interface Blob {
  readonly text: string;
  /** What the text says, once somebody has asked. */
  value?: unknown;
  readonly etag: string;
  readonly tags: Tags;
  readonly writtenAt: number;
}

/** A condition on one tag. */
interface Condition {
  readonly key: string;
  /** Of a blob without the tag nothing holds, whatever the operator. */
  readonly holds: (value: string | undefined) => boolean;
}

/** What the container takes from outside. */
export interface BlobsOptions {
  now(): number;
  /** How long the index takes to learn of a write, in milliseconds. */
  lag(): number;
}

/** A container. Every method is one call, done at once. */
export class ModelBlobs {
  readonly #blobs = new Map<string, Blob>();
  /** By name, the earliest first: what the index says now, and what it will say. */
  readonly #index = new Map<string, Indexed[]>();
  /** The names in the index that have, or had, a tag of this key. */
  readonly #byKey = new Map<string, Set<string>>();
  readonly #options: BlobsOptions;
  #versions = 0;

  constructor(options: BlobsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#blobs.size;
  }

  read(name: string): StoredDocument | undefined {
    const blob = this.#blobs.get(name);
    if (blob && !("value" in blob)) blob.value = parse(blob.text);
    return blob && { value: blob.value, etag: blob.etag };
  }

  /** The text of a blob, and its version. */
  text(name: string): { readonly text: string; readonly etag: string } | undefined {
    return this.#blobs.get(name);
  }

  create(name: string, value: unknown, tags?: Tags): string | undefined {
    return this.#blobs.has(name) ? undefined : this.#put(name, JSON.stringify(value), tags);
  }

  replace(name: string, value: unknown, etag: string, tags?: Tags): string | undefined {
    return this.#blobs.get(name)?.etag === etag ? this.#put(name, JSON.stringify(value), tags) : undefined;
  }

  /** Puts a blob, whatever was there. */
  put(name: string, text: string): string {
    return this.#put(name, text);
  }

  remove(name: string, etag?: string): boolean {
    const blob = this.#blobs.get(name);
    if (blob === undefined || (etag !== undefined && blob.etag !== etag)) return false;
    this.#blobs.delete(name);
    this.#note(name, undefined);
    return true;
  }

  exists(name: string): boolean {
    return this.#blobs.has(name);
  }

  /** Find Blobs by Tags: by name, with the tags that the query names, as far as the index has learnt of them. */
  find(where: string): FoundBlob[] {
    const conditions = conditionsOf(where);
    const now = this.#options.now();
    const names = conditions
      .map(({ key }) => this.#byKey.get(key) ?? new Set<string>())
      .reduce((fewest, next) => (next.size < fewest.size ? next : fewest));
    const found: FoundBlob[] = [];
    for (const name of [...names].sort()) {
      const tags = this.#tagsOf(name, now);
      if (tags === undefined || !conditions.every(({ key, holds }) => holds(tags[key]))) continue;
      const named = conditions.map(({ key }) => [key, tags[key] ?? ""]);
      found.push({ name, tags: Object.fromEntries(named) });
    }
    return found;
  }

  /** One page of the same: what comes after the name that the page before it ended with. */
  findPage(where: string, limit: number, after?: string): FoundPage<FoundBlob> {
    const left = this.find(where).filter(({ name }) => after === undefined || name > after);
    const found = left.slice(0, limit);
    const last = found.at(-1);
    return { found, ...(last !== undefined && left.length > found.length ? { next: last.name } : {}) };
  }

  /** Every blob. When it was last written is told in full seconds, as in a header. */
  list({ withTags = true }: { readonly withTags?: boolean } = {}): ListedBlob[] {
    return [...this.#blobs]
      .map(([name, { tags, writtenAt }]) => ({
        name,
        tags: withTags ? tags : {},
        writtenAt: Math.floor(writtenAt / SECOND) * SECOND,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isEmpty(...exceptFor: readonly string[]): boolean {
    return this.#blobs.size === exceptFor.filter((name) => this.#blobs.has(name)).length;
  }

  #put(name: string, text: string, tags: Tags = {}): string {
    const etag = `"0x${(++this.#versions).toString(16).toUpperCase()}"`;
    this.#blobs.set(name, { text, etag, tags, writtenAt: this.#options.now() });
    this.#note(name, tags);
    return etag;
  }

  #note(name: string, tags: Tags | undefined): void {
    const known = this.#index.get(name) ?? [];
    if (known.length === 0 && (tags === undefined || Object.keys(tags).length === 0)) return;
    // What was written later is never known earlier.
    const from = Math.max(this.#options.now() + this.#options.lag(), known.at(-1)?.from ?? 0);
    known.push({ from, tags });
    this.#index.set(name, known);
    for (const key of Object.keys(tags ?? {})) {
      const names = this.#byKey.get(key) ?? new Set();
      names.add(name);
      this.#byKey.set(key, names);
    }
  }

  #tagsOf(name: string, now: number): Tags | undefined {
    const known = this.#index.get(name);
    if (known === undefined) return undefined;
    const current = known.findLastIndex(({ from }) => from <= now);
    if (current > 0) {
      this.#forget(name, known.splice(0, current), known);
    }
    return current < 0 ? undefined : known[0]?.tags;
  }

  /** Keeps the sets of names as small as what the index still says. */
  #forget(name: string, gone: readonly Indexed[], left: readonly Indexed[]): void {
    for (const key of new Set(gone.flatMap(({ tags }) => Object.keys(tags ?? {})))) {
      if (!left.some(({ tags }) => tags?.[key] !== undefined)) this.#byKey.get(key)?.delete(name);
    }
  }
}

/** Something that is not JSON has no value, as for the app. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const CONDITION = /^"([^"]+)" (=|<=|>=|<|>) '([^']*)'$/;
const known = new Map<string, readonly Condition[]>();

/** The conditions of a query. Each is parsed once. */
function conditionsOf(where: string): readonly Condition[] {
  const parsed = known.get(where) ?? where.split(" AND ").map(conditionOf);
  if (known.size > 1_000) known.clear();
  known.set(where, parsed);
  return parsed;
}

function conditionOf(text: string): Condition {
  const [, key, operator, value] = CONDITION.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new Error(`The model knows no such condition: ${text}`);
  const compare = comparisons[operator ?? ""];
  if (compare === undefined) throw new Error(`The model knows no such operator: ${text}`);
  return { key, holds: (tag) => tag !== undefined && compare(tag, value) };
}

const comparisons: Readonly<Record<string, (tag: string, value: string) => boolean>> = {
  "=": (tag, value) => tag === value,
  "<": (tag, value) => tag < value,
  "<=": (tag, value) => tag <= value,
  ">": (tag, value) => tag > value,
  ">=": (tag, value) => tag >= value,
};
