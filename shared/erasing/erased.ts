// What is left of records when a letter's personal data is erased: ids, keys, digests, times and statuses. Pure.
import type { CorrespondenceRecord } from "../records/correspondenceRecord.ts";
import type { DispatchRecord, Problem } from "../records/dispatchRecord.ts";
import type { RequestRecord } from "../records/requestRecord.ts";

/** What stands where a recipient or a reference was. Announcements leave out what is empty. */
const ERASED = "";

/** The record of a request without whom it was for, what its sender calls it, and the blob that brought it. */
export function erasedRequest({ claimCheck: _deleted, ...record }: RequestRecord, now: number): RequestRecord {
  const { single, preparation } = record;
  const ended = preparation?.ended && withoutDetail(preparation.ended);
  return {
    ...record,
    sendersReference: ERASED,
    erasedAt: record.erasedAt ?? now,
    ...(single ? { single: { ...single, recipient: ERASED } } : {}),
    ...(preparation ? { preparation: { ...preparation, ...(ended ? { ended } : {}) } } : {}),
  };
}

/** The record of a dispatch likewise. It counts as dropped, so that whoever tells its end again keeps no dead letter. */
export function erasedDispatch(record: DispatchRecord): DispatchRecord {
  return {
    ...record,
    recipient: ERASED,
    sendersReference: ERASED,
    ...(record.problem ? { problem: withoutDetail(record.problem) } : {}),
    ...(record.state === "sent" ? {} : { isDropped: true }),
  };
}

/** The record of a letter that exists likewise; what Altinn told of it stays, and is counted. */
export function erasedCorrespondence(record: CorrespondenceRecord): CorrespondenceRecord {
  return record.link ? { ...record, link: { ...record.link, recipient: ERASED, sendersReference: ERASED } } : record;
}

function withoutDetail<T extends Problem>({ detail: _detail, ...problem }: T): Omit<T, "detail"> {
  return problem;
}
