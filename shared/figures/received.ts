// Answers how many letters to the organisation there were, by the index alone. Writes nothing.
import * as z from "zod";
import { timestamp } from "../clock.ts";
import { countsByStatus } from "../finding/received.ts";
import { RECEIVED_STATUSES, type ReceivedStatus } from "../records/receiptRecord.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import type { FiguresContext } from "./context.ts";
import { type FiguresQuestion, PERIOD } from "./question.ts";

const time = z.iso.datetime();
const count = z.number().int();

const counts = {
  heard: count.describe("Letters that the app first heard of in this time"),
  byStatus: z.record(z.enum(RECEIVED_STATUSES), count).describe("Of those, by how far each has come by now"),
};

/** How many letters to the organisation there were, altogether and by day or hour. */
export const receivedFiguresSchema = z
  .object({
    asOf: time.describe("Storage was read from then on. In Azure the index itself lags by seconds"),
    direction: z.literal("received"),
    from: time.describe("The beginning of the first day or hour"),
    to: time.describe("The end of the last"),
    by: z.enum(["day", "hour"]),
    resource: z.string().optional(),
    total: z.object(counts),
    periods: z.array(z.object({ from: time, to: time, ...counts })),
  })
  .describe("How many letters others sent to the organisation, as long as their records are kept");

/** How many letters to the organisation there were. */
export type ReceivedFigures = z.infer<typeof receivedFiguresSchema>;

type Counts = ReceivedFigures["total"];

/** The figures that are asked for: one page of the index for each 5,000 letters. */
export async function findReceivedFigures(
  { clock, store }: FiguresContext,
  { from, until, by, resource }: FiguresQuestion,
): Promise<ReceivedFigures> {
  const asOf = timestamp(clock.now());
  const total = none();
  const periods = Array.from({ length: (until - from) / PERIOD[by] }, none);
  const where = [
    whereTag("heard", ">=", timestamp(from)),
    whereTag("heard", "<", timestamp(until)),
    whereTag("receipt", ">", " "),
    ...(resource === undefined ? [] : [whereTag("resource", "=", tagValue(resource))]),
  ];
  for await (const { tags } of store.receipts.find(where.join(" AND "))) {
    const { heard = "", receipt } = tags;
    const status = RECEIVED_STATUSES.find((known) => known === receipt);
    const period = periods[Math.floor((Date.parse(heard) - from) / PERIOD[by])];
    if (status === undefined || period === undefined) continue;
    for (const counted of [total, period]) add(counted, status);
  }
  return {
    asOf,
    direction: "received",
    from: timestamp(from),
    to: timestamp(until),
    by,
    ...(resource === undefined ? {} : { resource }),
    total,
    periods: periods.map((period, index) => {
      const begin = from + index * PERIOD[by];
      return { from: timestamp(begin), to: timestamp(begin + PERIOD[by]), ...period };
    }),
  };
}

function none(): Counts {
  return { heard: 0, byStatus: countsByStatus() };
}

function add(counts: Counts, status: ReceivedStatus): void {
  counts.heard++;
  counts.byStatus[status]++;
}
