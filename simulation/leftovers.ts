// What should be gone by now, and is still there. Pure.
import { z } from "zod";
import type { KeptDocument } from "../chaos/evidence.ts";
import { DAY, MINUTE } from "../shared/clock.ts";

/** What is there. Times are epoch milliseconds. */
export interface Kept {
  /** The records of requests, among others. */
  readonly records: readonly KeptDocument[];
  /** Who checks the letters of a day. */
  readonly leases: readonly KeptDocument[];
  /** The names of dead letters that are there though they were dropped. */
  readonly droppedAndKept: readonly string[];
  readonly now: number;
  readonly calmSince: number;
}

/** A day for the chore that deletes it, and one for an index that lags. */
const LATE = 2 * DAY;

/** How long the blob of a claim check is kept after its letters are done; and a cancel whose request does not come. */
const CLAIM_KEPT = 8 * DAY;
const CANCEL_KEPT = 7 * DAY;

const leaseSchema = z.object({ until: z.number() });
const requestSchema = z.object({
  requestId: z.string(),
  digest: z.string(),
  createdAt: z.number(),
  claimCheck: z.object({ path: z.string(), doneSince: z.number().optional() }).optional(),
});

/** Everything that is left behind. */
export function leftBehind({ records, leases, droppedAndKept, now, calmSince }: Kept): string[] {
  return [
    ...droppedAndKept.map((name) => `the dead letter ${name}, which was dropped`),
    ...leases
      // One of an instance that died runs out, and stays.
      .filter(({ value }) => leaseSchema.parse(value).until > calmSince + 15 * MINUTE)
      .map(({ name }) => `the lease ${name}`),
    ...records.flatMap(({ value }) => {
      const request = requestSchema.safeParse(value).data;
      if (request === undefined) return [];
      const { requestId, digest, createdAt, claimCheck } = request;
      const isCancelOnly = digest === "" && createdAt + CANCEL_KEPT + LATE < now;
      const isClaimed = claimCheck !== undefined && (claimCheck.doneSince ?? createdAt + DAY) + CLAIM_KEPT + LATE < now;
      return [
        ...(isCancelOnly ? [`the cancel of ${requestId}`] : []),
        ...(isClaimed ? [`the claim check of ${requestId}`] : []),
      ];
    }),
  ];
}
