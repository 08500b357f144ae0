// Altinn's lists by status: which letters have ever had a status. They tell what overviews cannot: who purged, and what came
// after a download.

import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import type { CallFailure } from "../altinn/httpCall.ts";
import type { CorrespondenceStatus } from "../altinn/statuses.ts";
import { HOUR } from "../clock.ts";
import { type SearchHints, statusSearch, type Window } from "./statusSearch.ts";

/** The one call that lists need. */
export type ListingApi = Pick<CorrespondenceApi, "listByStatus">;

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

/** Lists reach an hour beyond the window at both ends: for letters whose publish time Altinn has not told yet. */
export function createStatusLists(altinn: ListingApi, resourceId: string, window: Window): StatusLists {
  const asked = new Map<CorrespondenceStatus, Promise<Listed>>();
  const wide = { from: window.from - HOUR, to: window.to + HOUR };
  return {
    idsWith(status) {
      let list = asked.get(status);
      if (!list) {
        list = listAll(altinn, { resourceId, status, window: wide });
        asked.set(status, list);
      }
      return list;
    },
  };
}

async function listAll(altinn: ListingApi, which: Which): Promise<Listed> {
  const ids = new Set<string>();
  const searched = await searchLists(altinn, which, { times: [], timeOf: () => undefined }, (listed) => {
    for (const id of listed) ids.add(id);
  });
  return searched.kind === "failed" ? searched : { kind: "listed", ids, isWhole: searched.open.length === 0 };
}

interface Which {
  readonly resourceId: string;
  readonly status: CorrespondenceStatus;
  readonly window: Window;
}

/** Lists a status by as many calls as it takes. `onListed` gets what each brings; what is left open is as in the search. */
export async function searchLists(
  altinn: ListingApi,
  { resourceId, status, window }: Which,
  hints: SearchHints,
  onListed: (ids: readonly string[]) => void,
): Promise<{ readonly kind: "searched"; readonly open: readonly Window[] } | CallFailure> {
  const search = statusSearch(window, hints);
  let step = search.next([]);
  while (step.done !== true) {
    const { from, to } = step.value;
    const answer = await altinn.listByStatus({ resourceId, status, from: new Date(from), to: new Date(to) });
    if (answer.kind === "failed") return answer;
    onListed(answer.ids);
    step = search.next(answer.ids);
  }
  return { kind: "searched", open: step.value };
}
