// Letters to the organisation, found by the index and shown as other letters are: how far the receiving of each is.

import { DONE, RECIPIENT_ACTIONS } from "../altinn/recipientActions.ts";
import { HOUR, timestamp } from "../clock.ts";
import { countReceiptsWaiting, type ReceiptsWaiting } from "../receiving/waiting.ts";
import {
  RECEIVED_STATUSES,
  type ReceiptRecord,
  type ReceivedStatus,
  receiptState,
  receivedStatus,
} from "../records/receiptRecord.ts";
import type { StateStore } from "../records/stateStore.ts";
import { sha256, tagValue, whereTag } from "../storage/tags.ts";
import { compact, type Letter } from "./letter.ts";
import type { LetterQuery } from "./query.ts";
import type { ReadLetter } from "./readLetter.ts";

/** Received letters that wait so long, in milliseconds, need somebody: retries until then come by themselves. */
export const RECEIVED_WITHIN = HOUR;

/** By Altinn's id. */
export const readReceived: ReadLetter = async ({ store }, correspondenceId) => {
  const receipt = (await store.receipts.read(correspondenceId))?.value;
  return receipt && { receipt };
};

/** What the index is asked for. */
export function receivedWhere({ status, resources = [], reference, sentBy, from, before }: LetterQuery): string {
  return [
    status === undefined ? whereTag("receipt", ">", " ") : whereTag("receipt", "=", status),
    // One at most: letters of a sender are sent.
    ...resources.map((id) => whereTag("resource", "=", tagValue(id))),
    ...(reference === undefined ? [] : [whereTag("reference", "=", sha256(reference))]),
    ...(sentBy === undefined ? [] : [whereTag("sentBy", "=", sentBy)]),
    ...(from === undefined ? [] : [whereTag("heard", ">=", timestamp(from))]),
    ...(before === undefined ? [] : [whereTag("heard", "<", timestamp(before))]),
  ].join(" AND ");
}

/** How many received letters there are: of those heard of lately, and whatever waits. */
export interface ReceivedCounts extends ReceiptsWaiting {
  readonly byStatus: Readonly<Record<ReceivedStatus, number>>;
  /** Without some of their files. */
  readonly missing: number;
}

/** None yet of any status. */
export function countsByStatus(): Record<ReceivedStatus, number> {
  return { waiting: 0, received: 0, read: 0, confirmed: 0, purged: 0, notReceived: 0 };
}

/** Counts them by the index alone. @param since those heard of since then, in epoch milliseconds */
export async function countReceived(store: Pick<StateStore, "receipts">, since: number): Promise<ReceivedCounts> {
  const { receipts } = store;
  const heard = whereTag("heard", ">=", timestamp(since));
  const byStatus = countsByStatus();
  for await (const { tags } of receipts.find(`${heard} AND ${whereTag("receipt", ">", " ")}`)) {
    const status = RECEIVED_STATUSES.find((known) => known === tags.receipt);
    if (status !== undefined) byStatus[status]++;
  }
  let missing = 0;
  for await (const _letter of receipts.find(`${heard} AND ${whereTag("missing", ">", " ")}`)) missing++;
  return { byStatus, missing, ...(await countReceiptsWaiting(store)) };
}

/** The letter, read off its record. Pure. */
export function receivedLetterOf(receipt: ReceiptRecord): Letter {
  const { correspondenceId, resourceId, heardAt, dueAt, attempts, told, notReceived, wishes } = receipt;
  const asked = RECIPIENT_ACTIONS.flatMap((action) => {
    const since = wishes[action];
    return since === undefined ? [] : [{ action, since: timestamp(since) }];
  });
  const refused = RECIPIENT_ACTIONS.flatMap((action) => {
    const refusal = receipt.refused?.[action];
    if (refusal === undefined) return [];
    const { at, reason, errorCode } = refusal;
    return [{ action, time: timestamp(at), reason, ...(errorCode === undefined ? {} : { errorCode }) }];
  });
  const isWaiting = receiptState(receipt) === "waiting";
  const { purge } = receipt.done;
  const end = notReceived
    ? { status: "notReceived", time: timestamp(notReceived.at), reason: notReceived.reason }
    : purge !== undefined && { status: "purged", time: timestamp(purge) };
  return compact({
    direction: "received",
    correspondenceId,
    resourceId,
    sendersReference: told?.sendersReference,
    sentBy: told?.sentBy,
    status: receivedStatus(receipt),
    since: timestamp(heardAt),
    publishTime: told?.published === undefined ? undefined : timestamp(told.published),
    dueTime: told?.dueAt === undefined ? undefined : timestamp(told.dueAt),
    isConfirmationNeeded: told?.isConfirmationNeeded,
    isSettled: dueAt === undefined,
    waitingFor: isWaiting ? (attempts > 0 ? "altinn" : "due") : undefined,
    nextAttempt: dueAt === undefined ? undefined : timestamp(dueAt),
    history: historyOf(receipt),
    failures: attempts,
    asked,
    refused,
    files: told?.files.map((file) => ({ ...file })),
    attempts: [],
    end: end || undefined,
  });
}

function historyOf({ heardAt, receivedAt, notReceived, done }: ReceiptRecord): Letter["history"] {
  const steps: (readonly [string, number | undefined])[] = [
    ["waiting", heardAt],
    ["received", receivedAt],
    ["notReceived", notReceived?.at],
    ...RECIPIENT_ACTIONS.map((action) => [DONE[action], done[action]] as const),
  ];
  return steps
    .flatMap(([status, time]) => (time === undefined ? [] : [{ status, time }]))
    .sort((a, b) => a.time - b.time)
    .map(({ status, time }) => ({ status, time: timestamp(time), source: "app" as const }));
}
