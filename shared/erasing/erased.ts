// What is left of records when a letter's personal data is erased: ids, keys, digests, times and statuses. Pure.
import type { CorrespondenceRecord } from "../records/correspondenceRecord.ts";
import type { DispatchRecord, Problem } from "../records/dispatchRecord.ts";
import type { ReceiptRecord } from "../records/receiptRecord.ts";
import type { RequestRecord } from "../records/requestRecord.ts";

/** What stands where a recipient or a reference was. Announcements leave out what is empty. */
const ERASED = "";

/** The record of a request without whom it was for, what its sender and their systems call it, and the blob that brought it. */
export function erasedRequest(known: RequestRecord, now: number): RequestRecord {
  const { claimCheck: _deleted, tracestate: _theirs, ...record } = known;
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
export function erasedDispatch({ tracestate: _theirs, ...record }: DispatchRecord): DispatchRecord {
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
  if (!record.link) return record;
  const { tracestate: _theirs, ...link } = record.link;
  return { ...record, link: { ...link, recipient: ERASED, sendersReference: ERASED } };
}

/** The record of a letter that was received, without what its sender calls it, and who that is. */
export function erasedReceipt({ traces: _theirs, ...record }: ReceiptRecord): ReceiptRecord {
  if (!record.told) return record;
  const { sentBy: _who, sendersReference: _theirReference, ...told } = record.told;
  return { ...record, told };
}

function withoutDetail<T extends Problem>({ detail: _detail, ...problem }: T): Omit<T, "detail"> {
  return problem;
}
