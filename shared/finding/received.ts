// Letters to the organisation, found by the index: how far the receiving of each is.
import { eachAtOnce } from "../eachAtOnce.ts";
import { type ReceiptRecord, type ReceiptState, receiptState } from "../records/receiptRecord.ts";
import { UnreadableRecord } from "../records/records.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import type { FindingContext } from "./context.ts";

/** How many records are read at once. */
const AT_ONCE = 16;

/** What is asked for. */
export interface ReceivedQuery {
  readonly state?: ReceiptState | undefined;
  /** Without URN prefix. */
  readonly resource?: string | undefined;
  /** So many at most, those that were heard of last. */
  readonly limit: number;
}

/** What was found. */
export interface FoundReceived {
  /** Those that were heard of last come first. */
  readonly letters: readonly ReceiptRecord[];
  /** There are more. */
  readonly isCut: boolean;
  /** Records that this version cannot read. */
  readonly unreadable: number;
}

/** Finds them. Their ids and days are read from the index, and the records of as many as are asked for. */
export async function findReceived(
  { store }: FindingContext,
  { state, resource, limit }: ReceivedQuery,
): Promise<FoundReceived> {
  const where = [
    whereTag("heard", ">", "0"),
    whereTag("receipt", state === undefined ? ">" : "=", state ?? " "),
    ...(resource === undefined ? [] : [whereTag("resource", "=", tagValue(resource))]),
  ];
  const found: { readonly id: string; readonly heard: string }[] = [];
  for await (const { id, tags } of store.receipts.find(where.join(" AND ")))
    found.push({ id, heard: tags.heard ?? "" });
  // Altinn's ids begin with the time, which sorts those of a day.
  found.sort((a, b) => `${b.heard} ${b.id}`.localeCompare(`${a.heard} ${a.id}`));
  const letters: ReceiptRecord[] = [];
  let unreadable = 0;
  await eachAtOnce(AT_ONCE, found.slice(0, limit), async ({ id }) => {
    try {
      const record = (await store.receipts.read(id))?.value;
      // The index lags.
      if (record && (state === undefined || receiptState(record) === state)) letters.push(record);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      unreadable++;
    }
  });
  letters.sort((a, b) => b.heardAt - a.heardAt);
  return { letters, isCut: found.length > limit, unreadable };
}
