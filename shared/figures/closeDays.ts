// Once a day: the figures of days of which nothing can change any more are kept, so that they cost one read from then on,
// and outlive the records that they were counted from.
import { DAY, dayOf, timestamp } from "../clock.ts";
import { closedDay, firstOpenDay } from "../records/dayFigures.ts";
import { type Records, readKnown } from "../records/records.ts";
import { whereTag } from "../storage/tags.ts";
import type { FiguresContext } from "./context.ts";
import { countLetters } from "./count.ts";

/** How far back days are looked for at first: records are kept for so long. */
const SPAN = 400 * DAY;

/** How far the days have been gone through. */
export interface ClosedDays {
  /** The first day that has not been looked at. */
  readonly until: string;
  /** Days before it that could not be closed yet. */
  readonly open: readonly string[];
}

/**
 * Goes through the days that are over and not closed. A day without letters is passed over, and kept by nobody.
 * @param known how far that had come before; all that there is, if that is not known
 */
export async function closeDays(context: FiguresContext, known: ClosedDays | undefined): Promise<ClosedDays> {
  const now = context.clock.now();
  const until = firstOpenDay(now);
  // A day that is still to come was noted by a clock that went wrong.
  const isKnown = known !== undefined && known.until <= dayOf(now);
  const { until: from, open } = isKnown ? known : { until: dayOf(now - SPAN), open: [] };
  if (from >= until) return { until: from, open };
  const { tallies } = await countLetters(context, { from, until });
  const days = new Set([...open, ...tallies.map(({ hour }) => dayOf(Date.parse(`${hour}:00Z`)))]);
  const stillOpen: string[] = [];
  for (const day of [...days].sort()) if (!(await closeDay(context, day))) stillOpen.push(day);
  return { until, open: stillOpen };
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
