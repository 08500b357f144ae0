// What is known of the receiving of one letter to the organisation: how far it is, and what is wished for. Pure.
import * as z from "zod";
import { RECIPIENT_ACTIONS, type RecipientAction, UNAVAILABLE } from "../altinn/recipientActions.ts";
import { timestamp } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { sha256, tagValue } from "../storage/tags.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";
import { optionalNumber, optionalText, optionalTime, text, time, trace } from "./fields.ts";

/** Why a letter to the organisation could not be received. */
export const NOT_RECEIVED_REASONS = ["purged", "notAuthorised", "altinnKeepsFailing"] as const;

/** Why a letter could not be received. */
export type NotReceivedReason = (typeof NOT_RECEIVED_REASONS)[number];

/** Why something that was wished for is not done with a letter that was received. */
export const ACTION_REFUSALS = ["purged", "refused", "altinnKeepsFailing"] as const;

/** That something was not done, when that was told, and why; with Altinn's own code where it gave one. */
export interface ActionRefusal {
  readonly at: number;
  readonly reason: (typeof ACTION_REFUSALS)[number];
  readonly errorCode?: number;
}

/** Why a file is not in the inbox. */
export const FILE_PROBLEMS = [...UNAVAILABLE, "checksumMismatch", "altinnKeepsFailing"] as const;

/** What was told of a letter, and nothing of what is in it. Times are epoch milliseconds. */
export interface ToldLetter {
  /** The organisation that sent it, as a URN; absent where Altinn named none. */
  readonly sentBy?: string;
  readonly sendersReference?: string;
  readonly published?: number;
  readonly dueAt?: number;
  readonly isConfirmationNeeded: boolean;
  readonly files: readonly ToldFile[];
}

/** A file of it: stored, or why not. */
export interface ToldFile {
  readonly attachmentId: string;
  readonly sizeBytes?: number;
  readonly problem?: (typeof FILE_PROBLEMS)[number];
}

/** The record of one letter to the organisation. Times are epoch milliseconds. */
export interface ReceiptRecord {
  readonly version: 1;
  readonly correspondenceId: string;
  /** Without URN prefix. */
  readonly resourceId: string;
  /** When an event or a list first told of it. */
  readonly heardAt: number;
  /** That of its latest message; one with a lower number is out of date. */
  readonly generation: number;
  /** When that message is due, or its work was last heard of; absent where nothing is to be done. */
  readonly dueAt?: number;
  /** Attempts in a row that have come to nothing. */
  readonly attempts: number;
  /** When it was stored and told. */
  readonly receivedAt?: number;
  /** What was told then; versions from before 2026-11-29 did not note it. */
  readonly told?: ToldLetter;
  /** When it was told that it can't be received, and why. */
  readonly notReceived?: { readonly at: number; readonly reason: NotReceivedReason };
  /** What is to be done with it, and since when that is wished for. */
  readonly wishes: Readonly<Partial<Record<RecipientAction, number>>>;
  /** In which trace each of them was asked for, where that was said. */
  readonly traces?: Readonly<Partial<Record<RecipientAction, TraceContext>>>;
  /** What was wished for last and is not done, and why. */
  readonly refused?: Readonly<Partial<Record<RecipientAction, ActionRefusal>>>;
  /** What was done with it, and when. */
  readonly done: Readonly<Partial<Record<RecipientAction, number>>>;
}

const action = z.enum(RECIPIENT_ACTIONS);
const byAction = z.partialRecord(action, time);

const toldSchema = z.looseObject({
  sentBy: optionalText,
  sendersReference: optionalText,
  published: optionalTime,
  dueAt: optionalTime,
  isConfirmationNeeded: z.boolean(),
  files: z.array(
    z.looseObject({
      attachmentId: text,
      sizeBytes: optionalNumber,
      problem: z.enum(FILE_PROBLEMS).exactOptional(),
    }),
  ),
});

/** As it is stored. */
export const receiptRecordSchema: z.ZodType<ReceiptRecord> = z.looseObject({
  version: z.literal(1),
  correspondenceId: text,
  resourceId: text,
  heardAt: time,
  generation: z.number(),
  dueAt: optionalTime,
  attempts: z.number(),
  receivedAt: optionalTime,
  notReceived: z.looseObject({ at: time, reason: z.enum(NOT_RECEIVED_REASONS) }).exactOptional(),
  told: toldSchema.exactOptional(),
  wishes: byAction,
  traces: z.partialRecord(action, z.looseObject(trace)).exactOptional(),
  refused: z
    .partialRecord(action, z.looseObject({ at: time, reason: z.enum(ACTION_REFUSALS), errorCode: optionalNumber }))
    .exactOptional(),
  done: byAction,
});

/** How far the receiving of a letter is, in one word. */
export function receiptState({ receivedAt, notReceived }: ReceiptRecord): "waiting" | "received" | "notReceived" {
  if (receivedAt !== undefined) return "received";
  return notReceived === undefined ? "waiting" : "notReceived";
}

/** How far a letter to the organisation can have come: received it is stored and told, and then what was done with it. */
export const RECEIVED_STATUSES = ["waiting", "received", "read", "confirmed", "purged", "notReceived"] as const;

/** How far a letter to the organisation has come, in one word. */
export type ReceivedStatus = (typeof RECEIVED_STATUSES)[number];

/** How far it has come. */
export function receivedStatus(record: ReceiptRecord): ReceivedStatus {
  const state = receiptState(record);
  const { read, confirm, purge } = record.done;
  if (state !== "received") return state;
  if (purge !== undefined) return "purged";
  if (confirm !== undefined) return "confirmed";
  return read === undefined ? state : "read";
}

/** The files that a letter was received without. */
export function missingFiles({ told }: ReceiptRecord): readonly ToldFile[] {
  return told?.files.filter(({ problem }) => problem !== undefined) ?? [];
}

/** The index tags; `receiptDue` is there only while something is to be done, `missing` where files are. */
export function receiptTags(record: ReceiptRecord): Tags {
  const { resourceId, heardAt, dueAt, told } = record;
  const missing = missingFiles(record).length;
  return {
    receipt: receivedStatus(record),
    resource: tagValue(resourceId),
    heard: timestamp(heardAt),
    ...(dueAt === undefined ? {} : { receiptDue: timestamp(dueAt) }),
    ...(told?.sentBy ? { sentBy: told.sentBy } : {}),
    ...(told?.sendersReference ? { reference: sha256(told.sendersReference) } : {}),
    ...(missing === 0 ? {} : { missing: String(missing) }),
  };
}

/** A letter that somebody has told of. */
export function newReceipt(correspondenceId: string, resourceId: string, now: number): ReceiptRecord {
  const nothing = { attempts: 0, wishes: {}, done: {} };
  return { version: 1, correspondenceId, resourceId, heardAt: now, generation: 1, dueAt: now, ...nothing };
}

/**
 * The next thing to do with a letter; `undefined`: nothing. It is received before anything else is done; what was wished for
 * of one that can't be received is still to be refused.
 */
export function nextStep(record: ReceiptRecord): "receive" | RecipientAction | undefined {
  if (receiptState(record) === "waiting") return "receive";
  return RECIPIENT_ACTIONS.find((action) => record.wishes[action] !== undefined);
}

/** The letter with something that is wished for, and due now. */
export function withWish(
  record: ReceiptRecord,
  action: RecipientAction,
  now: number,
  trace: TraceContext = {},
): ReceiptRecord {
  const { [action]: _before, ...refused } = record.refused ?? {};
  const { [action]: _past, ...others } = record.traces ?? {};
  const traces = trace.traceparent === undefined ? others : { ...others, [action]: trace };
  return dueAgain({ ...record, wishes: { ...record.wishes, [action]: now }, traces, refused }, now);
}

/** The letter with something that is done with it; asked for again, it counts as done when it was first. */
export function withDone(record: ReceiptRecord, action: RecipientAction, at: number): ReceiptRecord {
  return { ...withoutWish(record, action), done: { ...record.done, [action]: record.done[action] ?? at } };
}

/** The letter with something that will not be done with it. */
export function withRefusal(record: ReceiptRecord, action: RecipientAction, refusal: ActionRefusal): ReceiptRecord {
  const rest = withoutWish(record, action);
  return { ...rest, refused: { ...rest.refused, [action]: refusal } };
}

/** The letter without something that was wished for, and without what was said of an earlier such wish. */
export function withoutWish(record: ReceiptRecord, action: RecipientAction): ReceiptRecord {
  const { [action]: _past, ...wishes } = record.wishes;
  const { [action]: _its, ...traces } = record.traces ?? {};
  const { [action]: _before, ...refused } = record.refused ?? {};
  return { ...record, wishes, traces, refused, attempts: 0 };
}

/** Put off to another message, by the attempt that came to nothing. */
export function putOff(record: ReceiptRecord, until: number): ReceiptRecord {
  return dueAgain({ ...record, attempts: record.attempts + 1 }, until);
}

/** Due at a time, by a new message: those that were put before are out of date from then on. */
export function dueAgain(record: ReceiptRecord, time: number): ReceiptRecord {
  return { ...record, generation: record.generation + 1, dueAt: time };
}

/** Without anything to be done, if there is nothing. */
export function settled(record: ReceiptRecord): ReceiptRecord {
  if (nextStep(record) !== undefined) return record;
  const { dueAt: _past, ...rest } = record;
  return rest;
}
