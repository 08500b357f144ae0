// One letter as it is shown to whoever asks, whatever there is of it: a dispatch on its way, a letter in Altinn, an end
// without one. Pure: read off its records.
import * as z from "zod";
import { END_REASONS } from "../altinn/endReason.ts";
import { maskRecipient, maskText } from "../altinn/mask.ts";
import { RECIPIENT_ACTIONS } from "../altinn/recipientActions.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { statusName } from "../announcements/announcement.ts";
import { timestamp } from "../clock.ts";
import {
  type CorrespondenceRecord,
  currentStatus,
  publishTimeOf,
  resourceOf,
  timeOf,
} from "../records/correspondenceRecord.ts";
import type { DeadLetter } from "../records/deadLetter.ts";
import { type DispatchRecord, hasUnknownOutcome, isOpen } from "../records/dispatchRecord.ts";
import { dispatchCause } from "../records/dispatchTags.ts";
import { rankOf, SOURCES, STATUSES } from "../records/facts.ts";
import { isSettled, isWaitingToBePublished } from "../records/following.ts";
import { ACTION_REFUSALS, FILE_PROBLEMS, NOT_RECEIVED_REASONS, type ReceiptRecord } from "../records/receiptRecord.ts";
import type { RequestRecord, SingleDispatch } from "../records/requestRecord.ts";
import type { PauseNow, Pauses } from "./pauses.ts";
import { DIRECTIONS, type LetterStatus, letterStatus, TOLD, type WaitingCause, waitingCause } from "./words.ts";

const time = z.iso.datetime();

const problem = z.object({
  path: z.string().describe("Where in the request"),
  rule: z.string().describe("Which rule, for programs"),
  message: z.string().describe("What is wrong, for people; masked"),
});

const LETTER_REASONS = [...new Set([...END_REASONS, ...NOT_RECEIVED_REASONS])];

/** What became of one letter, or what it waits for. */
export const letterSchema = z
  .object({
    direction: z.enum(DIRECTIONS).describe("Sent by this app, or received: sent to the organisation by others"),
    dispatchId: z.string().optional().describe("Ours, and the idempotent key; absent of other systems' letters"),
    correspondenceId: z.string().optional().describe("Altinn's, once the letter exists"),
    requestId: z.string().optional().describe("The producer's id of the request, or its digest where it had none"),
    resourceId: z.string().optional(),
    sendersReference: z.string().optional(),
    sentBy: z.string().optional().describe("Of a received one: the organisation that sent it, as a URN"),
    recipient: z.string().optional().describe("In canonical URN form; what identifies somebody is masked"),
    status: letterStatus.describe("How far it has come"),
    since: time.describe(
      "When it was posted to Altinn; of one that was not, when its request came or was refused; of a received one, when the app first heard of it",
    ),
    publishTime: time.optional().describe("When Altinn shows it to its recipient, of a letter that exists"),
    dueTime: time.optional().describe("Of a received one: by when it is to be read, or confirmed"),
    isConfirmationNeeded: z.boolean().optional(),
    isSettled: z.boolean().describe("Nothing more is waited for"),
    waitingFor: waitingCause.optional().describe("What keeps it from its recipient"),
    nextAttempt: time.optional().describe("When it is taken up next"),
    history: z
      .array(z.object({ status: z.enum(TOLD), time, source: z.enum([...SOURCES, "app"]) }))
      .describe("Everything known of it, earliest first: what was reached, when, and who says so"),
    failures: z.number().int().optional().describe("Of a received one: attempts in a row that came to nothing"),
    asked: z
      .array(z.object({ action: z.enum(RECIPIENT_ACTIONS), since: time }))
      .optional()
      .describe("Of a received one: what is to be done with it, and is not done yet"),
    refused: z
      .array(
        z.object({
          action: z.enum(RECIPIENT_ACTIONS),
          time,
          reason: z.enum(ACTION_REFUSALS),
          errorCode: z.number().optional(),
        }),
      )
      .optional()
      .describe("Of a received one: what was asked for last and will not be done, and why"),
    files: z
      .array(
        z.object({
          attachmentId: z.string(),
          sizeBytes: z.number().optional(),
          problem: z.enum(FILE_PROBLEMS).optional().describe("Why it is not stored"),
        }),
      )
      .optional()
      .describe("Of a received one, once it is stored and told"),
    attempts: z
      .array(
        z.object({
          at: time,
          cause: z.string().optional().describe("Why it came to nothing; absent while it runs, or if nobody knows"),
          httpStatus: z.number().optional(),
          errorCode: z.number().optional().describe("Altinn's own"),
          isDefinite: z.boolean().describe("Surely no letter came of it"),
        }),
      )
      .describe("Every POST of it but the one that was taken at once, earliest first"),
    notification: z
      .object({ orders: z.array(z.string()).describe("Altinn's ids of them"), failedAt: time.optional() })
      .optional()
      .describe("Its notifications: Altinn tells of failures alone"),
    end: z
      .object({
        status: letterStatus,
        time: time.optional(),
        reason: z
          .enum(LETTER_REASONS)
          .optional()
          .describe("Why no letter came of it, why it failed, or was not received"),
        httpStatus: z.number().optional(),
        errorCode: z.number().optional(),
        detail: z.string().optional().describe("For people; masked"),
        problems: z.array(problem).optional(),
      })
      .optional()
      .describe("What it came to, once nothing more is waited for"),
    deadLetter: z.string().optional().describe("The blob in correspondence-dead-letters that keeps the request"),
  })
  .describe("One letter to one recipient");

/** One letter, as it is shown. */
export type Letter = z.infer<typeof letterSchema>;

/** What storage has of one letter: at least one of these. */
export interface KnownLetter {
  readonly dispatch?: DispatchRecord | undefined;
  readonly correspondence?: CorrespondenceRecord | undefined;
  readonly deadLetter?: { readonly name: string; readonly value: DeadLetter } | undefined;
  /** The request of one letter of which there is nothing else: it is being taken up. */
  readonly request?: (RequestRecord & { readonly single: SingleDispatch }) | undefined;
  /** Of a letter to the organisation, of which this is all there is. */
  readonly receipt?: ReceiptRecord | undefined;
}

/** What a letter is shown by, beside its records. */
export interface Showing {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly pauses?: Pick<Pauses, "of">;
  /** Shows the recipient whole. */
  readonly isUnmasked?: boolean | undefined;
}

/** The letter, from all that is known of it. */
export function letterOf(known: KnownLetter, { now, pauses, isUnmasked = false }: Showing): Letter {
  const { dispatch, correspondence, deadLetter, request } = known;
  const { link } = correspondence ?? {};
  const of = link ?? dispatch ?? deadLetter?.value ?? { ...request, ...request?.single };
  const resourceId = (correspondence && resourceOf(correspondence)) ?? resourceIdOf(known);
  const end = endOf(known);
  const cause = end ? undefined : causeOf(known, now, pauses?.of(resourceId ?? ""));
  return compact({
    direction: "sent",
    dispatchId: of.dispatchId,
    correspondenceId: correspondence?.correspondenceId ?? dispatch?.correspondenceId,
    requestId: of.requestId,
    resourceId: resourceId === undefined ? undefined : withoutResourcePrefix(resourceId),
    // Where these were erased, nothing stands in their place.
    sendersReference: of.sendersReference || undefined,
    recipient: of.recipient ? (isUnmasked ? of.recipient : maskRecipient(of.recipient)) : undefined,
    status: statusOf(known),
    since: timestamp(sinceOf(known)),
    publishTime: correspondence && timestamp(publishTimeOf(correspondence)),
    isConfirmationNeeded: link?.isConfirmationNeeded,
    isSettled: end !== undefined,
    waitingFor: cause,
    nextAttempt: dispatch && isOpen(dispatch) ? timestamp(dispatch.nextAttemptAt) : undefined,
    history: historyOf(known),
    attempts:
      (dispatch ?? deadLetter?.value)?.attempts.map((attempt) =>
        compact({
          at: timestamp(attempt.at),
          cause: attempt.cause,
          httpStatus: attempt.status,
          errorCode: attempt.errorCode,
          isDefinite: !hasUnknownOutcome(attempt),
        }),
      ) ?? [],
    notification: correspondence && notificationOf(correspondence),
    end,
    deadLetter: deadLetter?.name,
  });
}

/** How far a letter has come. What Altinn says beats an end of ours, save that it was taken back. */
export function statusOf({ dispatch, correspondence, deadLetter }: KnownLetter): LetterStatus {
  if (dispatch?.cancel?.outcome?.end === "cancelled") return "cancelled";
  const status = correspondence && currentStatus(correspondence);
  if (status) return letterStatus.parse(statusName(status));
  if (correspondence) return "sent";
  return dispatch?.state ?? deadLetter?.value.end ?? "waiting";
}

/** When it was posted, or else when its request came or was refused, in epoch milliseconds. */
export function sinceOf({ dispatch, correspondence, deadLetter, request }: KnownLetter): number {
  const { link } = correspondence ?? {};
  const known = dispatch?.createdAt ?? request?.createdAt ?? deadLetter?.value.endedAt;
  return link?.postedAt ?? known ?? correspondence?.firstHeard ?? 0;
}

function resourceIdOf({ dispatch, deadLetter, request }: KnownLetter): string | undefined {
  return dispatch?.resourceId ?? deadLetter?.value.resourceId ?? request?.resourceId;
}

function causeOf(known: KnownLetter, now: number, pause: PauseNow | undefined): WaitingCause | undefined {
  const { dispatch, correspondence, request } = known;
  if (correspondence) {
    const status = currentStatus(correspondence);
    if (status === undefined || status === "Initialized") return "scan";
    return isWaitingToBePublished(status, publishTimeOf(correspondence), now) ? "publishTime" : undefined;
  }
  if (dispatch) return isOpen(dispatch) ? (pause?.cause ?? dispatchCause(dispatch)) : undefined;
  return request ? (pause?.cause ?? requestCause(request)) : undefined;
}

/** What a request of which no letter has gone waits for. */
export function requestCause({ preparation }: RequestRecord): WaitingCause {
  if (preparation === undefined || preparation.uploads.every(({ state }) => state === "published")) return "due";
  return preparation.failures > 0 ? "altinn" : "scan";
}

function endOf({ dispatch, correspondence, deadLetter }: KnownLetter): Letter["end"] {
  const outcome = dispatch?.cancel?.outcome;
  if (outcome?.end === "cancelled") return { status: "cancelled", time: timestamp(outcome.at), reason: "cancelled" };
  if (correspondence) {
    const status = currentStatus(correspondence);
    if (!status || !isSettled(correspondence)) return undefined;
    const at = timeOf(correspondence, status)?.time;
    return compact({
      status: letterStatus.parse(statusName(status)),
      time: at === undefined ? undefined : timestamp(at),
      reason: status === "Failed" ? correspondence.failure : undefined,
    });
  }
  const { value: dead } = deadLetter ?? {};
  if (dispatch && (dispatch.state === "waiting" || dispatch.state === "sent")) return undefined;
  const status = dispatch?.state ?? dead?.end;
  if (status === undefined) return undefined;
  const endedAt = dispatch?.endedAt ?? dead?.endedAt;
  const detail = dispatch?.problem?.detail ?? dead?.detail;
  return compact({
    status,
    time: endedAt === undefined ? undefined : timestamp(endedAt),
    reason: dispatch?.problem?.reason ?? dead?.reason,
    httpStatus: dispatch?.problem?.status,
    errorCode: dispatch?.problem?.errorCode ?? dead?.errorCode,
    detail: detail === undefined ? undefined : maskText(detail),
    problems: dead?.problems?.map(({ path, rule, message }) => ({
      path: maskText(path),
      rule,
      message: maskText(message),
    })),
  });
}

/** After the statuses of the same moment. */
const LAST = Number.POSITIVE_INFINITY;

function historyOf(known: KnownLetter): Letter["history"] {
  const { dispatch, correspondence, request } = known;
  const history: (Omit<Letter["history"][number], "time"> & { time: number; rank: number })[] = [];
  const createdAt = dispatch?.createdAt ?? request?.createdAt;
  if (createdAt !== undefined) history.push({ status: "waiting", time: createdAt, source: "app", rank: -1 });
  for (const status of STATUSES) {
    for (const source of SOURCES) {
      const at = correspondence?.facts[status]?.[source];
      const rank = rankOf(status) ?? LAST;
      if (at !== undefined) history.push({ status: statusName(status), time: at, source, rank });
    }
  }
  const unresolvedSince = correspondence?.unresolvedSince;
  if (unresolvedSince !== undefined)
    history.push({ status: "unresolved", time: unresolvedSince, source: "app", rank: LAST });
  const end = correspondence && dispatch?.cancel?.outcome?.end !== "cancelled" ? undefined : endOf(known);
  if (end?.time !== undefined) {
    history.push({ status: end.status, time: Date.parse(end.time), source: "app", rank: LAST });
  }
  return history
    .sort((a, b) => a.time - b.time || a.rank - b.rank)
    .map(({ status, time, source }) => ({ status, time: timestamp(time), source }));
}

function notificationOf(record: CorrespondenceRecord): Letter["notification"] {
  const failed = timeOf(record, "NotificationFailed");
  const { notificationOrders: orders } = record;
  if (!failed && orders.length === 0) return undefined;
  return { orders: [...orders], ...(failed ? { failedAt: timestamp(failed.time) } : {}) };
}

/** Without the fields that say nothing. */
export function compact<T extends object>(value: T): T {
  for (const key of Object.keys(value)) {
    if (Reflect.get(value, key) === undefined) Reflect.deleteProperty(value, key);
  }
  return value;
}
