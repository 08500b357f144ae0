// The state of one invocation that prepares a request: the record as it stands, and how it is changed.

import type { AcceptedRequest } from "../records/acceptedRequest.ts";
import type { Problem, UnsentEnd } from "../records/dispatchRecord.ts";
import { endedPreparation, preparationOf } from "../records/preparation.ts";
import { changeRecord, type Versioned } from "../records/records.ts";
import type { Preparation, RequestRecord } from "../records/requestRecord.ts";
import type { CorrespondenceRequest } from "../requests/parseRequest.ts";
import type { PreparingContext } from "./context.ts";

/** One invocation's work on a request. */
export interface Work {
  readonly context: PreparingContext;
  /** Absent when it is not in storage: then only what needs no content is done. */
  readonly accepted: AcceptedRequest | undefined;
  /** The request as it is now read; absent when it does not pass the rules any more. */
  readonly request: CorrespondenceRequest | undefined;
  readonly problem: Problem | undefined;
  known: Versioned<RequestRecord>;
  /** The upload whose scan has been asked about in vain. */
  checked: number | undefined;
  bytes: number;
}

/** The record as it stands, and where it is kept. */
export type KnownRequest = Pick<Work, "context" | "known">;

/** Changes the record; a lost race reads again and changes what it then finds. `undefined`: nothing is to be changed. */
export function change(work: KnownRequest, how: (preparation: Preparation) => Preparation | undefined): Promise<void> {
  return changeRequest(work, (record) => {
    const preparation = how(preparationOf(record));
    return preparation && { ...record, preparation };
  });
}

/** The same for the whole record. */
export async function changeRequest(
  work: KnownRequest,
  how: (record: RequestRecord) => RequestRecord | undefined,
): Promise<void> {
  const changed = await changeRecord(work.context.store.requests, work.known.value.requestId, how, work.known);
  if (!changed) throw new Error("The record of a request is gone while it is prepared");
  work.known = changed;
}

/** No letter comes of the request. What has gone further already is left alone. */
export async function endWith(work: Work, end: UnsentEnd, problem: Problem): Promise<void> {
  await changeRequest(work, (record) => endedPreparation(record, end, problem, work.context.clock.now()));
}
