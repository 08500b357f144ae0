// Altinn's lists by status: which letters have ever had a status. They tell what overviews cannot: who purged, and what came
// after a download.

import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import type { CallFailure } from "../altinn/httpCall.ts";
import type { CorrespondenceStatus } from "../altinn/statuses.ts";
import { HOUR, SECOND } from "../clock.ts";

/** At most this many ids come back, newest publish time first, and there is no paging. */
export const MAX_LISTED = 1000;

/** A window of requested publish times, in epoch milliseconds; Altinn compares strictly. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Which letters have had a status. */
export type Listed =
  | {
      readonly kind: "listed";
      readonly ids: ReadonlySet<string>;
      /** False if more letters share one publish time than a list can hold: what it lacks then proves nothing. */
      readonly isWhole: boolean;
    }
  | CallFailure;

/** The lists of one resource and window, each asked for once, when it is first needed. */
export interface StatusLists {
  idsWith(status: CorrespondenceStatus): Promise<Listed>;
}

/** Makes the lists over the API. Makes no call. */
export function createStatusLists(
  altinn: Pick<CorrespondenceApi, "listByStatus">,
  resourceId: string,
  window: Window,
): StatusLists {
  const asked = new Map<CorrespondenceStatus, Promise<Listed>>();
  return {
    idsWith(status) {
      let list = asked.get(status);
      if (!list) {
        list = listWhole(altinn, resourceId, status, { from: window.from - HOUR, to: window.to + HOUR });
        asked.set(status, list);
      }
      return list;
    },
  };
}

/** A full list is split in halves, overlapping by a second, until each is whole. */
async function listWhole(
  altinn: Pick<CorrespondenceApi, "listByStatus">,
  resourceId: string,
  status: CorrespondenceStatus,
  { from, to }: Window,
): Promise<Listed> {
  const answer = await altinn.listByStatus({ resourceId, status, from: new Date(from), to: new Date(to) });
  if (answer.kind !== "listed") return answer;
  // More than a full list within four seconds can hardly be told apart by time: take what there is.
  const isWhole = answer.ids.length < MAX_LISTED;
  if (isWhole || to - from <= 4 * SECOND) return { kind: "listed", ids: new Set(answer.ids), isWhole };
  const middle = from + Math.floor((to - from) / 2);
  const ids = new Set(answer.ids);
  let areWhole = true;
  for (const half of [
    { from, to: middle + SECOND },
    { from: middle, to },
  ]) {
    const part = await listWhole(altinn, resourceId, status, half);
    if (part.kind !== "listed") return part;
    areWhole &&= part.isWhole;
    for (const id of part.ids) ids.add(id);
  }
  return { kind: "listed", ids, isWhole: areWhole };
}
