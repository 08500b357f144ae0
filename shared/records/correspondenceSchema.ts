// The record of a correspondence as it is stored, checked when it is read.
import { z } from "zod";
import { END_REASONS } from "../altinn/endReason.ts";
import type { CorrespondenceRecord } from "./correspondenceRecord.ts";
import { SOURCES, STATUSES } from "./facts.ts";

const text = z.string();
const time = z.number();
const optionalText = text.exactOptional();
const optionalTime = time.exactOptional();

/** Loose throughout, as every record: what a newer version has written stays as it is. */
export const correspondenceRecord: z.ZodType<CorrespondenceRecord> = z.looseObject({
  version: z.literal(1),
  correspondenceId: text,
  resourceId: optionalText,
  eventResourceId: optionalText,
  link: z
    .looseObject({
      requestId: text,
      dispatchId: text,
      digest: text,
      recipient: text,
      sendersReference: text,
      statusQueue: optionalText,
      isConfirmationNeeded: z.boolean(),
      postedAt: time,
      requestedPublishTime: optionalTime,
    })
    .exactOptional(),
  firstHeard: time,
  created: optionalTime,
  publishTime: optionalTime,
  facts: z.partialRecord(z.enum(STATUSES), z.partialRecord(z.enum(SOURCES), time)),
  unknownTypes: z.record(text, time),
  notificationOrders: z.array(text),
  failure: z.enum(END_REASONS).exactOptional(),
  foreignSince: optionalTime,
  checkOwedAt: optionalTime,
  checkedAt: optionalTime,
});
