// The record of a request: written before the first call to Altinn for it, so that nothing is ever sent unknowingly.
import * as z from "zod";
import { DAY, MINUTE } from "../clock.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";
import { type Attempt, type Problem, problemSchema, type UnsentEnd, unsentEndSchema } from "./dispatchRecord.ts";
import { optionalNumber, optionalText, optionalTime, text, time, trace } from "./fields.ts";
import { UPLOAD_STATES, type UploadSet } from "./uploadSet.ts";

/** What identifies the one letter of a request with one recipient. */
export interface SingleDispatch {
  readonly dispatchId: string;
  readonly idempotentKey: string;
  readonly isKeyGiven: boolean;
  /** In canonical URN form. */
  readonly recipient: string;
  readonly hasAttachments: boolean;
}

/** A request that came in a blob. */
export interface ClaimedBlob {
  readonly path: string;
  readonly etag: string;
  /** When a sweep saw that all its letters are sent or have ended. */
  readonly doneSince?: number;
  /** When a sweep looks at it again. */
  readonly lookAt: number;
}

/** A cancel of a whole request: it passes over the recipients, and gives each one's dispatch the wish. */
export interface RequestCancel {
  /** Epoch milliseconds. */
  readonly since: number;
  /** How many recipients it has come to. */
  readonly cursor: number;
  /** Its request has not come in time: it cancels nothing any more. */
  readonly isExpired?: boolean;
  /** It came before its request, on the own queue of this sender: it cancels no other's. */
  readonly sender?: string;
}

/**
 * How long a cancel waits for its request. By default a message is on a queue for no longer (Azure Storage, "Put Message"),
 * so whatever the cancel has overtaken has come by then.
 */
const CANCEL_KEPT = 7 * DAY;

/** Until when a cancel waits for its request, in epoch milliseconds. */
export function cancelKeptUntil(cancel: RequestCancel | undefined): number | undefined {
  return cancel && cancel.since + CANCEL_KEPT;
}

/** What must be done before the letters of a request can go, and how far that has come. */
export interface Preparation extends UploadSet {
  /** A message with a lower generation is out of date. */
  readonly generation: number;
  /** Raised by each replay of the request; 0 where it is absent. Its dispatches begin with it. */
  readonly epoch?: number;
  /** When the last replay was: waiting counts from there. */
  readonly replayedAt?: number;
  /** Epoch milliseconds, as all times here. */
  readonly nextStepAt: number;
  /** No letter comes of the request: it is told once, as a whole. */
  readonly ended?: Problem & { readonly end: UnsentEnd; readonly at: number; readonly isTold: boolean };
  /** Letters use the uploads, or none ever will: nothing is left to find out. */
  readonly isSettled: boolean;
}

/** What is known of a request. */
export interface RequestRecord extends TraceContext {
  readonly version: 1;
  readonly requestId: string;
  /** SHA-256 of the canonical JSON that the producer wrote; empty while only its cancel has come. */
  readonly digest: string;
  /** Which invocation wrote it: by this a writer whose answer was lost knows its own work. */
  readonly writer: string;
  /** The queue message that brought it: any other that brings it again is a duplicate. */
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly resourceId: string;
  readonly sendersReference: string;
  readonly statusQueue?: string;
  /**
   * The form under which its recipients are told apart, on which the ids of its dispatches depend. Absent in records from
   * before 2026-11-28: user names counted as written then (`formerCanonicalRecipient`).
   */
  readonly recipientForm?: 2;
  /** How many letters it becomes. */
  readonly total: number;
  /** Present when there is one recipient. */
  readonly single?: SingleDispatch;
  /** What must be done before its letters can go; absent where the first attempt is made at once. */
  readonly preparation?: Preparation;
  /** With a preparation: how many recipients have their dispatch record and message. */
  readonly fannedOut: number;
  /** Set before the first of those: from then on letters may go out, and each of them comes to its own end. */
  readonly isFanningOut?: boolean;
  /** The recipients, by their places, that were passed over because their records could not be read; absent where none was. */
  readonly passedOver?: readonly number[];
  /** The blob that brought it, until that is deleted. */
  readonly claimCheck?: ClaimedBlob;
  /**
   * It is cancelled. A single letter that nothing was to be prepared for has it only if the cancel came before the request:
   * then nothing is ever tried; otherwise its dispatch has it.
   */
  readonly cancel?: RequestCancel;
  /** When an operator had its personal data erased; whom it was for is empty since then. */
  readonly erasedAt?: number;
  /** The poison messages that carried it. */
  readonly poisonIds: readonly string[];
}

/** Where a cancel came from, as far as it matters: its trace, and of one on a sender's own queue whose that is. */
export interface CancelOrigin extends TraceContext {
  readonly sender?: string | undefined;
  readonly statusQueue?: string | undefined;
}

/** What is kept of a request whose cancel came first. The trace is the cancel's. */
export function cancelledBeforehand(
  requestId: string,
  writer: string,
  now: number,
  { sender, statusQueue, ...given }: CancelOrigin = {},
): RequestRecord {
  return {
    version: 1,
    requestId,
    digest: "",
    writer,
    messageId: "",
    createdAt: now,
    resourceId: "",
    sendersReference: "",
    total: 0,
    fannedOut: 0,
    cancel: { since: now, cursor: 0, ...(sender === undefined ? {} : { sender }) },
    ...(statusQueue === undefined ? {} : { statusQueue }),
    ...given,
    poisonIds: [],
  };
}

/** True if the request itself has not come yet. */
export function isCancelOnly({ digest }: RequestRecord): boolean {
  return digest === "";
}

/** Where the record of a request is kept, by the hash of its id. */
export function requestRecordName(requestHash: string): string {
  return recordName(FOLDERS.requests, requestHash);
}

/** An attempt of which only the request's record tells: it may have been made, by an invocation that is gone. */
export function unrecordedAttempt(request: RequestRecord): Attempt {
  return { id: request.writer, at: request.createdAt, until: request.createdAt + LONGEST_FIRST_ATTEMPT };
}

/** From the request's record to the end of the first POST: that with its time-outs, and storage before it. */
const LONGEST_FIRST_ATTEMPT = 15 * MINUTE;

const preparationSchema: z.ZodType<Preparation> = z.looseObject({
  generation: z.number(),
  epoch: optionalNumber,
  replayedAt: optionalTime,
  nextStepAt: time,
  uploads: z.array(
    z.looseObject({
      state: z.enum(UPLOAD_STATES),
      attachmentId: optionalText,
      claim: z.looseObject({ by: text, until: time }).exactOptional(),
      cuts: z.number(),
      uploadedAt: optionalTime,
    }),
  ),
  failures: z.number(),
  failedAt: optionalTime,
  countedWait: z.number(),
  ended: problemSchema.extend({ end: unsentEndSchema, at: time, isTold: z.boolean() }).exactOptional(),
  unused: z.array(text),
  isSettled: z.boolean(),
});

/** As the record of a request is stored. */
export const requestRecordSchema: z.ZodType<RequestRecord> = z.looseObject({
  version: z.literal(1),
  requestId: text,
  digest: text,
  writer: text,
  messageId: text,
  createdAt: time,
  resourceId: text,
  sendersReference: text,
  statusQueue: optionalText,
  ...trace,
  recipientForm: z.literal(2).exactOptional(),
  total: z.number(),
  single: z
    .looseObject({
      dispatchId: text,
      idempotentKey: text,
      isKeyGiven: z.boolean(),
      recipient: text,
      hasAttachments: z.boolean(),
    })
    .exactOptional(),
  preparation: preparationSchema.exactOptional(),
  fannedOut: z.number(),
  isFanningOut: z.boolean().exactOptional(),
  passedOver: z.array(z.number()).exactOptional(),
  claimCheck: z.looseObject({ path: text, etag: text, doneSince: optionalTime, lookAt: time }).exactOptional(),
  cancel: z
    .looseObject({
      since: time,
      cursor: z.number(),
      isExpired: z.boolean().exactOptional(),
      sender: optionalText,
    })
    .exactOptional(),
  erasedAt: optionalTime,
  poisonIds: z.array(text),
});
