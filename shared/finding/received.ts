// Letters to the organisation, found by the index and shown as other letters are: how far the receiving of each is.

import { DONE, RECIPIENT_ACTIONS } from "../altinn/recipientActions.ts";
import { timestamp } from "../clock.ts";
import { type ReceiptRecord, receiptState, receivedStatus } from "../records/receiptRecord.ts";
import { sha256, tagValue, whereTag } from "../storage/tags.ts";
import { compact, type Letter } from "./letter.ts";
import type { LetterQuery } from "./query.ts";
import type { ReadLetter } from "./readLetter.ts";

/** By Altinn's id. */
export const readReceived: ReadLetter = async ({ store }, correspondenceId) => {
  const receipt = (await store.receipts.read(correspondenceId))?.value;
  return receipt && { receipt };
};

/** What the index is asked for. */
export function receivedWhere({ status, resource, reference, sentBy, from, before }: LetterQuery): string {
  return [
    status === undefined ? whereTag("receipt", ">", " ") : whereTag("receipt", "=", status),
    ...(resource === undefined ? [] : [whereTag("resource", "=", tagValue(resource))]),
    ...(reference === undefined ? [] : [whereTag("reference", "=", sha256(reference))]),
    ...(sentBy === undefined ? [] : [whereTag("sentBy", "=", sentBy)]),
    ...(from === undefined ? [] : [whereTag("heard", ">=", timestamp(from))]),
    ...(before === undefined ? [] : [whereTag("heard", "<", timestamp(before))]),
  ].join(" AND ");
}

/** The letter, read off its record. Pure. */
export function receivedLetterOf(receipt: ReceiptRecord): Letter {
  const { correspondenceId, resourceId, heardAt, dueAt, attempts, told, notReceived, wishes } = receipt;
  const asked = RECIPIENT_ACTIONS.flatMap((action) => {
    const since = wishes[action];
    return since === undefined ? [] : [{ action, since: timestamp(since) }];
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
