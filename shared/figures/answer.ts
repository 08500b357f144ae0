// The answer about figures, as the schema that docs/openapi.json is made of, and how it is made of tallies. Pure.
import * as z from "zod";
import { type Histogram, percentile, type Tally } from "../records/tally.ts";

const time = z.iso.datetime();
const count = z.number().int();

const durations = z
  .object({ median: count, p95: count })
  .nullable()
  .describe("In seconds, off by 2 % at most; null where no times are known");

const figures = {
  sent: count.describe("Posted to Altinn in this time, and taken"),
  published: count.describe("Of those, so many are published by now, and so on below"),
  read: count,
  confirmed: count.describe("A recipient may confirm a letter without reading it"),
  neverRead: count.describe(
    "Neither read nor confirmed, and the due time has passed or the letter is followed no longer",
  ),
  failed: z
    .record(z.string(), count)
    .describe(
      "By reason: letters that ended in this time without being sent; and of those sent in it, which Altinn could not publish, or which were purged before that",
    ),
  sentToPublished: durations,
  publishedToRead: durations,
  sentToRead: durations,
};

/** What is told of some letters. */
const figuresSchema = z.object(figures);

/** How many letters there were, altogether and by day or hour. */
export const figuresAnswerSchema = z
  .object({
    asOf: time.describe("Storage was read from then on. In Azure the index itself lags by seconds"),
    from: time.describe("The beginning of the first day or hour"),
    to: time.describe("The end of the last"),
    by: z.enum(["day", "hour"]),
    resource: z.string().optional(),
    sender: z.string().optional(),
    total: figuresSchema,
    periods: z.array(
      z.object({
        from: time,
        to: time,
        closed: z.boolean().describe("Nothing of the day is waited for any more, and its figures are kept"),
        ...figures,
      }),
    ),
    untimed: count
      .optional()
      .describe(
        "Letters that a version from before 2026-11-28 wrote last: by status alone, in the first hour of their day",
      ),
    unreadable: count.optional().describe("Days that were passed over: a newer version wrote their figures"),
    cost: count.optional().describe("How many operations of storage this took"),
  })
  .describe("How many letters were sent, published, read and so on: each letter counts when it was posted");

/** How many letters there were. */
export type FiguresAnswer = z.infer<typeof figuresAnswerSchema>;

/** What is told of some letters. */
export type Figures = z.infer<typeof figuresSchema>;

/** What a tally tells. */
export function figuresFrom(tally: Tally): Figures {
  const { sent, published, read, confirmed, neverRead } = tally;
  const failed = Object.fromEntries(Object.entries(tally.failed).sort(([, a], [, b]) => b - a));
  return {
    sent,
    published,
    read,
    confirmed,
    neverRead,
    failed,
    sentToPublished: durationsFrom(tally.sentToPublished),
    publishedToRead: durationsFrom(tally.publishedToRead),
    sentToRead: durationsFrom(tally.sentToRead),
  };
}

function durationsFrom(histogram: Histogram): Figures["sentToRead"] {
  const [median, p95] = [percentile(histogram, 0.5), percentile(histogram, 0.95)];
  return median === undefined || p95 === undefined ? null : { median, p95 };
}
