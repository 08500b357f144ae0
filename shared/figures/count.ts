// Counts the letters of some days by the index alone, page by page: no record is read.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { endKey, HourTallies, type HourTally, type UnsentLetters } from "../records/dayFigures.ts";
import { failureOf, readPosted } from "../records/reached.ts";
import { addFailed, addLetter } from "../records/tally.ts";
import type { FoundPage, Tags } from "../storage/jsonBlobs.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import type { FiguresContext } from "./context.ts";

/** The most that Azure puts on a page of what an index query finds. */
const PAGE = 5000;

/** Which letters are counted. */
export interface Counting {
  /** The first day, as `2026-11-28`, and the day after the last. */
  readonly from: string;
  readonly until: string;
  /** Without URN prefix; all of them where it is absent. */
  readonly resources?: readonly string[] | undefined;
  /** Ends that the index does not tell any more, by key; see `DayFigures`. */
  readonly gone?: Readonly<Record<string, UnsentLetters>>;
  readonly pageSize?: number;
}

/** What was counted, and by how many operations of storage. */
export interface Counted {
  readonly tallies: readonly HourTally[];
  readonly operations: number;
}

/** Counts letters by the hour in which they were posted, and those that were not sent by the hour in which they ended. */
export async function countLetters({ store }: FiguresContext, counting: Counting): Promise<Counted> {
  const { from, until, gone = {}, pageSize = PAGE } = counting;
  const resources = counting.resources?.map(tagValue);
  const tallies = new HourTallies();
  let operations = 0;
  const each = async (records: Found, conditions: readonly string[], take: (id: string, tags: Tags) => void) => {
    let token: string | undefined;
    do {
      const page = await records.findPage(conditions.join(" AND "), pageSize, token);
      operations++;
      for (const { id, tags } of page.found) take(id, tags);
      token = page.next;
    } while (token !== undefined);
  };
  // What a query names comes back with what it finds, and only what has it is found.
  const named = (tag: string) => whereTag(tag, ">", " ");
  const within = (tag: string) => [whereTag(tag, ">=", from), whereTag(tag, "<", until)];

  // The index knows no "or": it is asked for each resource by itself.
  for (const one of resources?.map((id) => whereTag("resource", "=", id)) ?? [named("resource")]) {
    const letters = [...within("posted"), named("status"), one];
    await each(store.correspondences, letters, (_id, { posted = "", status = "", resource = "" }) => {
      const letter = readPosted(posted, status);
      // Somebody's hand has written it.
      if (Number.isNaN(letter.postedAt)) return;
      addLetter(tallies.at(letter.postedAt, resource), letter);
    });
  }

  const ends = new Map<string, UnsentLetters>(Object.entries(gone));
  const dispatches = new Set<string>();
  await each(store.dispatches, [...within("unsent"), named("resource")], (id, { unsent = "", resource = "" }) => {
    const [at = "", reason = ""] = unsent.split(" ");
    dispatches.add(id);
    ends.set(id, { endedAt: Date.parse(at), reason, resource: withoutResourcePrefix(resource), letters: 1 });
  });
  const told = new Set<string>();
  const dead = (name: string, { ended = "", end = "", reason = "", letters }: Tags) => {
    // Of a letter that was sent or refused by itself, its dispatch tells; versions from before 2026-11-28 did not note when.
    if (told.has(name) || dispatches.has(name.slice(0, -".json".length))) return;
    told.add(name);
    const [count = "1", resource = ""] = letters?.split(" ") ?? [];
    const endedAt = Date.parse(ended);
    if (count === "0" || Number.isNaN(endedAt)) return;
    ends.set(endKey(name, endedAt), { endedAt, reason: failureOf(end, reason), resource, letters: Number(count) });
  };
  const deadLetters = [...within("ended"), named("end"), named("reason")];
  await each(store.deadLetters, [...deadLetters, whereTag("letters", ">=", "0")], dead);
  await each(store.deadLetters, deadLetters, dead);

  for (const { endedAt, reason, resource: of, letters } of ends.values()) {
    if (Number.isNaN(endedAt)) continue;
    if (resources?.includes(of) ?? true) addFailed(tallies.at(endedAt, of), reason, letters);
  }
  return { tallies: tallies.rows(), operations };
}

interface Found {
  findPage(
    where: string,
    limit: number,
    token?: string,
  ): Promise<FoundPage<{ readonly id: string; readonly tags: Tags }>>;
}
