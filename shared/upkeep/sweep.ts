// One run of the timer: what must be asked of Altinn again, and which dispatches have been forgotten on the way.
import * as z from "zod";
import { expireCancels } from "../cancelling/unmatchedCancel.ts";
import { DAY, dayOf, HOUR, MINUTE, SECOND, timestamp } from "../clock.ts";
import { closeDays, closedDaysSchema } from "../figures/closeDays.ts";
import { CHECK_TIME_TO_LIVE, type DayCheck } from "../messages/checkMessage.ts";
import { resourceOf } from "../records/correspondenceRecord.ts";
import { readSince, SINCE_WITH_LACKS, sinceTag } from "../records/correspondenceTags.ts";
import { passingOver } from "../records/eachRecord.ts";
import { isWaitingToBePublished } from "../records/following.ts";
import { hasPassedDeadline } from "../records/lacks.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS, QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { whereTag } from "../storage/tags.ts";
import type { LogFields } from "../telemetry/telemetry.ts";
import { checkDeadlines } from "./checkDeadlines.ts";
import type { UpkeepContext } from "./context.ts";
import { deleteAccepted } from "./deleteAccepted.ts";
import { deleteClaims } from "./deleteClaims.ts";
import { endFollowing } from "./endFollowing.ts";
import { putBackForgotten } from "./putBackForgotten.ts";
import { reconcile } from "./reconcile.ts";
import { renewRecords } from "./renewRecords.ts";
import { settleUploads } from "./settleUploads.ts";

/** What a sweep came to. */
export interface SweepOutcome {
  /** How many checks were put on `status-checks`. */
  readonly checks: number;
  /** How many dispatches and preparations were put back. */
  readonly putBacks: number;
}

/** Letters younger than this are checked at every sweep, then hourly, then daily. Counted in days. */
const YOUNG_DAYS = 2;
const MIDDLING_DAYS = 14;

/** So many days' checks begin at once, and as many again after so long, within two thirds of the interval. */
const DAYS_AT_ONCE = 8;
const DAYS_EVERY = 10 * SECOND;
const MOST_SPREAD = 10 * MINUTE;

const NAME = DOCUMENTS.sweep;
const sweepSchema = z.looseObject({
  lastSweep: z.number(),
  reconciled: z.string().exactOptional(),
  closedDays: closedDaysSchema.exactOptional(),
});

/** When a sweep last came to its end, in epoch milliseconds; `undefined` if none has. */
export async function readLastSweep(documents: JsonBlobs): Promise<number | undefined> {
  return sweepSchema.safeParse((await documents.read(NAME))?.value).data?.lastSweep;
}

/** Makes one sweep. `followDays` is how long an unsettled letter is asked about. */
export async function sweep(context: UpkeepContext, followDays: number): Promise<SweepOutcome> {
  const now = context.clock.now();
  // Nothing of ours may be written before the app's marker, by which a fresh storage is told from a mixed-up one.
  await context.deployment();
  const stored = await context.store.documents.read(NAME);
  const last = sweepSchema.safeParse(stored?.value).data;
  const checks = await putChecks(context, now, last?.lastSweep, followDays);
  await endFollowing(context, dayOf(now - followDays * DAY));
  await checkDeadlines(context, now);
  const putBacks = await putBackForgotten(context, now);
  const isFirstOfDay = last === undefined || dayOf(last.lastSweep) !== dayOf(now);
  await context.receiving?.sweep(isFirstOfDay);
  await settleUploads(context);
  await deleteClaims(context);
  if (isFirstOfDay) {
    await deleteAccepted(context, now, last?.lastSweep);
    await renewRecords(context, now, last?.lastSweep);
  }
  await expireCancels(context);
  const reconciled = await reconcile(context, last?.reconciled);
  const value = { ...last, lastSweep: now, reconciled, closedDays: await closeDays(context, last?.closedDays) };
  if (stored) await context.store.documents.replace(NAME, value, stored.etag);
  else await context.store.documents.create(NAME, value);
  context.telemetry.info("swept", { checks, putBacks, ...(await measures(context, now)) });
  return { checks, putBacks };
}

/** Figures to be charted: letters of the last hour, and how long ago any instance's breaker, or the brake, put one off. */
async function measures({ contact }: UpkeepContext, now: number): Promise<LogFields> {
  const { pausedAt } = await contact.read();
  return {
    lettersLastHour: contact.lettersLastHour(),
    // Another instance's clock may go before ours, and what was put off since the sweep began is later than it.
    ...(pausedAt === undefined ? {} : { pausedSecondsAgo: Math.max(Math.round((now - pausedAt) / SECOND), 0) }),
  };
}

async function putChecks(
  context: UpkeepContext,
  now: number,
  last: number | undefined,
  followDays: number,
): Promise<number> {
  const due = new Map<string, DayCheck>();
  const passOver = passingOver(context.telemetry);
  for await (const { id, tags } of followed(context, dayOf(now - followDays * DAY))) {
    const { follow, since = "", resource, status, lacks = "" } = tags;
    if (!follow || !resource) continue;
    const { day, hasLacks } = readSince(since);
    const isAsked = isDue(day, now, last) && !isWaitingToBePublished(status, Date.parse(day), now);
    if (!isAsked && !hasPassedDeadline(lacks, timestamp(now))) continue;
    // Of each day those that were written with `lacks` come first.
    const key = `${resource} ${follow}`;
    const known = due.get(key);
    if (known && (hasLacks || known.isUntagged)) continue;
    await passOver({ correspondenceId: id }, async () => {
      const resourceId = await resourceIdOf(context, resource, id);
      const untagged = hasLacks ? {} : { isUntagged: true as const };
      if (resourceId !== undefined) due.set(key, { version: 1, resourceId, day: follow, ...untagged });
    });
  }
  let put = 0;
  for (const message of due.values()) {
    // The first few at once, and then some every few seconds: Altinn is not to be asked about every day at the same moment.
    const delayMs = Math.min(Math.floor(put++ / DAYS_AT_ONCE) * DAYS_EVERY, MOST_SPREAD);
    const timeToLiveSeconds = CHECK_TIME_TO_LIVE + delayMs / SECOND;
    await context.queues.put(QUEUES.statusChecks, queueText(message), { delayMs, timeToLiveSeconds });
  }
  return due.size;
}

/** What the index knows of the letters that are followed since `oldest` or later. */
async function* followed({ store }: UpkeepContext, oldest: string) {
  // What a query names comes back with what it finds.
  const named = [whereTag("resource", ">", " "), whereTag("follow", ">", "0"), whereTag("status", ">", " ")];
  const withLacks = [whereTag("since", ">=", sinceTag(oldest)), whereTag("lacks", ">", " ")];
  yield* store.correspondences.find([...named, ...withLacks].join(" AND "));
  const before = [whereTag("since", ">=", oldest), whereTag("since", "<", SINCE_WITH_LACKS)];
  yield* store.correspondences.find([...named, ...before].join(" AND "));
}

/** A tag value that was coded or hashed does not say the resource itself; the record does. */
async function resourceIdOf(context: UpkeepContext, resource: string, id: string): Promise<string | undefined> {
  if (!resource.startsWith("b64:") && !resource.startsWith("sha256:")) return resource;
  const stored = await context.store.correspondences.read(id);
  return stored && resourceOf(stored.value);
}

/** Hourly and daily checks are due at the first sweep of an hour or a day. */
function isDue(since: string, now: number, last: number | undefined): boolean {
  const age = (now - Date.parse(`${since}T00:00:00Z`)) / DAY;
  if (age < YOUNG_DAYS || last === undefined) return true;
  const period = age < MIDDLING_DAYS ? HOUR : DAY;
  return Math.floor(last / period) !== Math.floor(now / period);
}
