// Requests that are refused as a whole, before anything was tried: dead letter first, then announcement.
import { createHash } from "node:crypto";
import type { EndReason } from "../altinn/endReason.ts";
import type { Unreadable } from "../requests/decode.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import { sha256 } from "../storage/tags.ts";
import type { Subject } from "../tracking/announcement.ts";
import { type DeadLetter, deadLetterName, keptMessage } from "../tracking/deadLetter.ts";
import { readKnown } from "../tracking/stateStore.ts";
import { asManyAsFit, keptProblems } from "./announcedProblems.ts";
import type { SendingContext } from "./context.ts";
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import { subjectOf } from "./outcomes.ts";
import type { WrittenRequest } from "./recordRequest.ts";
import type { RequestRecord } from "./requestRecord.ts";

/** What the announcement is named by, with the end. */
type AnnouncementId = (epoch: number) => readonly (string | number)[];

interface Rejection {
  /** Names the dead letter and, with the end, the announcement. */
  readonly name: string;
  /** How it ends: rejected, if nothing else is said. */
  readonly end?: UnsentEnd;
  readonly announcementId: AnnouncementId;
  /** Of the request; where it is absent, that of the dead letter which is being replayed counts. */
  readonly epoch?: number;
  readonly reason: EndReason;
  readonly errorCode?: number;
  readonly detail?: string;
  readonly problems?: readonly RuleProblem[];
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
  context: SendingContext,
  { raw, bytes, problem }: Unreadable,
  messageId?: string,
): Promise<"rejected"> {
  const digest = bytes ? createHash("sha256").update(bytes).digest("hex") : sha256(raw);
  await reject(context, {
    name: deadLetterName(digest),
    announcementId: (epoch) => [digest, epoch],
    reason: "invalidRequest",
    problems: [problem],
    subject: { requestId: digest },
    digest,
    messageId,
    kept: keptMessage(raw, bytes),
  });
  return "rejected";
}

/** Refuses a request that breaks rules, or of which no letter can come for another reason (`problem`). */
export async function rejectWrong(
  context: SendingContext,
  written: WrittenRequest,
  problems: readonly RuleProblem[],
  problem?: Problem & { readonly end?: UnsentEnd; readonly epoch?: number },
): Promise<"rejected"> {
  const wasAccepted = problem?.end !== undefined;
  await reject(context, {
    name: deadLetterName(written.digest),
    // One that was accepted may have been refused before, when its files were not there yet: that was told already.
    announcementId: (epoch) => [written.digest, ...(wasAccepted ? ["accepted"] : []), epoch],
    ...(problem?.end === undefined ? {} : { end: problem.end }),
    ...(problem?.epoch === undefined ? {} : { epoch: problem.epoch }),
    reason: problem?.reason ?? reasonOf(problems),
    ...(problem?.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    ...(problem?.detail === undefined ? {} : { detail: problem.detail }),
    ...(problems.length === 0 ? {} : keptProblems(problems)),
    subject: subjectOfWritten(context, written),
    digest: written.digest,
    request: written.value,
    messageId: written.messageId,
  });
  return "rejected";
}

/** Ends an accepted request whose content is gone: what is told of it is what its record says. */
export async function endLost(
  context: SendingContext,
  record: RequestRecord,
  { end, epoch, reason, detail }: Problem & { readonly end: UnsentEnd; readonly epoch: number },
): Promise<void> {
  const { digest } = record;
  await reject(context, {
    name: deadLetterName(digest),
    announcementId: () => [digest, "accepted", epoch],
    end,
    epoch,
    reason,
    ...(detail === undefined ? {} : { detail }),
    subject: subjectOf({ ...record, recipient: record.single?.recipient }),
    digest,
  });
}

/** Refuses another letter under an id that has been used. The record and the letter of the first one are left alone. */
export async function rejectReused(
  context: SendingContext,
  known: RequestRecord,
  written: WrittenRequest,
  request: CorrespondenceRequest,
): Promise<"requestIdReused"> {
  const id = known.single?.dispatchId ?? sha256(known.requestId);
  await reject(context, {
    name: deadLetterName(id, written.digest),
    announcementId: () => [id, written.digest],
    reason: "requestIdReused",
    detail: "This request id has been used for another request: give each letter an id of its own",
    subject: {
      ...subjectOfWritten(context, written),
      statusQueue: request.statusQueue,
    },
    digest: written.digest,
    request: written.value,
    messageId: written.messageId,
  });
  return "requestIdReused";
}

/** Tells again that a whole request was refused: whoever kept its dead letter may have died before announcing it. */
export async function repeatRejection(context: SendingContext, name: string, letter: DeadLetter): Promise<void> {
  await announce(context, name, letter, [letter.digest ?? "", letter.epoch]);
}

async function reject(context: SendingContext, rejection: Rejection): Promise<void> {
  const letter = await keep(context, rejection);
  await announce(context, rejection.name, letter, rejection.announcementId(letter.epoch));
}

/**
 * Keeps the dead letter, unless the request is kept already, as refused in this epoch. Gives the one that stands; where that
 * cannot be read, as good as it: the same content under the same name.
 */
async function keep({ store, clock }: SendingContext, rejection: Rejection): Promise<DeadLetter> {
  const { name, announcementId: _id, epoch, end = "rejected", subject, messageId, kept, ...about } = rejection;
  for (let race = 0; race < 5; race++) {
    const stored = await readKnown(store.deadLetters, name);
    const known = stored === "unreadable" ? undefined : stored;
    if (known && !known.value.isReplaying && known.value.epoch >= (epoch ?? 0)) return known.value;
    const brought = messageId ?? known?.value.messageId;
    const letter: DeadLetter = {
      version: 1,
      ...about,
      ...kept,
      ...(brought === undefined ? {} : { messageId: brought }),
      end,
      endedAt: clock.now(),
      epoch: epoch ?? known?.value.epoch ?? 0,
      ...withoutUndefined(subject),
      attempts: [],
    };
    if (stored === "unreadable") return letter;
    const etag = known
      ? await store.deadLetters.replace(name, letter, known.etag)
      : await store.deadLetters.create(name, letter);
    if (etag !== undefined) return letter;
  }
  throw new Error("A dead letter comes and goes");
}

async function announce(
  context: SendingContext,
  name: string,
  letter: DeadLetter,
  id: readonly (string | number)[],
): Promise<void> {
  const { announcements } = await context.deployment();
  const { end, endedAt, reason, errorCode, detail, problems, messageId } = letter;
  await context.announcer.announce([
    announcements.ended(id, end, withoutUndefined(letter), endedAt, {
      reason,
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(detail === undefined ? {} : { detail }),
      ...(problems === undefined ? {} : { problems: asManyAsFit(problems) }),
      ...(messageId === undefined ? {} : { messageId }),
      deadLetter: name,
    }),
  ]);
  context.telemetry.warn("requestRejected", {
    reason,
    deadLetter: name,
    ...(problems === undefined ? {} : { problems: problems.slice(0, 20).map((problem) => problem.rule) }),
  });
}

/** One refusal can have several reasons; the announcement carries the one that says most about what to do. */
function reasonOf(problems: readonly RuleProblem[]): EndReason {
  const rules = new Set(problems.map((problem) => problem.rule));
  if (rules.has("resourceNotAllowed")) return "resourceNotAllowed";
  return "invalidRequest";
}

/** What can be said of a request that was not understood. */
function subjectOfWritten(context: SendingContext, { value, requestId }: WrittenRequest): Subject {
  const named = withCanonicalNames(value);
  const resourceId = field(field(named, "correspondence"), "resourceId");
  const reference = field(field(named, "correspondence"), "sendersReference");
  const statusQueue = field(named, "statusQueue");
  const recipients = items(field(named, "recipients"));
  const only = recipients.length === 1 ? recipients[0] : undefined;
  return subjectOf({
    requestId,
    resourceId: short(resourceId, 255),
    sendersReference: short(reference, 4096),
    recipient: typeof only === "string" ? canonicalRecipient(only).slice(0, 320) : undefined,
    statusQueue:
      typeof statusQueue === "string" && context.rules.statusQueues.has(statusQueue) ? statusQueue : undefined,
  });
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
  ] as const) {
    const value = subject[key];
    if (value !== undefined) known[key] = value;
  }
  return known;
}
