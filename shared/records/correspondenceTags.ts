// What the index knows a correspondence's record by. Pure.
import { dayOf } from "../clock.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { sha256, tagValue } from "../storage/tags.ts";
import { type CorrespondenceRecord, currentStatus, publishTimeOf, resourceOf } from "./correspondenceRecord.ts";
import { nextDeadline } from "./deadlines.ts";
import { followedSince, isFollowed } from "./following.ts";
import { deadlineTag, lacksTag } from "./lacks.ts";
import { postedTag } from "./reached.ts";

/**
 * What `since` begins with where `lacks` stands beside it: the versions before wrote the day alone, and no `lacks`. A digit
 * sorts before it, so that the index finds either kind by itself, and an older version still finds both.
 */
export const SINCE_WITH_LACKS = "v2 ";

/** The tag `since` of a day, where `lacks` stands beside it. */
export function sinceTag(day: string): string {
  return SINCE_WITH_LACKS + day;
}

/** The day in a tag `since`, and whether `lacks` stands beside it. */
export function readSince(since: string): { readonly day: string; readonly hasLacks: boolean } {
  return since.startsWith(SINCE_WITH_LACKS)
    ? { day: since.slice(SINCE_WITH_LACKS.length), hasLacks: true }
    : { day: since, hasLacks: false };
}

/** The index tags of a record. `follow` and `since` are there only while it is followed, `lacks` also while it has a deadline. */
export function correspondenceTags(record: CorrespondenceRecord): Tags {
  const tags: Record<string, string> = { status: currentStatus(record) ?? "unknown" };
  const resourceId = resourceOf(record);
  if (resourceId) tags.resource = tagValue(resourceId);
  if (record.link) {
    tags.request = sha256(record.link.requestId);
    tags.reference = sha256(record.link.sendersReference);
    tags.posted = postedTag(record, record.link);
    tags.dispatch = record.link.dispatchId;
  }
  if (isFollowed(record)) {
    tags.follow = dayOf(publishTimeOf(record));
    tags.since = sinceTag(dayOf(followedSince(record)));
    tags.lacks = lacksTag(record);
    if (!record.link) tags.unclaimed = "true";
  } else {
    const deadline = nextDeadline(record);
    if (deadline !== undefined) tags.lacks = deadlineTag(deadline);
  }
  return tags;
}
