// Announcements of letters to the organisation: CloudEvents for whoever reads them. Their schema, and how each is made.
import * as z from "zod";
import type { ReceivedLetter } from "../altinn/receivedLetter.ts";
import { DONE, RECIPIENT_ACTIONS, type RecipientAction } from "../altinn/recipientActions.ts";
import { timestamp } from "../clock.ts";
import {
  ACTION_REFUSALS,
  FILE_PROBLEMS,
  NOT_RECEIVED_REASONS,
  type NotReceivedReason,
} from "../records/receiptRecord.ts";
import { uuidV5 } from "../requests/dispatchId.ts";
import { beginTrace, type TraceContext, traceOf } from "../telemetry/traceContext.ts";
import { TYPE_PREFIX } from "./announcement.ts";

/** Why a wish was not fulfilled. */
export const REFUSAL_REASONS = ["unknown", "notReceived", ...ACTION_REFUSALS] as const;

const fileSchema = z.object({
  attachmentId: z.guid().describe("Altinn's id of the file"),
  blob: z.string().optional().describe("Where its bytes are, in the container correspondence-inbox"),
  problem: z.enum(FILE_PROBLEMS).optional().describe("Why they are not there"),
});

/** A file, stored or not. */
export type ReceivedFile = z.infer<typeof fileSchema>;

const dataSchema = z.object({
  correspondenceId: z.guid().describe("Altinn's id of the letter"),
  resourceId: z.string().optional(),
  sender: z.string().optional().describe("The organisation that sent it, as a URN"),
  sendersReference: z.string().optional(),
  hasTitle: z.boolean().optional().describe("Whether it has a title; what that says is in the blob"),
  published: z.iso.datetime().optional(),
  dueDateTime: z.iso.datetime().optional().describe("By when it is to be read, or confirmed"),
  isConfirmationNeeded: z.boolean().optional().describe("Whether its sender asks for a confirmation"),
  isWhole: z.boolean().optional().describe("Whether every file is stored"),
  blob: z.string().optional().describe("The letter as Altinn tells it, in the container correspondence-inbox"),
  files: z.array(fileSchema).optional(),
  time: z.iso.datetime().describe("When it happened"),
  action: z.enum(RECIPIENT_ACTIONS).optional().describe("Of refused: what was wished for"),
  reason: z
    .enum([...new Set([...NOT_RECEIVED_REASONS, ...REFUSAL_REASONS])])
    .optional()
    .describe("Of notReceived and refused: why"),
  errorCode: z.number().int().optional().describe("Altinn's own error code, where there is one"),
});

type Data = z.infer<typeof dataSchema>;

/** What can be told of a letter to the organisation. */
export const LETTER_NEWS = ["received", "notReceived", "read", "confirmed", "purged", "refused"] as const;

/** An announcement of a letter to the organisation: a structured CloudEvent 1.0. */
export const letterAnnouncementSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: z.uuid().describe("The same for every repetition of the same announcement: discard those already handled"),
    source: z.string().describe("This deployment of the app"),
    type: z.enum(LETTER_NEWS.map((news) => `${TYPE_PREFIX}.letter.${news}` as const)),
    subject: z.string().describe("Altinn's id of the letter"),
    time: z.iso.datetime(),
    datacontenttype: z.literal("application/json"),
    traceparent: z
      .string()
      .optional()
      .describe("The trace that was given with what was asked for, or that began with the letter"),
    tracestate: z.string().optional().describe("As it was given"),
    data: dataSchema,
  })
  .describe("What became of a letter to your organisation");

/** One announcement, as it stands on the queue `received-correspondence`. */
export type LetterAnnouncement = z.infer<typeof letterAnnouncementSchema>;

/** Makes the announcements of one deployment, named by the namespace of its marker. */
export function createLetterAnnouncements(namespace: string) {
  const source = `urn:uuid:${uuidV5(namespace, "announcements")}`;
  const make = (
    news: (typeof LETTER_NEWS)[number],
    correspondenceId: string,
    time: number,
    data: Omit<Data, "correspondenceId" | "time">,
    more: readonly (string | number)[] = [],
    trace: TraceContext = {},
  ): LetterAnnouncement => ({
    specversion: "1.0",
    id: uuidV5(namespace, JSON.stringify([correspondenceId, `letter.${news}`, ...more])),
    source,
    type: `${TYPE_PREFIX}.letter.${news}`,
    subject: correspondenceId,
    time: timestamp(time),
    datacontenttype: "application/json",
    ...(trace.traceparent === undefined ? { traceparent: beginTrace(namespace, correspondenceId) } : traceOf(trace)),
    data: { correspondenceId, time: timestamp(time), ...data },
  });

  return {
    /** It is stored, as whole as it can be. */
    received: (letter: ReceivedLetter, blob: string, files: readonly ReceivedFile[], time: number) =>
      make("received", letter.correspondenceId, time, {
        resourceId: letter.resourceId,
        ...(letter.sender === undefined ? {} : { sender: letter.sender }),
        ...(letter.sendersReference ? { sendersReference: letter.sendersReference } : {}),
        hasTitle: Boolean(letter.content.messageTitle?.trim()),
        ...(letter.published === undefined ? {} : { published: timestamp(letter.published) }),
        ...(letter.dueDateTime === undefined ? {} : { dueDateTime: timestamp(letter.dueDateTime) }),
        isConfirmationNeeded: letter.isConfirmationNeeded,
        isWhole: files.every(({ problem }) => problem === undefined),
        blob,
        files: [...files],
      }),

    /** It can't be had any more, or not by us. */
    notReceived: (correspondenceId: string, resourceId: string, reason: NotReceivedReason, time: number) =>
      make("notReceived", correspondenceId, time, { resourceId, reason }),

    /** It is marked as read, confirmed or purged. */
    done: (correspondenceId: string, action: RecipientAction, trace: TraceContext | undefined, time: number) =>
      make(DONE[action], correspondenceId, time, {}, [], trace),

    /** What was wished for is not done, and will not be. `asked` tells it from another wish for the same. */
    refused: (
      correspondenceId: string,
      action: RecipientAction,
      asked: number | string,
      why: Pick<Data, "reason" | "errorCode">,
      trace: TraceContext | undefined,
      time: number,
    ) => make("refused", correspondenceId, time, { action, ...why }, [action, asked], trace),
  };
}

/** Makes announcements of letters to the organisation. */
export type LetterAnnouncements = ReturnType<typeof createLetterAnnouncements>;
