// The blob index tags of a request's record.
import { dayOf, timestamp } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { isInProgress } from "./preparation.ts";
import { cancelKeptUntil, isCancelOnly, type RequestRecord } from "./requestRecord.ts";

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
