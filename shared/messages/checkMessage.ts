// The message on `status-checks`: which letters Altinn is to be asked about.
import * as z from "zod";

/** The followed letters of one resource with publish times on one UTC day. */
const dayCheck = z.object({
  version: z.literal(1),
  resourceId: z.string(),
  day: z.iso.date(),
  /** Some of them were written by a version before, which did not tell the index what they lack. */
  isUntagged: z.literal(true).exactOptional(),
});

/** What a sweep asks for. */
export type DayCheck = z.infer<typeof dayCheck>;

/** The letters with an attachment. Versions before 2026-11-29 did not say on which resource it is. */
const attachmentCheck = z.object({
  version: z.literal(1),
  attachmentId: z.guid(),
  resourceId: z.string().exactOptional(),
});

/** What an event of an attachment asks for. */
export type AttachmentCheck = z.infer<typeof attachmentCheck>;

const schema = z.union([dayCheck, z.object({ version: z.literal(1), correspondenceId: z.guid() }), attachmentCheck]);

/** A message on `status-checks`. */
export type CheckMessage = z.infer<typeof schema>;

/** A check that was not made within one interval, in seconds, is put again by the next sweep. */
export const CHECK_TIME_TO_LIVE = 15 * 60;

/** The message as it came from the queue; `undefined` if it is none of ours. */
export function parseCheckMessage(value: unknown): CheckMessage | undefined {
  return schema.safeParse(value).data;
}
