// What is known of the receiving of one letter to the organisation: how far it is, and what is wished for. Pure.
import * as z from "zod";
import { RECIPIENT_ACTIONS, type RecipientAction } from "../altinn/recipientActions.ts";
import { dayOf, timestamp } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { tagValue } from "../storage/tags.ts";
import { optionalTime, text, time } from "./fields.ts";

/** Why a letter to the organisation could not be received. */
export const NOT_RECEIVED_REASONS = ["purged", "notAuthorised", "altinnKeepsFailing"] as const;

/** Why a letter could not be received. */
export type NotReceivedReason = (typeof NOT_RECEIVED_REASONS)[number];

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
  /** When it was told that it can't be received, and why. */
  readonly notReceived?: { readonly at: number; readonly reason: NotReceivedReason };
  /** What is to be done with it, and since when that is wished for. */
  readonly wishes: Readonly<Partial<Record<RecipientAction, number>>>;
  /** What was done with it, and when. */
  readonly done: Readonly<Partial<Record<RecipientAction, number>>>;
}

const byAction = z.partialRecord(z.enum(RECIPIENT_ACTIONS), time);

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
  wishes: byAction,
  done: byAction,
});

/** How far a letter is. */
export const RECEIPT_STATES = ["waiting", "received", "notReceived"] as const;

/** How far a letter is, in one word. */
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/** In which state it is. */
export function receiptState({ receivedAt, notReceived }: ReceiptRecord): ReceiptState {
  if (receivedAt !== undefined) return "received";
  return notReceived === undefined ? "waiting" : "notReceived";
}

/** The index tags; `due` is there only while something is to be done. */
export function receiptTags(record: ReceiptRecord): Tags {
  const { resourceId, heardAt, dueAt } = record;
  return {
    receipt: receiptState(record),
    resource: tagValue(resourceId),
    heard: dayOf(heardAt),
    ...(dueAt === undefined ? {} : { receiptDue: timestamp(dueAt) }),
  };
}

/** A letter that somebody has told of. */
export function newReceipt(correspondenceId: string, resourceId: string, now: number): ReceiptRecord {
  const nothing = { attempts: 0, wishes: {}, done: {} };
  return { version: 1, correspondenceId, resourceId, heardAt: now, generation: 1, dueAt: now, ...nothing };
}

/** The next thing to do with a letter; `undefined`: nothing. It is received before anything else is done. */
export function nextStep(record: ReceiptRecord): "receive" | RecipientAction | undefined {
  switch (receiptState(record)) {
    case "waiting":
      return "receive";
    case "notReceived":
      return undefined;
    case "received":
      return RECIPIENT_ACTIONS.find((action) => record.wishes[action] !== undefined);
  }
}

/** The letter with something that is wished for, and due now. */
export function withWish(record: ReceiptRecord, action: RecipientAction, now: number): ReceiptRecord {
  return dueAgain({ ...record, wishes: { ...record.wishes, [action]: now } }, now);
}

/** The letter with a wish that was fulfilled (`at`), or can't be. */
export function withoutWish(record: ReceiptRecord, action: RecipientAction, at?: number): ReceiptRecord {
  const { [action]: _past, ...wishes } = record.wishes;
  const done = at === undefined ? record.done : { ...record.done, [action]: record.done[action] ?? at };
  return { ...record, wishes, done, attempts: 0 };
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
