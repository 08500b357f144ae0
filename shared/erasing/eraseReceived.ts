// Removes what is stored of a letter that was received: the letter, its files, and what is told of it and nobody has taken.
import type { Inbox } from "../receiving/inbox.ts";
import { receiptState } from "../records/receiptRecord.ts";
import { changeRecord } from "../records/records.ts";
import { decodeMessage } from "../requests/decode.ts";
import { field } from "../requests/json.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { QUEUES } from "../storage/names.ts";
import type { ErasingContext } from "./context.ts";
import { erasedReceipt } from "./erased.ts";

/** The parts by which received letters are found and removed. */
export interface ReceivedContext extends Pick<ErasingContext, "store" | "removeMessages"> {
  readonly inbox: Pick<Inbox, "list"> & Pick<JsonBlobs, "remove">;
}

/** A received letter: the names of its blobs. */
export interface ReceivedErasure {
  readonly correspondenceId: string;
  readonly blobs: readonly string[];
}

/** What there is of a received letter. Changes nothing. */
export async function findReceived(
  { store, inbox }: ReceivedContext,
  correspondenceId: string,
): Promise<ReceivedErasure | "open" | undefined> {
  const receipt = (await store.receipts.read(correspondenceId))?.value;
  const blobs = [...(await inbox.list(correspondenceId)).keys()];
  if (receipt !== undefined && receiptState(receipt) === "waiting") return "open";
  return receipt === undefined && blobs.length === 0 ? undefined : { correspondenceId, blobs };
}

/**
 * Removes it; how many blobs and messages went. Its record stays: it says that the letter was received, so that it is not
 * again, and holds ids and times alone from then on.
 */
export async function eraseReceived(
  { store, inbox, removeMessages }: ReceivedContext,
  { correspondenceId, blobs }: ReceivedErasure,
): Promise<{ readonly blobs: number; readonly announcements: number }> {
  let gone = 0;
  for (const name of blobs) if (await inbox.remove(name)) gone++;
  const isMeant = (text: string) => {
    const decoded = decodeMessage(text);
    return decoded.ok && field(decoded.value, "subject") === correspondenceId;
  };
  const announcements = await removeMessages(QUEUES.received, isMeant);
  await changeRecord(store.receipts, correspondenceId, erasedReceipt);
  return { blobs: gone, announcements };
}
