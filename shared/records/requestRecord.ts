// The record of a request: written before the first call to Altinn for it, so that nothing is ever sent unknowingly.
import { DAY, dayOf, timestamp } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import { isInProgress, type Preparation } from "./preparation.ts";

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

export interface RequestRecord {
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
  /** The poison messages that carried it. */
  readonly poisonIds: readonly string[];
}

/** What is kept of a request whose cancel came first. */
export function cancelledBeforehand(requestId: string, writer: string, now: number): RequestRecord {
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
    cancel: { since: now, cursor: 0 },
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

/**
 * The index tags of a request record: `preparing`, the time of its next step, is there only while one is to come,
 * `uploads` while it is not known yet whether any letter uses them, `claim` until the blob that brought it is deleted, and
 * `cancel`, until when it is kept, while only its cancel has come.
 */
export function requestTags(record: RequestRecord): Tags {
  const { createdAt, preparation, fannedOut, total, claimCheck } = record;
  const keptUntil = isCancelOnly(record) ? cancelKeptUntil(record.cancel) : undefined;
  return {
    day: dayOf(createdAt),
    ...(preparation && isInProgress(record) ? { preparing: timestamp(preparation.nextStepAt) } : {}),
    ...(preparation?.isSettled === false && fannedOut >= total ? { uploads: "open" } : {}),
    ...(claimCheck ? { claim: timestamp(claimCheck.lookAt) } : {}),
    ...(keptUntil === undefined ? {} : { cancel: timestamp(keptUntil) }),
  };
}
