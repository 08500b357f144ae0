// The letters of one resource that are published on one day: who has news is found by as few calls as the plan knows, and only
// those are read.
import type { CorrespondenceStatus } from "../altinn/statuses.ts";
import { DAY } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import type { DayCheck } from "../messages/checkMessage.ts";
import { SINCE_WITH_LACKS } from "../records/correspondenceTags.ts";
import { isDue, isForeignCheckDue, isWaitingToBePublished } from "../records/following.ts";
import { createLacksReader, type Lacking } from "../records/lacks.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import { checkCorrespondence, checkListed } from "./checkCorrespondence.ts";
import { type ListPlan, planChecks, type UnsettledLetter } from "./checkPlan.ts";
import type { ByRecord, Checks, ChecksContext } from "./checks.ts";
import { createStatusLists, searchLists } from "./statusLists.ts";
import type { Window } from "./statusSearch.ts";

/** How many calls are made at once. */
const AT_ONCE = 8;

/** Checks the letters of a day that {@link findLetters} found. */
export async function checkDay(
  context: ChecksContext,
  checks: Checks,
  message: DayCheck,
  { unsettled, toRead, untagged }: FoundLetters,
): Promise<void> {
  const { resourceId } = message;
  const asSender = { ...context, altinn: context.altinn(resourceId) };
  const { altinn } = asSender;
  const from = Date.parse(`${message.day}T00:00:00Z`);
  const lists = createStatusLists(altinn, resourceId, { from, to: from + DAY });
  const how: ByRecord = { isDue, listsFor: () => lists };
  const plan = planChecks(unsettled.values());
  checks.noteListed(unsettled.size);

  const found = createFindings(unsettled);
  await eachAtOnce(AT_ONCE, plan.lists, async (list) => {
    if (checks.isStopped) return;
    const hints = { times: list.times, timeOf: (id: string) => unsettled.get(id)?.publishTime };
    const which = { resourceId, status: list.status, window: list.window };
    const searched = await searchLists(altinn, which, hints, (ids) => found.note(list.status, ids));
    if (searched.kind === "failed") checks.noteFailure(searched, { resourceId });
    else found.leaveOpen(list, searched.open);
  });

  await eachAtOnce(AT_ONCE, toRead, (id) => checks.byRecord(id, how));
  await eachAtOnce(AT_ONCE, new Set([...plan.looks, ...found.inDoubt()]), (letter) =>
    checks.byIndex(letter.id, () => checkCorrespondence(asSender, letter, lists)),
  );
  await eachAtOnce(AT_ONCE, found.news(), ([{ id, lacks }, statuses]) =>
    checks.byIndex(id, () =>
      lacks.includes("Published")
        ? checkCorrespondence(asSender, { id, lacks }, lists)
        : checkListed(asSender, id, statuses),
    ),
  );
  // Written by a version before: its record tells, and gets its tags.
  await eachAtOnce(AT_ONCE, untagged, (id) => checks.byRecord(id, { ...how, isToBeWritten: true }));
}

/** What lists tell of the letters. */
function createFindings(letters: ReadonlyMap<string, UnsettledLetter>) {
  const news = new Map<UnsettledLetter, CorrespondenceStatus[]>();
  const open: { readonly status: CorrespondenceStatus; readonly windows: readonly Window[] }[] = [];
  return {
    /** Notes who is listed with a status. Lists overlap: an id may come twice. */
    note(status: CorrespondenceStatus, ids: readonly string[]): void {
      for (const id of ids) {
        const letter = letters.get(id);
        if (!letter?.lacks.includes(status)) continue;
        const known = news.get(letter) ?? [];
        if (!known.includes(status)) news.set(letter, [...known, status]);
      }
    },
    leaveOpen({ status }: ListPlan, windows: readonly Window[]): void {
      if (windows.length > 0) open.push({ status, windows });
    },
    news: () => news,
    /** The letters that may have a status without having been listed. */
    *inDoubt(): Generator<UnsettledLetter, void, void> {
      if (open.length === 0) return;
      for (const letter of letters.values()) {
        const { publishTime: time, lacks } = letter;
        const isIn = ({ from, to }: Window) => from <= time && time <= to;
        if (news.has(letter)) continue;
        if (open.some(({ status, windows }) => lacks.includes(status) && windows.some(isIn))) yield letter;
      }
    },
  };
}

/** The letters of a day that may be due. */
export interface FoundLetters {
  /** What the index tells enough of. */
  readonly unsettled: ReadonlyMap<string, UnsettledLetter>;
  /** The ids of those whose records must be read. */
  readonly toRead: readonly string[];
  /** The ids of those that were written without the tag `lacks`. */
  readonly untagged: readonly string[];
}

/** Asks the index. `undefined` if there is nothing to do. */
export async function findLetters(
  { clock, store }: ChecksContext,
  { resourceId, day, isUntagged }: DayCheck,
): Promise<FoundLetters | undefined> {
  const unsettled = new Map<string, UnsettledLetter>();
  const toRead: string[] = [];
  const read = createLacksReader();
  const now = clock.now();
  // What a query names comes back with what it finds.
  const where = [...ofDay(resourceId, day), whereTag("lacks", ">", " "), whereTag("status", ">", " ")].join(" AND ");
  for await (const { id: found, tags } of store.correspondences.find(where)) {
    // A copy: as a part of the answer it would keep the whole answer in memory.
    const id = Buffer.from(found).toString();
    const lacking = read(tags.lacks ?? "");
    if (!mayBeDue(lacking, tags.status, now)) continue;
    const { deadline = Number.POSITIVE_INFINITY } = lacking;
    if (lacking.lack.kind !== "statuses" || deadline <= now) toRead.push(id);
    else unsettled.set(id, { id, publishTime: lacking.publishTime, lacks: lacking.lack.statuses });
  }
  const untagged: string[] = [];
  if (isUntagged) {
    const before = [...ofDay(resourceId, day), whereTag("since", "<", SINCE_WITH_LACKS)].join(" AND ");
    for await (const { id } of store.correspondences.find(before)) untagged.push(id);
  }
  return unsettled.size + toRead.length + untagged.length === 0 ? undefined : { unsettled, toRead, untagged };
}

function mayBeDue({ publishTime, lack }: Lacking, status: string | undefined, now: number): boolean {
  if (lack.kind === "owed") return true;
  if (lack.kind === "owner") return isForeignCheckDue(publishTime, now);
  return !isWaitingToBePublished(status, publishTime, now);
}

function ofDay(resourceId: string, day: string): string[] {
  return [whereTag("resource", "=", tagValue(resourceId)), whereTag("follow", "=", day)];
}
