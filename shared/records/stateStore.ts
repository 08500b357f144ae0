// The blobs in which the app remembers: where the records of each kind are kept, and what the index knows them by.
import type { BlobServiceClient } from "@azure/storage-blob";
import { createJsonBlobs, type JsonBlobs, type ListedBlob } from "../storage/jsonBlobs.ts";
import { CONTAINERS, FOLDERS, recordName } from "../storage/names.ts";
import { sha256 } from "../storage/tags.ts";
import { type AcceptedRequest, acceptedRequestSchema } from "./acceptedRequest.ts";
import { cachedRecords } from "./cachedRecords.ts";
import { type CorrespondenceRecord, correspondenceRecordSchema } from "./correspondenceRecord.ts";
import { correspondenceTags } from "./correspondenceTags.ts";
import { type DayFigures, dayFiguresSchema } from "./dayFigures.ts";
import { type DeadLetter, deadLetterSchema, deadLetterTags } from "./deadLetter.ts";
import { type DispatchRecord, dispatchRecordSchema } from "./dispatchRecord.ts";
import { dispatchTags } from "./dispatchTags.ts";
import { type ReceiptRecord, receiptRecordSchema, receiptTags } from "./receiptRecord.ts";
import { type Records, recordsOf } from "./records.ts";
import { type RequestRecord, requestRecordName, requestRecordSchema } from "./requestRecord.ts";
import { requestTags } from "./requestTags.ts";

/** Dead letters, by name. */
export interface DeadLetterRecords extends Records<DeadLetter> {
  /** Deletes one, whichever version or only `etag`; false if there is none, or that is not the latest any more. */
  remove(name: string, etag?: string): Promise<boolean>;
  /** Every one that there is, with its index tags; no content is read. */
  list(): AsyncIterable<ListedBlob>;
}

/** Accepted requests, by digest. */
export interface AcceptedRecords extends Records<AcceptedRequest> {
  /** Deletes one. */
  remove(digest: string): Promise<boolean>;
  /** The digests of all that there are, and when each was kept, in epoch milliseconds; no content is read. */
  list(): AsyncIterable<{ readonly digest: string; readonly writtenAt: number }>;
}

/** Everything remembered, by kind. */
export interface StateStore {
  /** By request id. */
  readonly requests: Records<RequestRecord>;
  /** The same by the hash of the request id, as the index finds them. */
  readonly requestsByHash: Records<RequestRecord>;
  /** By dispatch id. */
  readonly dispatches: Records<DispatchRecord>;
  /** By correspondence id. */
  readonly correspondences: Records<CorrespondenceRecord>;
  readonly accepted: AcceptedRecords;
  /** By name; see `deadLetterName`. */
  readonly deadLetters: DeadLetterRecords;
  /** Letters to the organisation, by correspondence id. */
  readonly receipts: Records<ReceiptRecord>;
  /** Figures of days, by date. */
  readonly figures: Records<DayFigures>;
  /** The state container itself, for the few single documents. */
  readonly documents: JsonBlobs;
}

/** The containers that the store lives in. */
export interface StateContainers {
  readonly state: JsonBlobs;
  readonly accepted: JsonBlobs;
  readonly deadLetters: JsonBlobs;
}

/** The same of a storage account. */
export function stateContainersOf(blobs: BlobServiceClient): StateContainers {
  const of = (container: string) => createJsonBlobs(blobs.getContainerClient(container));
  return { state: of(CONTAINERS.state), accepted: of(CONTAINERS.accepted), deadLetters: of(CONTAINERS.deadLetters) };
}

function acceptedName(digest: string): string {
  return `${digest}.json`;
}

/** Makes the store. Makes no call. */
export function createStateStore({ state, accepted, deadLetters }: StateContainers): StateStore {
  return {
    requests: recordsOf(state, requestRecordSchema, (id) => requestRecordName(sha256(id)), requestTags),
    requestsByHash: recordsOf(state, requestRecordSchema, requestRecordName, requestTags),
    dispatches: recordsOf(state, dispatchRecordSchema, (id) => recordName(FOLDERS.dispatches, id), dispatchTags),
    correspondences: recordsOf(
      state,
      correspondenceRecordSchema,
      (id) => recordName(FOLDERS.correspondences, id),
      correspondenceTags,
    ),
    accepted: {
      ...cachedRecords(recordsOf(accepted, acceptedRequestSchema, acceptedName)),
      remove: (digest) => accepted.remove(acceptedName(digest)),
      async *list() {
        // The app may not read tags in this container, and there are none.
        for await (const { name, writtenAt } of accepted.list({ withTags: false })) {
          yield { digest: name.slice(0, -acceptedName("").length), writtenAt };
        }
      },
    },
    deadLetters: {
      ...recordsOf(deadLetters, deadLetterSchema, (name) => name, deadLetterTags),
      remove: (name, etag) => deadLetters.remove(name, etag),
      list: () => deadLetters.list(),
    },
    receipts: recordsOf(state, receiptRecordSchema, (id) => recordName(FOLDERS.receipts, id), receiptTags),
    figures: recordsOf(state, dayFiguresSchema, (day) => recordName(FOLDERS.figures, day)),
    documents: state,
  };
}
