// Statuses that checks found, and of which an event should have told: how many by the hour. Events that stop coming (a
// subscription that is gone, a key that was changed, addresses that moved) show nowhere else.
import * as z from "zod";
import { type Clock, DAY, HOUR, MINUTE } from "../clock.ts";
import type { FactStatus } from "../records/facts.ts";
import type { News } from "../records/news.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS } from "../storage/names.ts";

const NAME = DOCUMENTS.missedEvents;

/** How many statuses, by the hour in which they were found (epoch milliseconds at its beginning). */
const schema = z.looseObject({ version: z.literal(1), byHour: z.record(z.string(), z.number()) });

/** The statuses of which Altinn sends an event each time (as its server was seen to do; after a virus scan there is none of Failed). */
const TOLD_BY_EVENTS: ReadonlySet<FactStatus> = new Set(["Published", "Read", "Confirmed"]);

/** An event that comes takes seconds; one that was refused at first comes again within this. */
const ON_ITS_WAY = 10 * MINUTE;

/** From so many in a day on, events are taken to be missing: single ones get lost. */
export const MANY_MISSED = 20;

/** Which of the news that a check found should have been told by an event before. */
export function missedIn(news: readonly News[], now: number): number {
  return news.filter(
    ({ status, source, time }) => source !== "event" && TOLD_BY_EVENTS.has(status) && now - time > ON_ITS_WAY,
  ).length;
}

/** Adds to what was found in this hour. A race that is lost again and again loses a count, and no letter. */
export async function noteMissed(documents: JsonBlobs, clock: Clock, count: number): Promise<void> {
  const hour = String(Math.floor(clock.now() / HOUR) * HOUR);
  for (let race = 0; race < 5; race++) {
    const stored = await documents.read(NAME);
    const byHour = lastDay(stored?.value, clock.now());
    const value = { version: 1, byHour: { ...byHour, [hour]: (byHour[hour] ?? 0) + count } };
    const etag = stored ? await documents.replace(NAME, value, stored.etag) : await documents.create(NAME, value);
    if (etag !== undefined) return;
  }
}

/** How many were found within the last day. */
export async function missedInLastDay(documents: JsonBlobs, now: number): Promise<number> {
  return Object.values(lastDay((await documents.read(NAME))?.value, now)).reduce((sum, count) => sum + count, 0);
}

function lastDay(value: unknown, now: number): Readonly<Record<string, number>> {
  const { byHour = {} } = schema.safeParse(value).data ?? {};
  return Object.fromEntries(Object.entries(byHour).filter(([hour]) => Math.abs(now - Number(hour)) < DAY));
}
