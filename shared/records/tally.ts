// What is counted of letters, in a form that adds up: hours to days, days to months, resources to all. Pure.
import * as z from "zod";
import type { After, PostedLetter } from "./reached.ts";

/**
 * Durations, counted in buckets whose bounds grow by the same factor (a DDSketch): bucket `i` holds what is above
 * `FACTOR ** (i - 1)` seconds and up to `FACTOR ** i`, bucket -1 what took no second. Any two add up, and a percentile is
 * off by 2 % at most.
 */
export type Histogram = Record<string, number>;

/** The largest relative error of a percentile. */
const ERROR = 0.02;
const FACTOR = (1 + ERROR) / (1 - ERROR);
const NO_TIME = -1;

/** Counts one duration, in whole seconds. */
export function addDuration(histogram: Histogram, seconds: number): void {
  const bucket = seconds < 1 ? NO_TIME : Math.max(0, Math.ceil(Math.log(seconds) / Math.log(FACTOR)));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** The duration that a share of all (0 to 1) is not longer than, in seconds; `undefined` where there are none. */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const buckets = Object.entries(histogram).map(([bucket, count]) => ({ bucket: Number(bucket), count }));
  const all = buckets.reduce((sum, { count }) => sum + count, 0);
  let rank = Math.max(1, Math.ceil(share * all));
  for (const { bucket, count } of buckets.sort((a, b) => a.bucket - b.bucket)) {
    rank -= count;
    if (rank <= 0) return bucket === NO_TIME ? 0 : Math.max(1, Math.round((2 * FACTOR ** bucket) / (FACTOR + 1)));
  }
  return undefined;
}

/** What was counted of some letters. */
export interface Tally {
  sent: number;
  published: number;
  read: number;
  confirmed: number;
  neverRead: number;
  /** Letters that were counted by their status alone, since an earlier version had recorded no more. */
  untimed: number;
  failed: Record<string, number>;
  sentToPublished: Histogram;
  publishedToRead: Histogram;
  sentToRead: Histogram;
}

/** Nothing, to be counted up. */
export function emptyTally(): Tally {
  return {
    sent: 0,
    published: 0,
    read: 0,
    confirmed: 0,
    neverRead: 0,
    untimed: 0,
    failed: {},
    sentToPublished: {},
    publishedToRead: {},
    sentToRead: {},
  };
}

const COUNTS = ["sent", "published", "read", "confirmed", "neverRead", "untimed"] as const;
const BY_KEY = ["failed", "sentToPublished", "publishedToRead", "sentToRead"] as const;

/** Counts a letter that Altinn took. */
export function addLetter(tally: Tally, { reached, hasTimes }: PostedLetter): void {
  const { published, read, confirmed, isNeverRead, failed } = reached;
  tally.sent++;
  if (published !== undefined) tally.published++;
  if (read !== undefined) tally.read++;
  if (confirmed !== undefined) tally.confirmed++;
  if (isNeverRead) tally.neverRead++;
  if (!hasTimes) tally.untimed++;
  if (failed !== undefined) addFailed(tally, failed, 1);
  addAfter(tally.sentToPublished, published);
  addAfter(tally.sentToRead, read);
  if (typeof published === "number" && typeof read === "number") {
    addDuration(tally.publishedToRead, Math.max(0, read - published));
  }
}

function addAfter(histogram: Histogram, after: After | undefined): void {
  if (typeof after === "number") addDuration(histogram, after);
}

/** Counts letters that failed, for a reason. */
export function addFailed(tally: Tally, reason: string, letters: number): void {
  tally.failed[reason] = (tally.failed[reason] ?? 0) + letters;
}

/** Adds what another has counted, or takes it away (`sign` -1). What comes to nothing is left out. */
export function addTally(to: Tally, from: Tally, sign: 1 | -1 = 1): void {
  for (const key of COUNTS) to[key] += sign * from[key];
  for (const name of BY_KEY) {
    for (const [key, count] of Object.entries(from[name])) {
      const sum = (to[name][key] ?? 0) + sign * count;
      if (sum === 0) delete to[name][key];
      else to[name][key] = sum;
    }
  }
}

const count = z.number().int();
const counts = z.record(z.string(), count);

/** As a tally is stored. */
export const tallySchema: z.ZodType<Tally> = z.object({
  sent: count,
  published: count,
  read: count,
  confirmed: count,
  neverRead: count,
  untimed: count,
  failed: counts,
  sentToPublished: counts,
  publishedToRead: counts,
  sentToRead: counts,
});
