// Requests that end as a whole, without any letter: keeps the dead letter of each, and announces it.
import { createHash } from "node:crypto";
import type { EndReason } from "../altinn/endReason.ts";
import { keptProblems } from "../announcements/announcedProblems.ts";
import type { Subject } from "../announcements/announcement.ts";
import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import { type DeadLetter, deadLetterName, keptMessage } from "../records/deadLetter.ts";
import type { Problem, UnsentEnd } from "../records/dispatchRecord.ts";
import { preparationOf } from "../records/preparation.ts";
import type { Preparation, RequestRecord } from "../records/requestRecord.ts";
import type { Unreadable } from "../requests/decode.ts";
import { field, items, text } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { sha256 } from "../storage/tags.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { DeadLettersContext } from "./context.ts";
import { announceUnsent, type EndId, subjectOf, tellRefused } from "./ends.ts";

interface Rejection {
  /** Names the dead letter and, with the end, the announcement. */
  readonly name: string;
  /** How it ends: rejected, if nothing else is said. */
  readonly end?: UnsentEnd;
  /** Now, if nothing else is said. */
  readonly endedAt?: number;
  readonly announcementId: (epoch: number) => EndId;
  /** Of the request; where it is absent, that of the dead letter which is being replayed counts. */
  readonly epoch?: number;
  readonly reason: EndReason;
  readonly errorCode?: number;
  readonly detail?: string;
  readonly problems?: readonly RuleProblem[];
  /** How many letters do not go: 1, if nothing else is said. */
  readonly letters?: number;
  readonly subject: Subject;
  readonly digest?: string;
  readonly request?: unknown;
  /** The message, where it could not be decoded. */
  readonly kept?: ReturnType<typeof keptMessage>;
  readonly messageId?: string | undefined;
}

/**
 * Refuses a message that is not a JSON object; it is kept as it came. There is no id in it: the queue's id of the message is
 * what its producer may know it by.
 */
export async function rejectUnreadable(
  context: DeadLettersContext,
  { raw, bytes, problem }: Unreadable,
  messageId?: string,
): Promise<"rejected"> {
  const digest = bytes ? createHash("sha256").update(bytes).digest("hex") : sha256(raw);
  await reject(context, {
    name: deadLetterName(digest),
    announcementId: (epoch) => [digest, epoch],
    reason: "invalidRequest",
    problems: [problem],
    subject: { requestId: digest, statusQueue: context.rules.statusQueueOf("") },
    digest,
    messageId,
    kept: keptMessage(raw, bytes),
  });
  return "rejected";
}

/** Refuses a request that breaks rules, or of which no letter can come for another reason (`problem`). */
export async function rejectWrong(
  context: DeadLettersContext,
  written: WrittenRequest,
  problems: readonly RuleProblem[],
  problem?: Problem,
): Promise<"rejected"> {
  await reject(context, {
    name: deadLetterName(written.digest),
    announcementId: (epoch) => [written.digest, epoch],
    reason: problem?.reason ?? reasonOf(problems),
    ...(problem?.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    ...(problem?.detail === undefined ? {} : { detail: problem.detail }),
    ...(problems.length === 0 ? {} : keptProblems(problems)),
    letters: lettersIn(written),
    subject: subjectOfWritten(context, written),
    digest: written.digest,
    request: written.value,
    messageId: written.messageId,
  });
  return "rejected";
}

/**
 * Tells that no letter comes of a request that was accepted, as its record says; where its content was lost, the record is
 * all that tells.
 */
export async function tellEndOfRequest(
  context: DeadLettersContext,
  record: RequestRecord,
  ended: NonNullable<Preparation["ended"]>,
  accepted: AcceptedRequest | undefined,
): Promise<void> {
  const { digest } = record;
  const { epoch = 0 } = preparationOf(record);
  const { end, at, reason, errorCode, detail } = ended;
  await reject(context, {
    name: deadLetterName(digest),
    // It may have been refused before it was accepted, when its files were not there yet: that was told already.
    announcementId: () => [digest, "accepted", epoch],
    end,
    endedAt: at,
    epoch,
    reason,
    letters: Math.max(1, record.total - record.fannedOut),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(detail === undefined ? {} : { detail }),
    subject: subjectOf(record),
    digest,
    ...(accepted ? { request: accepted.message } : {}),
  });
}

/** Refuses another letter under an id that has been used. The record and the letter of the first one are left alone. */
export async function rejectReused(
  context: DeadLettersContext,
  known: RequestRecord,
  written: WrittenRequest,
): Promise<"requestIdReused"> {
  const id = known.single?.dispatchId ?? sha256(known.requestId);
  await reject(context, {
    name: deadLetterName(id, written.digest),
    announcementId: () => [id, written.digest],
    reason: "requestIdReused",
    detail: "This request id has been used for another request: give each letter an id of its own",
    letters: lettersIn(written),
    subject: subjectOfWritten(context, written),
    digest: written.digest,
    request: written.value,
    messageId: written.messageId,
  });
  return "requestIdReused";
}

/** Tells again that a whole request was refused: whoever kept its dead letter may have died before announcing it. */
export async function repeatRejection(context: DeadLettersContext, name: string, letter: DeadLetter): Promise<void> {
  await announceUnsent(context, [letter.digest ?? "", letter.epoch], name, letter);
}

async function reject(context: DeadLettersContext, rejection: Rejection): Promise<void> {
  const { name, announcementId, subject, messageId, kept, ...about } = rejection;
  await context.traces.follow(subject);
  const letter: DeadLetter = {
    version: 1,
    end: "rejected",
    endedAt: context.clock.now(),
    epoch: 0,
    ...about,
    ...kept,
    ...(messageId === undefined ? {} : { messageId }),
    ...(context.rules.sender === undefined ? {} : { sender: context.rules.sender }),
    ...withoutUndefined(subject),
    attempts: [],
  };
  await tellRefused(context, name, letter, announcementId);
}

/** One refusal can have several reasons; the announcement carries the one that says most about what to do. */
function reasonOf(problems: readonly RuleProblem[]): EndReason {
  const rules = new Set(problems.map((problem) => problem.rule));
  if (rules.has("resourceNotAllowed")) return "resourceNotAllowed";
  return "invalidRequest";
}

/** What can be said of a request that was not understood. */
function subjectOfWritten(context: DeadLettersContext, written: WrittenRequest): Subject {
  const { value, requestId } = written;
  const named = withCanonicalNames(value);
  const resourceId = field(field(named, "correspondence"), "resourceId");
  const reference = field(field(named, "correspondence"), "sendersReference");
  const { statusQueues, statusQueueOf } = context.rules;
  const asked = text(field(named, "statusQueue"));
  const recipients = items(field(named, "recipients"));
  const only = recipients.length === 1 ? recipients[0] : undefined;
  return subjectOf({
    requestId,
    resourceId: short(resourceId, 255),
    sendersReference: short(reference, 4096),
    recipient: typeof only === "string" ? canonicalRecipient(only).slice(0, 320) : undefined,
    statusQueue: asked !== undefined && statusQueues.has(asked) ? asked : statusQueueOf(short(resourceId, 255) ?? ""),
    ...traceOf(written),
  });
}

/** How many letters a request would have become, as far as it can be understood. */
function lettersIn({ value }: WrittenRequest): number {
  return Math.max(1, items(field(withCanonicalNames(value), "recipients")).length);
}

function short(value: unknown, length: number): string | undefined {
  return typeof value === "string" ? value.slice(0, length) : undefined;
}

function withoutUndefined(subject: Subject): Partial<Record<keyof Subject, string>> {
  const known: Partial<Record<keyof Subject, string>> = {};
  for (const key of [
    "requestId",
    "dispatchId",
    "resourceId",
    "sendersReference",
    "recipient",
    "statusQueue",
    "traceparent",
    "tracestate",
  ] as const) {
    const value = subject[key];
    if (value !== undefined) known[key] = value;
  }
  return known;
}
