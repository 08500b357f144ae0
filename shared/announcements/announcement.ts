// Announcements: CloudEvents that tell producers what became of their letters. Their schema, and how each is made.
import * as z from "zod";
import { END_REASONS } from "../altinn/endReason.ts";
import { timestamp } from "../clock.ts";
import { type CorrespondenceRecord, currentStatus } from "../records/correspondenceRecord.ts";
import { deadlineOf } from "../records/deadlines.ts";
import { ENDS } from "../records/dispatchRecord.ts";
import { type FactStatus, rankOf, TELLERS } from "../records/facts.ts";
import type { News } from "../records/news.ts";
import { uuidV5 } from "../requests/dispatchId.ts";
import { beginTrace, traceOf } from "../telemetry/traceContext.ts";

/** What every announcement type begins with. */
export const TYPE_PREFIX = "altinn-correspondence-sender";

/** What a dispatch can come to, as announced. */
export const DISPATCH_NEWS = [...ENDS, "duplicate", "tooLate", "cancelPending", "cancelUnknown"] as const;

/** What is told of a dispatch, beside the statuses of its letter. */
export type DispatchNews = (typeof DISPATCH_NEWS)[number];

const problemSchema = z.object({
  path: z.string().describe("Where in the request, such as correspondence.content.messageTitle"),
  rule: z.string().describe("Which rule, for programs"),
  message: z.string().describe("What is wrong and what to do, for people"),
});

const dataSchema = z.object({
  requestId: z.string().optional().describe("The producer's id of the request, or its digest where it had none"),
  dispatchId: z
    .uuid()
    .optional()
    .describe("The id of the one letter to one recipient; absent when a whole request is meant"),
  correspondenceId: z.guid().optional().describe("Altinn's id of the letter, once there is one"),
  resourceId: z.string().optional(),
  sendersReference: z.string().optional(),
  recipient: z.string().optional().describe("In canonical URN form"),
  status: z.string().describe("The end of a dispatch, or a status of the correspondence"),
  rank: z.number().int().optional().describe("The status's place in the life of a letter, to sort by"),
  previousStatus: z.string().optional().describe("The highest status that was known before"),
  time: z.iso.datetime().describe("When it happened, as far as is known"),
  source: z
    .enum([...TELLERS, "app"])
    .describe("Who told: Altinn's answer, an event, an overview, the details, a list; or this app itself decided"),
  deadline: z.iso
    .datetime()
    .optional()
    .describe(
      "Of neverRead and neverConfirmed: its dueDateTime; of notPublished: by when it was to be published; of " +
        "attachmentsExpiring: when its first attachment expires",
    ),
  reason: z.enum(END_REASONS).optional().describe("Why a dispatch ended without a letter, or a letter failed"),
  errorCode: z.number().int().optional().describe("Altinn's own error code, where there is one"),
  detail: z.string().optional().describe("More about the reason, for people; masked"),
  problems: z.array(problemSchema).optional().describe("What is wrong with the request, every problem at once"),
  warnings: z
    .array(problemSchema)
    .optional()
    .describe("What Altinn took as it was written, and you may not have meant; as many as there is room for"),
  messageId: z
    .string()
    .optional()
    .describe("Of a request that was refused as a whole: the queue's id of its message, which your SDK gave you"),
  keptUntil: z.iso
    .datetime()
    .optional()
    .describe("Of cancelPending: until when the cancel waits for what it names; cancelUnknown comes then"),
  deadLetter: z.string().optional().describe("The blob in correspondence-dead-letters that keeps the request"),
});

/** An announcement as it stands on the queue: a structured CloudEvent 1.0. */
export const announcementSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: z.uuid().describe("The same for every repetition of the same announcement: discard those already handled"),
    source: z.string().describe("This deployment of the app"),
    type: z.string().describe(`${TYPE_PREFIX}.dispatch.* or ${TYPE_PREFIX}.correspondence.*`),
    subject: z
      .string()
      .describe(
        "The dispatch id; the request id when a whole request is meant; of a cancel of no known letter, its id",
      ),
    time: z.iso.datetime(),
    datacontenttype: z.literal("application/json"),
    // Versions before 2026-11-29 announced none.
    traceparent: z
      .string()
      .optional()
      .describe(
        "The trace that the request was given, or that began with it (CloudEvents' distributed tracing extension)",
      ),
    tracestate: z.string().optional().describe("As the request gave it"),
    data: dataSchema,
  })
  .describe("What became of a letter, or of a request");

/** One announcement, as it stands on a producer's queue: a CloudEvent 1.0 in JSON. */
export type Announcement = z.infer<typeof announcementSchema>;
/** The data of an announcement. */
export type AnnouncementData = z.infer<typeof dataSchema>;

/** An announcement and the queue that it goes to; the ordinary one when `statusQueue` is absent. */
export interface AddressedAnnouncement {
  readonly statusQueue: string | undefined;
  readonly announcement: Announcement;
}

/** Of a letter that is not followed any longer though it has come to no end: not a status of Altinn's, but the app's. */
const UNRESOLVED = "unresolved";

/** The types that announcements can have. */
export const ANNOUNCEMENT_TYPES = {
  dispatch: (news: DispatchNews) => `${TYPE_PREFIX}.dispatch.${news}`,
  correspondence: (status: FactStatus | typeof UNRESOLVED) => `${TYPE_PREFIX}.correspondence.${statusName(status)}`,
} as const;

/** A status as announcements spell it: `attachmentsDownloaded`. */
export function statusName(status: FactStatus | typeof UNRESOLVED): string {
  return status.charAt(0).toLowerCase() + status.slice(1);
}

/** What an announcement repeats of the request it is about. */
export interface Subject {
  readonly requestId?: string | undefined;
  readonly dispatchId?: string | undefined;
  readonly correspondenceId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly sendersReference?: string | undefined;
  readonly recipient?: string | undefined;
  readonly statusQueue?: string | undefined;
  /** The trace that was given with the request. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

function subjectOf({ link, correspondenceId, resourceId }: CorrespondenceRecord): Subject {
  return {
    requestId: link?.requestId,
    dispatchId: link?.dispatchId,
    correspondenceId,
    resourceId,
    sendersReference: link?.sendersReference,
    recipient: link?.recipient,
    statusQueue: link?.statusQueue,
    traceparent: link?.traceparent,
    tracestate: link?.tracestate,
  };
}

/** Makes announcements for one deployment, named by the namespace of its dispatch ids. */
export function createAnnouncementFactory(namespace: string) {
  const source = `urn:uuid:${uuidV5(namespace, "announcements")}`;

  function make(
    idName: readonly (string | number)[],
    type: string,
    subject: Subject,
    data: Omit<AnnouncementData, keyof Subject>,
  ): AddressedAnnouncement {
    const { statusQueue, sendersReference, recipient, traceparent, tracestate, ...known } = subject;
    // Where these were erased from a record, nothing stands in their place.
    const about = { ...known, sendersReference: sendersReference || undefined, recipient: recipient || undefined };
    const named = about.dispatchId ?? about.requestId ?? about.correspondenceId ?? "";
    const begun = traceparent ?? beginTrace(namespace, about.requestId ?? named);
    return {
      statusQueue,
      announcement: {
        specversion: "1.0",
        id: uuidV5(namespace, JSON.stringify(idName)),
        source,
        type,
        subject: named,
        time: data.time,
        datacontenttype: "application/json",
        ...traceOf({ traceparent: begun, tracestate }),
        data: { ...about, ...data },
      },
    };
  }

  return {
    /** The letter exists in Altinn. Covers Initialized and ReadyForPublish. */
    sent: (subject: Subject & { dispatchId: string }, time: number, why: Pick<AnnouncementData, "warnings"> = {}) =>
      make([subject.dispatchId, "sent"], ANNOUNCEMENT_TYPES.dispatch("sent"), subject, {
        status: "sent",
        time: timestamp(time),
        source: "answer",
        ...why,
      }),

    /** A dispatch, or a whole request, ended without a letter. `id` is the dispatch id or what else names the end. */
    ended: (
      id: readonly (string | number)[],
      end: Exclude<DispatchNews, "sent">,
      subject: Subject,
      time: number,
      why: Pick<
        AnnouncementData,
        "reason" | "errorCode" | "detail" | "problems" | "messageId" | "keptUntil" | "deadLetter"
      > = {},
    ) =>
      make([...id, end], ANNOUNCEMENT_TYPES.dispatch(end), subject, {
        status: end,
        time: timestamp(time),
        source: "app",
        ...why,
      }),

    /** A correspondence has been followed for as long as letters are, and is not asked about any more. */
    unresolved: (record: CorrespondenceRecord, time: number) => {
      const known = currentStatus(record);
      return make(
        [record.correspondenceId, UNRESOLVED],
        ANNOUNCEMENT_TYPES.correspondence(UNRESOLVED),
        subjectOf(record),
        {
          status: UNRESOLVED,
          ...(known === undefined ? {} : { previousStatus: statusName(known) }),
          time: timestamp(time),
          source: "app",
        },
      );
    },

    /** A correspondence reached a status. */
    reached: (record: CorrespondenceRecord, news: News) => {
      const rank = rankOf(news.status);
      const deadline = deadlineOf(record, news.status);
      return make(
        [record.correspondenceId, news.status],
        ANNOUNCEMENT_TYPES.correspondence(news.status),
        subjectOf(record),
        {
          status: statusName(news.status),
          ...(rank === undefined ? {} : { rank }),
          ...(news.previous === undefined ? {} : { previousStatus: statusName(news.previous) }),
          time: timestamp(news.time),
          source: news.source,
          ...(deadline === undefined ? {} : { deadline: timestamp(deadline) }),
          ...(news.status === "Failed" && record.failure !== undefined ? { reason: record.failure } : {}),
        },
      );
    },
  };
}

/** Makes announcements in the namespace of one deployment. */
export type AnnouncementFactory = ReturnType<typeof createAnnouncementFactory>;
