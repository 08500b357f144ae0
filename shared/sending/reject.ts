// Requests that are refused as a whole, before anything was tried: dead letter first, then announcement.
import type { EndReason } from "../altinn/endReason.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { canonicalRecipient } from "../requests/recipients.ts";
import { sha256 } from "../storage/tags.ts";
import type { Subject } from "../tracking/announcement.ts";
import { type DeadLetter, deadLetterName } from "../tracking/deadLetter.ts";
import type { SendingContext } from "./context.ts";
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import { subjectOf } from "./outcomes.ts";
import type { WrittenRequest } from "./recordRequest.ts";
import type { RequestRecord } from "./requestRecord.ts";

/** As much of the problems as a queue message has room for, in characters of JSON; the dead letter has them all. */
const ROOM_FOR_PROBLEMS = 20_000;

interface Rejection {
  /** Names the dead letter and, with the end, the announcement. */
  readonly name: string;
  /** How it ends: rejected, if nothing else is said. */
  readonly end?: UnsentEnd;
  readonly announcementId: readonly (string | number)[];
  readonly reason: EndReason;
  readonly errorCode?: number;
  readonly detail?: string;
  readonly problems?: readonly RuleProblem[];
  readonly subject: Subject;
  readonly digest?: string;
  readonly request?: unknown;
  readonly raw?: string;
}

/** Refuses a message that is not a JSON object; it is kept as it came. */
export async function rejectUnreadable(
  context: SendingContext,
  raw: string,
  problem: RuleProblem,
): Promise<"rejected"> {
  const digest = sha256(raw);
  await reject(context, {
    name: deadLetterName(digest),
    announcementId: [digest, 0],
    reason: "invalidRequest",
    problems: [problem],
    subject: { requestId: digest },
    digest,
    raw,
  });
  return "rejected";
}

/** Refuses a request that breaks rules, or of which no letter can come for another reason (`problem`). */
export async function rejectWrong(
  context: SendingContext,
  written: WrittenRequest,
  problems: readonly RuleProblem[],
  problem?: Problem & { readonly end?: UnsentEnd },
): Promise<"rejected"> {
  await reject(context, {
    name: deadLetterName(written.digest),
    // One that was accepted may have been refused before, when its files were not there yet: that was told already.
    announcementId: problem?.end === undefined ? [written.digest, 0] : [written.digest, "accepted", 0],
    ...(problem?.end === undefined ? {} : { end: problem.end }),
    reason: problem?.reason ?? reasonOf(problems),
    ...(problem?.errorCode === undefined ? {} : { errorCode: problem.errorCode }),
    ...(problem?.detail === undefined ? {} : { detail: problem.detail }),
    ...(problems.length === 0 ? {} : { problems }),
    subject: subjectOfWritten(context, written),
    digest: written.digest,
    request: written.value,
  });
  return "rejected";
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
    announcementId: [id, written.digest],
    reason: "requestIdReused",
    detail: "This request id has been used for another request: give each letter an id of its own",
    subject: {
      ...subjectOfWritten(context, written),
      statusQueue: request.statusQueue,
    },
    digest: written.digest,
    request: written.value,
  });
  return "requestIdReused";
}

async function reject(context: SendingContext, rejection: Rejection): Promise<void> {
  const { announcements } = await context.deployment();
  const { subject, reason, problems, end = "rejected" } = rejection;
  const known = await context.store.deadLetters.read(rejection.name);
  const endedAt = known?.value.endedAt ?? context.clock.now();
  const about = {
    ...(rejection.errorCode === undefined ? {} : { errorCode: rejection.errorCode }),
    ...(rejection.detail === undefined ? {} : { detail: rejection.detail }),
  };
  if (!known) {
    const letter: DeadLetter = {
      version: 1,
      end,
      reason,
      ...about,
      ...(problems === undefined ? {} : { problems }),
      endedAt,
      epoch: 0,
      ...withoutUndefined(subject),
      ...(rejection.digest === undefined ? {} : { digest: rejection.digest }),
      attempts: [],
      ...(rejection.request === undefined ? {} : { request: rejection.request }),
      ...(rejection.raw === undefined ? {} : { raw: rejection.raw }),
    };
    await context.store.deadLetters.create(rejection.name, letter);
  }
  await context.announcer.announce([
    announcements.ended(rejection.announcementId, end, subject, endedAt, {
      reason,
      ...about,
      ...(problems === undefined ? {} : { problems: asManyAsFit(problems) }),
      deadLetter: rejection.name,
    }),
  ]);
  context.telemetry.warn("requestRejected", {
    reason,
    deadLetter: rejection.name,
    ...(problems === undefined ? {} : { problems: problems.slice(0, 20).map((problem) => problem.rule) }),
  });
}

function asManyAsFit(problems: readonly RuleProblem[]): RuleProblem[] {
  let room = ROOM_FOR_PROBLEMS;
  return problems.filter((problem) => {
    room -= JSON.stringify(problem).length;
    return room >= 0;
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
