// The record of one dispatch that could not be finished at once: what has been tried, and when it is tried again.
import * as z from "zod";
import type { EndReason } from "../altinn/endReason.ts";
import { type TraceContext, traceOf } from "../telemetry/traceContext.ts";
import { endReason, optionalNumber, optionalText, optionalTime, text, time, trace } from "./fields.ts";

/** Final states of a dispatch. */
export const ENDS = ["sent", "rejected", "gaveUp", "cancelled", "outcomeUnknown"] as const;

/** A final state of a dispatch. */
export type End = (typeof ENDS)[number];

/** Ends that say that no letter exists, or that nobody knows. All but `cancelled` leave a dead letter. */
export type UnsentEnd = Exclude<End, "sent">;

/** One `POST` of a letter. */
export interface Attempt {
  readonly id: string;
  /** When it began, and until when it can still be running, in epoch milliseconds. */
  readonly at: number;
  readonly until: number;
  /** What came back; absent while it runs, and for ever if the process died. */
  readonly cause?: string;
  readonly status?: number;
  readonly errorCode?: number;
  /** True if Altinn surely created nothing by it, and will not. */
  readonly definite?: boolean;
}

/** Why a dispatch ends, or ended, without a letter. */
export interface Problem {
  readonly reason: EndReason;
  readonly status?: number;
  readonly errorCode?: number;
  /** For people; masked. */
  readonly detail?: string;
}

/** A producer's wish that the letter not reach its recipient. */
export interface Cancel {
  /** Epoch milliseconds. */
  readonly since: number;
  /** How often a letter that exists could not be purged. */
  readonly failures: number;
  /** What came of it where the letter exists; absent until it is known. */
  readonly outcome?: CancelOutcome;
}

/** The letter was purged before it was published, or it was too late for that. */
export interface CancelOutcome extends Partial<Problem> {
  readonly end: "cancelled" | "tooLate";
  readonly at: number;
}

/** What is known of one dispatch. */
export interface DispatchRecord extends TraceContext {
  readonly version: 1;
  readonly dispatchId: string;
  readonly requestId: string;
  readonly digest: string;
  readonly resourceId: string;
  readonly sendersReference: string;
  /** In canonical URN form. */
  readonly recipient: string;
  readonly statusQueue?: string;
  readonly idempotentKey: string;
  /** The producer gave the key, so that others may have used it too. */
  readonly isKeyGiven: boolean;
  /** When the request was first recorded. Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly state: "waiting" | End;
  /** Raised by each replay of a dead letter. */
  readonly epoch: number;
  /** When the present epoch began, if it was by a replay: waiting counts from there. */
  readonly replayedAt?: number;
  /** A message on `dispatches` with a lower generation is out of date. */
  readonly generation: number;
  readonly nextAttemptAt: number;
  readonly attempts: readonly Attempt[];
  /** How long it has waited, in milliseconds, while Altinn did answer others: the give-up clock. */
  readonly countedWait: number;
  /** When Altinn first said that the key has been used. From then on it is never given up. */
  readonly existsSince?: number;
  /** When a look-up first found nothing although Altinn said that the key is used. */
  readonly emptySince?: number;
  /** When look-ups by key began to fail without one that worked in between. */
  readonly lookUpFailingSince?: number;
  /** It is to end so, as soon as it is certain that no letter exists. */
  readonly closing?: Problem & { readonly end: UnsentEnd; readonly since: number };
  /** It is to be cancelled: closing, if it is not known to exist, and else purged. */
  readonly cancel?: Cancel;
  /** How often a sweep has put it back. */
  readonly putBacks: number;
  /** The poison messages that named it. */
  readonly poisonIds: readonly string[];
  /** Its new attachments, uploaded beforehand; absent where its files go along with the letter. */
  readonly attachmentIds?: readonly string[];
  readonly problem?: Problem;
  readonly correspondenceId?: string;
  readonly endedAt?: number;
  /** What it came to, or its cancel, is recorded here, and still to be told: a message must bring whoever tells it. */
  readonly isUntold?: boolean;
  /** Its dead letter was deleted for good. */
  readonly isDropped?: boolean;
}

/** The first record of a dispatch. */
export function newDispatch(
  request: Pick<
    DispatchRecord,
    "requestId" | "digest" | "resourceId" | "sendersReference" | "statusQueue" | "createdAt" | keyof TraceContext
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
    ...traceOf(request),
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

/** True while something is to be done for its letter: it waits, or its letter is still to be purged. */
export function isOpen({ state, cancel }: DispatchRecord): boolean {
  return state === "waiting" || (state === "sent" && cancel !== undefined && cancel.outcome === undefined);
}

/** True while a message must bring somebody to it: it is open, or what it came to is still to be told. */
export function needsMessage(record: DispatchRecord): boolean {
  return isOpen(record) || record.isUntold === true;
}

/** The same, once it is told. */
export function told({ isUntold: _told, ...record }: DispatchRecord): DispatchRecord {
  return record;
}

/** True if a letter may exist, or may yet come to exist, because of the attempt. */
export function hasUnknownOutcome(attempt: Attempt): boolean {
  return attempt.definite !== true;
}

/** Until when an attempt whose outcome is unknown can still be running; `undefined` if there is none. */
export function unknownUntil(record: DispatchRecord): number | undefined {
  const unknown = record.attempts.filter(hasUnknownOutcome);
  return unknown.length === 0 ? undefined : Math.max(...unknown.map((attempt) => attempt.until));
}

/** The attempts of the present epoch: those before a replay say what may exist, and nothing of how it goes now. */
export function attemptsOfEpoch({ attempts, replayedAt }: DispatchRecord): readonly Attempt[] {
  return replayedAt === undefined ? attempts : attempts.filter(({ at }) => at >= replayedAt);
}

/**
 * The record of a dispatch that begins again in a later epoch, with what `again` says of that. Its attempts stay, so
 * that a letter of an earlier epoch is looked for; a letter that is sent stays sent.
 */
export function replayed(known: DispatchRecord, again: DispatchRecord, now: number): DispatchRecord {
  const attempts = mergeAttempts(known.attempts, again.attempts);
  if (known.state === "sent") return { ...known, attempts };
  const { existsSince, emptySince, lookUpFailingSince, problem, correspondenceId, endedAt, isDropped, ...rest } =
    told(known);
  const { closing: _closing, cancel, attachmentIds: _attachmentIds, ...kept } = rest;
  const { epoch, nextAttemptAt, closing, attachmentIds } = again;
  return {
    ...kept,
    state: "waiting",
    epoch,
    replayedAt: now,
    generation: known.generation + 1,
    nextAttemptAt,
    attempts,
    countedWait: 0,
    ...(closing === undefined ? {} : { closing }),
    putBacks: 0,
    poisonIds: [],
    ...(attachmentIds === undefined ? {} : { attachmentIds }),
  };
}

/** The attempts of two versions of a record: a set by id, where a known outcome wins. */
export function mergeAttempts(a: readonly Attempt[], b: readonly Attempt[]): Attempt[] {
  const byId = new Map(a.map((attempt) => [attempt.id, attempt]));
  for (const attempt of b) {
    const known = byId.get(attempt.id);
    if (!known || known.cause === undefined) byId.set(attempt.id, { ...known, ...attempt });
  }
  return [...byId.values()].sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1));
}

/** As an attempt is stored. */
export const attemptSchema = z.looseObject({
  id: text,
  at: time,
  until: time,
  cause: optionalText,
  status: optionalNumber,
  errorCode: optionalNumber,
  definite: z.boolean().exactOptional(),
});

/** As a problem is stored. */
export const problemSchema = z.looseObject({
  reason: endReason,
  status: optionalNumber,
  errorCode: optionalNumber,
  detail: optionalText,
});

/** As an end without a letter is stored. */
export const unsentEndSchema = z.enum(ENDS).exclude(["sent"]);

const dispatchCancel = z.looseObject({
  since: time,
  failures: z.number(),
  outcome: problemSchema
    .extend({ reason: endReason.exactOptional(), end: z.enum(["cancelled", "tooLate"]), at: time })
    .exactOptional(),
});

/** As the record of a dispatch is stored. */
export const dispatchRecordSchema: z.ZodType<DispatchRecord> = z.looseObject({
  version: z.literal(1),
  dispatchId: text,
  requestId: text,
  digest: text,
  resourceId: text,
  sendersReference: text,
  recipient: text,
  statusQueue: optionalText,
  ...trace,
  idempotentKey: text,
  isKeyGiven: z.boolean(),
  createdAt: time,
  state: z.enum(["waiting", ...ENDS]),
  epoch: z.number(),
  replayedAt: optionalTime,
  generation: z.number(),
  nextAttemptAt: time,
  attempts: z.array(attemptSchema),
  countedWait: z.number(),
  existsSince: optionalTime,
  emptySince: optionalTime,
  lookUpFailingSince: optionalTime,
  closing: problemSchema.extend({ end: unsentEndSchema, since: time }).exactOptional(),
  cancel: dispatchCancel.exactOptional(),
  putBacks: z.number(),
  poisonIds: z.array(text),
  attachmentIds: z.array(text).exactOptional(),
  problem: problemSchema.exactOptional(),
  correspondenceId: optionalText,
  endedAt: optionalTime,
  isUntold: z.boolean().exactOptional(),
  isDropped: z.boolean().exactOptional(),
});
