// How a sweep asks about the letters of one resource with the fewest calls: by lists, or one by one. Pure.
import { type CorrespondenceStatus, statusNumber } from "../altinn/statuses.ts";
import type { Window } from "./statusSearch.ts";

/** A letter that is not settled, as the index alone tells. */
export interface UnsettledLetter {
  readonly id: string;
  /** Altinn's own requested publish time, in epoch milliseconds. */
  readonly publishTime: number;
  /** The statuses that it has not had, as far as is known. Letters that lack the same share one array. */
  readonly lacks: readonly CorrespondenceStatus[];
}

/** One status, and the letters that it is to be listed for. */
export interface ListPlan {
  readonly status: CorrespondenceStatus;
  /** Just wide enough for the letters. */
  readonly window: Window;
  /** Their publish times, in ascending order. */
  readonly times: Float64Array;
}

/** What to ask: lists, and letters one by one. */
export interface CheckPlan {
  readonly lists: readonly ListPlan[];
  /** The letters that are asked about one by one instead. */
  readonly looks: readonly UnsettledLetter[];
}

/** What comes next to a letter that is not published: all else comes after that, and is told with it. */
const UNTIL_PUBLISHED: ReadonlySet<CorrespondenceStatus> = new Set([
  "ReadyForPublish",
  "Reserved",
  "Published",
  "Failed",
  "PurgedByRecipient",
  "PurgedByAltinn",
]);

/** What a letter that is published cannot come to any more. */
const BEFORE_PUBLISHED: ReadonlySet<CorrespondenceStatus> = new Set(["ReadyForPublish", "Reserved"]);

/** The statuses of which one tells that there is news of a letter which lacks these. */
export function statusesToList(lacks: readonly CorrespondenceStatus[]): CorrespondenceStatus[] {
  return lacks.includes("Published")
    ? lacks.filter((status) => UNTIL_PUBLISHED.has(status))
    : lacks.filter((status) => !BEFORE_PUBLISHED.has(status));
}

/** What an overview does not show once its status has a higher number (Altinn keeps the highest); whether it was read stands beside it. */
const HIDEABLE: readonly CorrespondenceStatus[] = ["Replied", "Confirmed", "Archived", "AttachmentsDownloaded"];

/** True if an overview with this status would not tell of everything that the letter lacks: its details do. */
export function hidesLacked(status: CorrespondenceStatus, lacks: readonly CorrespondenceStatus[]): boolean {
  return HIDEABLE.some((hidden) => statusNumber(hidden) < statusNumber(status) && lacks.includes(hidden));
}

/** How many calls it takes to ask about one letter: the overview, and the details where that is known to hide something. */
function callsToLook(lacks: readonly CorrespondenceStatus[]): number {
  const reached = [...HIDEABLE, "Forwarded" as const].filter((status) => !lacks.includes(status));
  return reached.some((status) => hidesLacked(status, lacks)) ? 2 : 1;
}

/** Letters that lack the same. */
interface Group {
  readonly lacks: readonly CorrespondenceStatus[];
  readonly letters: UnsettledLetter[];
}

/**
 * The cheapest way to ask. A list is taken to need one call, since what it would need besides is not known beforehand;
 * the search gives up where it needs too many.
 */
export function planChecks(letters: Iterable<UnsettledLetter>): CheckPlan {
  const groups = grouped(letters);
  // The more letters lack the same, the more a list of it saves: lists are for the largest groups, if for any.
  groups.sort((a, b) => b.letters.length * callsToLook(b.lacks) - a.letters.length * callsToLook(a.lacks));
  let best = { calls: Number.POSITIVE_INFINITY, listed: 0 };
  for (let listed = 0; listed <= groups.length; listed++) {
    const lists = new Set(groups.slice(0, listed).flatMap(({ lacks }) => statusesToList(lacks)));
    const looks = groups.slice(listed).reduce((sum, group) => sum + group.letters.length * callsToLook(group.lacks), 0);
    if (lists.size + looks < best.calls) best = { calls: lists.size + looks, listed };
  }
  return {
    lists: listsFor(groups.slice(0, best.listed)),
    looks: groups.slice(best.listed).flatMap((group) => group.letters),
  };
}

function grouped(letters: Iterable<UnsettledLetter>): Group[] {
  const groups = new Map<string, Group>();
  const byLacks = new Map<readonly CorrespondenceStatus[], Group>();
  for (const letter of letters) {
    let group = byLacks.get(letter.lacks);
    if (!group) {
      const key = letter.lacks.join();
      group = groups.get(key) ?? { lacks: letter.lacks, letters: [] };
      groups.set(key, group);
      byLacks.set(letter.lacks, group);
    }
    group.letters.push(letter);
  }
  return [...groups.values()];
}

function listsFor(groups: readonly Group[]): ListPlan[] {
  const timesOf = new Map<string, Float64Array>();
  const statuses = new Set(groups.flatMap(({ lacks }) => statusesToList(lacks)));
  return [...statuses].map((status) => {
    const lacking = groups.filter(({ lacks }) => statusesToList(lacks).includes(status));
    const key = lacking.map(({ lacks }) => lacks.join()).join(";");
    const times = timesOf.get(key) ?? sortedTimes(lacking);
    timesOf.set(key, times);
    return { status, times, window: { from: (times[0] ?? 0) - 1, to: (times.at(-1) ?? 0) + 1 } };
  });
}

function sortedTimes(groups: readonly Group[]): Float64Array {
  const times = new Float64Array(groups.reduce((sum, { letters }) => sum + letters.length, 0));
  let index = 0;
  for (const { letters } of groups) for (const { publishTime } of letters) times[index++] = publishTime;
  return times.sort();
}
