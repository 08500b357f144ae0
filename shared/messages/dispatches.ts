// Accepting a request that one attempt could not finish: stored whole, a record for each dispatch, a message for each record.

import type { LetterFile } from "../attachments/files.ts";
import { MINUTE } from "../clock.ts";
import type { SendingContext } from "../context.ts";
import { type Attempt, type DispatchRecord, mergeAttempts, replayed } from "../records/dispatchRecord.ts";
import type { RequestRecord } from "../records/requestRecord.ts";
import { type AcceptedRequest, changeRecord, type Versioned } from "../records/stateStore.ts";
import { field } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { sha256 } from "../storage/tags.ts";
import { dispatchMessage, preparationMessage } from "./dispatchMessage.ts";

/** The first record of a dispatch. */
export function newDispatch(
  request: Pick<
    RequestRecord,
    "requestId" | "digest" | "resourceId" | "sendersReference" | "statusQueue" | "createdAt"
  >,
  one: Pick<DispatchRecord, "dispatchId" | "recipient" | "idempotentKey" | "isKeyGiven">,
  now: number,
): DispatchRecord {
  return {
    version: 1,
    dispatchId: one.dispatchId,
    requestId: request.requestId,
    digest: request.digest,
    resourceId: request.resourceId,
    sendersReference: request.sendersReference,
    recipient: one.recipient,
    ...(request.statusQueue === undefined ? {} : { statusQueue: request.statusQueue }),
    idempotentKey: one.idempotentKey,
    isKeyGiven: one.isKeyGiven,
    createdAt: request.createdAt,
    state: "waiting",
    epoch: 0,
    generation: 1,
    nextAttemptAt: now,
    attempts: [],
    countedWait: 0,
    putBacks: 0,
    poisonIds: [],
  };
}

/**
 * Keeps the request whole, with the versions of its attachments; the first to do so settles them.
 *
 * @param checked the files that this invocation has looked at: those versions, whatever stands there by now
 */
export async function keepAccepted(
  context: SendingContext,
  request: Pick<RequestRecord, "requestId" | "digest">,
  message: unknown,
  checked: readonly LetterFile[] = [],
): Promise<void> {
  const accepted: AcceptedRequest = {
    version: 1,
    requestId: request.requestId,
    digest: request.digest,
    acceptedAt: context.clock.now(),
    message,
    attachmentEtags: { ...(await etagsOf(context, message)), ...pinnedIn(checked) },
  };
  await context.store.accepted.create(request.digest, accepted);
}

function pinnedIn(checked: readonly LetterFile[]): Record<string, string> {
  return Object.fromEntries(checked.map(({ blob, etag }) => [blob, etag]));
}

async function etagsOf(context: SendingContext, message: unknown): Promise<Record<string, string>> {
  const named = withCanonicalNames(message);
  const attachments = field(field(field(named, "correspondence"), "content"), "attachments");
  const blobs = (Array.isArray(attachments) ? attachments : []).map((attachment) => field(attachment, "blob"));
  const used = await Promise.all(
    blobs.map(async (blob) => [blob, typeof blob === "string" ? await context.attachments.use(blob) : undefined]),
  );
  return Object.fromEntries(used.filter(([, etag]) => etag !== undefined));
}

/**
 * Gives a dispatch its record, or adds what `record` knows to the one it has, and puts its message. A `record` of a later
 * epoch begins the dispatch again.
 * @returns the record as it stands
 */
export async function acceptDispatch(
  context: SendingContext,
  record: DispatchRecord,
  delayMs: number,
): Promise<DispatchRecord> {
  const waiting: DispatchRecord = { ...record, nextAttemptAt: context.clock.now() + delayMs };
  const created = await context.store.dispatches.create(record.dispatchId, waiting);
  const stands = created === undefined ? await addToDispatch(context, waiting) : waiting;
  if (stands.state === "waiting") {
    const sooner = Math.max(delayMs, created === undefined ? stands.nextAttemptAt - context.clock.now() : 0);
    await putDispatch(context, stands.dispatchId, stands.generation, sooner);
  }
  return stands;
}

async function addToDispatch(context: SendingContext, record: DispatchRecord): Promise<DispatchRecord> {
  const changed = await changeDispatch(context, record.dispatchId, (known) => {
    if (record.epoch > known.epoch) return replayed(known, record, context.clock.now());
    const attempts = mergeAttempts(known.attempts, record.attempts);
    // What an earlier epoch came to does not end this one.
    if (record.epoch < known.epoch) return { ...known, attempts };
    const isWaiting = known.state === "waiting";
    return {
      ...known,
      attempts,
      ...(isWaiting && record.attachmentIds ? { attachmentIds: record.attachmentIds } : {}),
      ...(record.existsSince === undefined ? {} : { existsSince: known.existsSince ?? record.existsSince }),
      ...(isWaiting && record.closing ? { closing: known.closing ?? record.closing } : {}),
      poisonIds: [...new Set([...known.poisonIds, ...record.poisonIds])].sort(),
    };
  });
  return changed?.value ?? record;
}

/** Puts the message that runs a dispatch. */
export async function putDispatch(
  context: SendingContext,
  id: string,
  generation: number,
  delayMs: number,
): Promise<void> {
  await context.queues.put(QUEUES.dispatches, queueText(dispatchMessage(id, generation)), { delayMs });
}

/**
 * Puts the next message of a dispatch, and then writes what `change` makes of its record, with that generation: should the
 * process die between them, the chain goes on. `change` gives `undefined` where nothing is to be changed.
 *
 * @param generation that of the message, or record, which is followed
 */
export async function putNext(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
  generation: number,
  delayMs: number,
  change: (known: DispatchRecord) => DispatchRecord | undefined,
): Promise<Versioned<DispatchRecord> | undefined> {
  const { dispatchId } = stored.value;
  const next = generation + 1;
  await putDispatch(context, dispatchId, next, delayMs);
  const planned = { generation: next, nextAttemptAt: context.clock.now() + delayMs };
  return changeDispatch(
    context,
    dispatchId,
    (known) => {
      const changed = change(known);
      if (!changed) return undefined;
      const { generation: latest, nextAttemptAt } = known;
      return { ...changed, ...(latest >= next ? { generation: latest, nextAttemptAt } : planned) };
    },
    stored,
  );
}

/** Puts the message that takes the preparation of a request further. */
export async function putPreparation(
  context: SendingContext,
  { requestId }: Pick<RequestRecord, "requestId">,
  generation: number,
  delayMs: number,
): Promise<void> {
  const message = preparationMessage(sha256(requestId), generation);
  await context.queues.put(QUEUES.dispatches, queueText(message), { delayMs });
}

/**
 * Changes a dispatch record; a lost race reads again and changes what it then finds. `change` gives `undefined` where
 * nothing is to be changed.
 * @returns the record as it stands, or `undefined` if there is none
 */
export async function changeDispatch(
  context: SendingContext,
  id: string,
  change: (known: DispatchRecord) => DispatchRecord | undefined,
  start?: Versioned<DispatchRecord>,
): Promise<Versioned<DispatchRecord> | undefined> {
  return changeRecord(context.store.dispatches, id, change, start);
}

/** An attempt of which only the request's record tells: it may have been made, by an invocation that is gone. */
export function unrecordedAttempt(request: RequestRecord): Attempt {
  return { id: request.writer, at: request.createdAt, until: request.createdAt + LONGEST_FIRST_ATTEMPT };
}

/** From the request's record to the end of the first POST: that with its time-outs, and storage before it. */
const LONGEST_FIRST_ATTEMPT = 15 * MINUTE;
