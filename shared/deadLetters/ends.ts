// Tells an end without a letter: keeps its dead letter (a cancel has none), then announces it. Whoever ends something
// records that first, and comes here; whoever finds it recorded comes here again, since the first may have died on the way.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { asManyAsFit } from "../announcements/announcedProblems.ts";
import type { AnnouncementData, Subject } from "../announcements/announcement.ts";
import { type DeadLetter, deadLetterOf } from "../records/deadLetter.ts";
import {
  type CancelOutcome,
  type DispatchRecord,
  type Problem,
  told,
  type UnsentEnd,
} from "../records/dispatchRecord.ts";
import { changeRecord, readKnown, type Versioned } from "../records/records.ts";
import type { DeadLetterRecords } from "../records/stateStore.ts";
import { forOne } from "../requests/forOne.ts";
import { sha256 } from "../storage/tags.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { DeadLettersContext } from "./context.ts";

/** What names an announcement of an end, with the end. */
export type EndId = readonly (string | number)[];

/**
 * Tells the end of a dispatch as its record says, with the same id each time, and notes that it is told: until then a sweep
 * brings somebody to tell it. One that is sent may have a dead letter still, of an end that it did not come to after all:
 * that goes.
 *
 * @param request as its producer wrote it, where it is at hand
 */
export async function tellEnd(context: DeadLettersContext, record: DispatchRecord, request?: unknown): Promise<void> {
  const { state, problem, cancel, endedAt = context.clock.now() } = record;
  let seen: Versioned<DispatchRecord> | undefined;
  if (state === "waiting") return;
  if (state === "sent") {
    await context.store.deadLetters.remove(deadLetterOf(record, undefined));
    if (cancel?.outcome) await announceCancel(context, record, cancel.outcome);
  } else if (state === "cancelled") {
    await announceCancel(context, record, { ...problem, end: "cancelled", at: endedAt });
  } else if (problem) {
    const content = request ?? (await context.store.accepted.read(record.digest))?.value.message;
    seen = await tellUnsent(context, record, deadLetterFrom(record, state, problem, endedAt, content));
  }
  if (record.isUntold) await noteTold(context, record, seen);
}

/** One that has come to something else meanwhile is told as that. */
async function noteTold(
  { store }: DeadLettersContext,
  { dispatchId, epoch, state }: DispatchRecord,
  seen: Versioned<DispatchRecord> | undefined,
): Promise<void> {
  const change = (known: DispatchRecord) =>
    known.isUntold && known.epoch === epoch && known.state === state ? told(known) : undefined;
  await changeRecord(store.dispatches, dispatchId, change, seen);
}

/** @returns the dispatch as it stood when its dead letter was kept */
async function tellUnsent(
  context: DeadLettersContext,
  record: DispatchRecord,
  letter: DeadLetter,
): Promise<Versioned<DispatchRecord> | undefined> {
  const { deadLetters, dispatches } = context.store;
  const name = deadLetterOf(record, letter.reason);
  if (!record.isDropped) await keepLatest(deadLetters, name, letter);
  // Whoever found it sent meanwhile, replayed it or dropped it has recorded that before looking for the dead letter: one of
  // the two sees the other.
  const seen = await dispatches.read(record.dispatchId);
  const stands = seen?.value;
  if (stands && (stands.state === "sent" || stands.isDropped || stands.epoch > record.epoch)) {
    await removeUpTo(deadLetters, name, record.epoch);
    if (!stands.isDropped) return seen;
  }
  const isReused = letter.reason === "requestIdReused";
  const id = isReused ? [record.dispatchId, record.digest] : [record.dispatchId, record.epoch];
  await announceUnsent(context, id, name, letter);
  return seen;
}

/** Keeps the dead letter of a whole request, of which no dispatch tells, and announces it as it stands. */
export async function tellRefused(
  context: DeadLettersContext,
  name: string,
  letter: DeadLetter,
  idOf: (epoch: number) => EndId,
): Promise<void> {
  const kept = await keepLatest(context.store.deadLetters, name, letter);
  await announceUnsent(context, idOf(kept.epoch), name, kept);
}

/**
 * Keeps a dead letter; one of an earlier epoch under the same name gives way to it, and so does one that is being replayed:
 * its epoch is that of the end which is kept now.
 * @returns the one that stands; where that cannot be read, what is as good: the same content under the same name
 */
async function keepLatest(records: DeadLetterRecords, name: string, letter: DeadLetter): Promise<DeadLetter> {
  for (let race = 0; race < 5; race++) {
    if ((await records.create(name, letter)) !== undefined) return letter;
    const known = await readKnown(records, name);
    if (known === "unreadable") return letter;
    if (!known) continue;
    const { epoch, isReplaying, messageId } = known.value;
    if (!isReplaying && epoch >= letter.epoch) return known.value;
    const brought = messageId === undefined ? {} : { messageId };
    const value = { ...brought, ...letter, epoch: Math.max(epoch, letter.epoch) };
    if ((await records.replace(name, value, known.etag)) !== undefined) return value;
  }
  throw new Error("A dead letter comes and goes");
}

/** Removes the dead letter of an end that does not stand; that of a later epoch stays. */
async function removeUpTo(records: DeadLetterRecords, name: string, epoch: number): Promise<void> {
  const known = await records.read(name);
  if (known && known.value.epoch <= epoch) await records.remove(name, known.etag);
}

/** Announces what a dead letter tells. */
export async function announceUnsent(
  context: DeadLettersContext,
  id: EndId,
  name: string,
  letter: DeadLetter,
): Promise<void> {
  const { end, endedAt, reason, errorCode, detail, problems, messageId, attempts } = letter;
  // Under a reused id the dispatch id belongs to the letter that was sent first.
  const dispatchId = reason === "requestIdReused" ? undefined : letter.dispatchId;
  await announceEnd(context, id, end, { ...subjectOf(letter), dispatchId }, endedAt, {
    reason,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(detail === undefined ? {} : { detail }),
    ...(problems === undefined ? {} : { problems: asManyAsFit(problems) }),
    ...(messageId === undefined ? {} : { messageId }),
    deadLetter: name,
  });
  const sender = letter.sender ?? context.senders.of(letter.resourceId ?? "")?.name;
  if (letter.dispatchId === undefined) {
    const rules = problems === undefined ? {} : { problems: problems.slice(0, 20).map(({ rule }) => rule) };
    context.telemetry.warn("requestRejected", { reason, sender, deadLetter: name, ...rules });
    return;
  }
  const fields = {
    dispatchId: letter.dispatchId,
    requestHash: sha256(letter.requestId ?? ""),
    sender,
    end,
    reason,
    ...(errorCode === undefined ? {} : { errorCode }),
    attempts: attempts.length,
  };
  if (end === "outcomeUnknown") context.telemetry.alert("dispatchEnded", fields);
  else context.telemetry.warn("dispatchEnded", fields);
}

/** Announces what came of a cancel; no dead letter is left by one. */
async function announceCancel(
  context: DeadLettersContext,
  record: DispatchRecord,
  { end, at, reason, errorCode, detail }: CancelOutcome,
): Promise<void> {
  const { dispatchId, correspondenceId, epoch } = record;
  const why = {
    ...(reason === undefined ? {} : { reason }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
  const about = { ...subjectOf(record), dispatchId, correspondenceId };
  const forPeople = detail === undefined ? {} : { detail };
  await announceEnd(context, [dispatchId, epoch], end, about, at, { ...why, ...forPeople });
  const sender = context.senders.of(record.resourceId)?.name;
  const told = { dispatchId, requestHash: sha256(record.requestId), sender, end, ...why };
  context.telemetry.info("dispatchEnded", { ...told, attempts: record.attempts.length });
}

async function announceEnd(
  context: DeadLettersContext,
  id: EndId,
  end: UnsentEnd | "tooLate",
  subject: Subject,
  at: number,
  why: Pick<AnnouncementData, "reason" | "errorCode" | "detail" | "problems" | "messageId" | "deadLetter">,
): Promise<void> {
  const announcements = await context.announcements();
  await context.announcer.announce([announcements.ended(id, end, subject, at, why)]);
}

function deadLetterFrom(
  record: DispatchRecord,
  end: UnsentEnd,
  { reason, errorCode, detail }: Problem,
  endedAt: number,
  request: unknown,
): DeadLetter {
  const { epoch, requestId, digest, dispatchId, recipient, resourceId, sendersReference, statusQueue, attempts } =
    record;
  return {
    version: 1,
    end,
    reason,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(detail === undefined ? {} : { detail }),
    endedAt,
    epoch,
    requestId,
    digest,
    dispatchId,
    recipient,
    resourceId,
    sendersReference,
    ...(statusQueue === undefined ? {} : { statusQueue }),
    ...traceOf(record),
    attempts,
    request: forOne(request, recipient),
  };
}

/** What the announcements of a letter repeat. */
export function subjectOf(record: Subject): Subject {
  return {
    requestId: record.requestId,
    resourceId: record.resourceId === undefined ? undefined : withoutResourcePrefix(record.resourceId),
    sendersReference: record.sendersReference,
    recipient: record.recipient,
    statusQueue: record.statusQueue,
    traceparent: record.traceparent,
    tracestate: record.tracestate,
  };
}
