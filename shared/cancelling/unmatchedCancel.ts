// A cancel of what is not known here: told at once, kept for a while, and told again when that has passed.

import type { AnnouncementData, Subject } from "../announcements/announcement.ts";
import { timestamp } from "../clock.ts";
import { eachRecord } from "../records/eachRecord.ts";
import {
  cancelKeptUntil,
  isCancelOnly,
  type RequestCancel,
  type RequestRecord,
  requestRecordName,
} from "../records/requestRecord.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { type TraceContext, traceOf } from "../telemetry/traceContext.ts";
import type { CancellingContext } from "./context.ts";

/** Tells that the cancel of a request waits for it, and until when. Repeated, it has the same id. */
export async function announcePending(context: CancellingContext, record: RequestRecord): Promise<void> {
  const { requestId, cancel, statusQueue } = record;
  const until = cancelKeptUntil(cancel);
  if (cancel === undefined || until === undefined) return;
  const about = { requestId, statusQueue, ...traceOf(record) };
  await announce(context, [requestId, cancel.since], about, "cancelPending", { keptUntil: timestamp(until) });
  context.telemetry.info("cancelRemembered", { requestHash: sha256(requestId) });
}

/** A letter that is to be cancelled, by Altinn's id, and the trace that its cancel was given. */
export interface UnknownLetter extends TraceContext {
  readonly correspondenceId: string;
  /** Where that is told, where it is not where everything is. */
  readonly statusQueue?: string | undefined;
}

/** The same of the cancel of one letter. `until` is in epoch milliseconds. */
export async function announceLetterPending(
  context: CancellingContext,
  letter: UnknownLetter,
  until: number,
): Promise<void> {
  const keptUntil = timestamp(until);
  await announce(context, [letter.correspondenceId], letter, "cancelPending", { keptUntil });
}

/** Tells that a letter that was to be cancelled is none of this app's, or not any more. */
export async function announceLetterUnknown(context: CancellingContext, letter: UnknownLetter): Promise<void> {
  const { correspondenceId } = letter;
  const detail = "This app has sent no letter with this id, or knows it no more: nothing was cancelled";
  await announce(context, [correspondenceId], letter, "cancelUnknown", { detail });
  context.telemetry.info("cancelUnknown", { correspondenceId });
}

/** Tells that a request did not come before its cancel had waited for too long. Repeated, it has the same id. */
export async function announceExpired(
  context: CancellingContext,
  record: RequestRecord,
  { since }: RequestCancel,
): Promise<void> {
  const { requestId, statusQueue } = record;
  const detail = "No request with this id has come in time: nothing was cancelled, and one that comes now is sent";
  const about = { requestId, statusQueue, ...traceOf(record) };
  await announce(context, [requestId, since], about, "cancelUnknown", { detail });
  context.telemetry.info("cancelUnknown", { requestHash: sha256(requestId) });
}

/**
 * Ends the cancels whose requests have not come in time, and tells so. Recorded first: from then on a request with that id
 * is sent. What a sweep that dies leaves behind, the next one finishes; the record goes last.
 */
export async function expireCancels(context: CancellingContext): Promise<void> {
  const { store, clock } = context;
  const now = clock.now();
  const where = whereTag("cancel", "<", timestamp(now));
  await eachRecord(context, store.requestsByHash, where, "requestHash", async ({ value, etag: before }, id) => {
    const { cancel } = value;
    if (!cancel || !isCancelOnly(value) || (cancelKeptUntil(cancel) ?? now) > now) return;
    const expired = { ...value, cancel: { ...cancel, isExpired: true } };
    const etag = cancel.isExpired ? before : await store.requestsByHash.replace(id, expired, before);
    // Its request has just come.
    if (etag === undefined) return;
    await announceExpired(context, value, cancel);
    await store.documents.remove(requestRecordName(id), etag);
  });
}

async function announce(
  context: CancellingContext,
  id: readonly (string | number)[],
  subject: Subject,
  news: "cancelPending" | "cancelUnknown",
  more: Pick<AnnouncementData, "keptUntil" | "detail">,
): Promise<void> {
  const announcements = await context.announcements();
  await context.announcer.announce([announcements.ended(id, news, subject, context.clock.now(), more)]);
}
