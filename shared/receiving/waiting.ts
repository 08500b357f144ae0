// How many letters to the organisation wait to be received, by the index alone.
import type { StateStore } from "../records/stateStore.ts";
import { whereTag } from "../storage/tags.ts";

/** Letters that wait to be received. */
export interface ReceiptsWaiting {
  /** Whenever they were heard of. */
  readonly waiting: number;
  /** RFC 3339: when the oldest of those was. */
  readonly waitingSince?: string;
}

/** Counts them. One page of the index for each 5,000. */
export async function countReceiptsWaiting({ receipts }: Pick<StateStore, "receipts">): Promise<ReceiptsWaiting> {
  let waiting = 0;
  let waitingSince: string | undefined;
  const where = `${whereTag("receipt", "=", "waiting")} AND ${whereTag("heard", ">", " ")}`;
  for await (const { tags } of receipts.find(where)) {
    waiting++;
    if (tags.heard !== undefined && (waitingSince === undefined || tags.heard < waitingSince))
      waitingSince = tags.heard;
  }
  return { waiting, ...(waitingSince === undefined ? {} : { waitingSince }) };
}
