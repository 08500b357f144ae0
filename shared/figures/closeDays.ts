// Once a day: the figures of days of which nothing can change any more are kept, so that they cost one read from then on,
// and outlive the records that they were counted from.
import * as z from "zod";
import { DAY, dayOf, timestamp } from "../clock.ts";
import { closedDay, firstOpenDay } from "../records/dayFigures.ts";
import { type Records, readKnown } from "../records/records.ts";
import { whereTag } from "../storage/tags.ts";
import type { FiguresContext } from "./context.ts";
import { countLetters } from "./count.ts";

/** How far back days are looked for at first, if there is anything so old: records are kept for so long. */
const SPAN = 400 * DAY;
const SHORT_SPAN = 7 * DAY;

/** Days are gone through by weeks, until so many pages were read: after an update there may be a year of them. */
const STEP = 7 * DAY;
const MOST_PAGES = 500;

/** How far the days have been gone through, as the sweep remembers it. */
export const closedDaysSchema = z.object({
  /** The first day that has not been looked at. */
  until: z.string(),
  /** Days before it that could not be closed yet. */
  open: z.array(z.string()),
});

/** How far the days have been gone through. */
export type ClosedDays = z.infer<typeof closedDaysSchema>;

/**
 * Goes through the days that are over and not closed. A day without letters is passed over, and nothing is kept of it.
 * @param known how far that had come before; all that there is, if that is not known
 */
export async function closeDays(context: FiguresContext, known: ClosedDays | undefined): Promise<ClosedDays> {
  const now = context.clock.now();
  const until = firstOpenDay(now);
  // A day that is still to come was noted by a clock that went wrong.
  const isKnown = known !== undefined && known.until <= dayOf(now);
  const { until: from, open } = isKnown ? known : { until: await firstDay(context, now), open: [] };
  if (from >= until) return { until: from, open };
  const days = new Set(open);
  let reached = from;
  for (let pages = 0; reached < until && pages < MOST_PAGES; ) {
    const step = dayOf(Date.parse(reached) + STEP);
    const next = step < until ? step : until;
    const { tallies, operations } = await countLetters(context, { from: reached, until: next });
    for (const { hour } of tallies) days.add(dayOf(Date.parse(`${hour}:00Z`)));
    pages += operations;
    reached = next;
  }
  const stillOpen: string[] = [];
  for (const day of [...days].sort()) if (!(await closeDay(context, day))) stillOpen.push(day);
  return { until: reached, open: stillOpen };
}

/** Where going through the days begins. */
async function firstDay({ store }: FiguresContext, now: number): Promise<string> {
  const short = dayOf(now - SHORT_SPAN);
  const isOld =
    (await isAny(store.correspondences, [whereTag("posted", "<", short)])) ||
    (await isAny(store.deadLetters, [whereTag("ended", "<", short)])) ||
    (await isAny(store.dispatches, [whereTag("unsent", "<", short)]));
  return isOld ? dayOf(now - SPAN) : short;
}

/** Closes a day, if it can be closed; true if it is. */
async function closeDay(context: FiguresContext, day: string): Promise<boolean> {
  const { store, clock } = context;
  const stored = await readKnown(store.figures, day);
  if (stored === "unreadable" || stored?.value.closedAt !== undefined) return true;
  const until = dayOf(Date.parse(day) + DAY);
  const isFollowed = [whereTag("posted", ">=", day), whereTag("posted", "<", until), whereTag("since", ">", " ")];
  if (await isAny(store.correspondences, isFollowed)) return false;
  // What waits may have been posted, without anybody's knowing.
  const isWaiting = [whereTag("state", "=", "waiting"), whereTag("created", "<", timestamp(Date.parse(until)))];
  if (await isAny(store.dispatches, isWaiting)) return false;
  const { tallies } = await countLetters(context, { from: day, until, gone: stored?.value.gone ?? {} });
  const closed = closedDay(tallies, clock.now());
  const written = stored
    ? await store.figures.replace(day, { ...stored.value, ...closed }, stored.etag)
    : await store.figures.create(day, closed);
  return written !== undefined;
}

async function isAny(records: Pick<Records<unknown>, "findPage">, conditions: readonly string[]): Promise<boolean> {
  let token: string | undefined;
  do {
    const page = await records.findPage(conditions.join(" AND "), 1, token);
    if (page.found.length > 0) return true;
    token = page.next;
  } while (token !== undefined);
  return false;
}
