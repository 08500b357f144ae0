// The blobs in which the app remembers: typed records over JSON documents, checked when they are read.
import { z } from "zod";
import { END_REASONS } from "../altinn/endReason.ts";
import type { JsonBlobs, ListedBlob, Tags } from "../storage/jsonBlobs.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import { sha256 } from "../storage/tags.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { cachedRecords } from "./cachedRecords.ts";
import type { CorrespondenceRecord } from "./correspondenceRecord.ts";
import { correspondenceRecord } from "./correspondenceSchema.ts";
import { type DeadLetter, deadLetterTags } from "./deadLetter.ts";
import { type DispatchRecord, dispatchTags, ENDS } from "./dispatchRecord.ts";
import { correspondenceTags } from "./following.ts";
import type { Preparation } from "./preparation.ts";
import { type RequestRecord, requestRecordName, requestTags } from "./requestRecord.ts";
import { UPLOAD_STATES } from "./uploadSet.ts";

/** A record with the version that a conditional write needs. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

/** Records of one kind. Lost races are values, as in {@link JsonBlobs}. */
export interface Records<T> {
  read(id: string): Promise<Versioned<T> | undefined>;
  /** The version created, or `undefined` if there is such a record already. */
  create(id: string, value: T): Promise<string | undefined>;
  /** The new version, or `undefined` if `etag` is not the latest any more. */
  replace(id: string, value: T, etag: string): Promise<string | undefined>;
  /** Finds by index tags; ids, with the tags that the query named. */
  find(where: string): AsyncIterable<{ id: string; tags: Tags }>;
}

/** An accepted request: what a producer wrote, kept whole while its letters wait. */
export interface AcceptedRequest {
  readonly version: 1;
  readonly requestId: string;
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly message: unknown;
  /** The version of each attachment's blob when the request was accepted. */
  readonly attachmentEtags: Readonly<Record<string, string>>;
}

/** Dead letters, by name. */
export interface DeadLetterRecords extends Records<DeadLetter> {
  /** Deletes one, whichever version or only `etag`; false if there is none, or that is not the latest any more. */
  remove(name: string, etag?: string): Promise<boolean>;
  /** Every one that there is, with its index tags; no content is read. */
  list(): AsyncIterable<ListedBlob>;
}

export interface StateStore {
  /** By request id. */
  readonly requests: Records<RequestRecord>;
  /** The same by the hash of the request id, as the index finds them. */
  readonly requestsByHash: Records<RequestRecord>;
  /** By dispatch id. */
  readonly dispatches: Records<DispatchRecord>;
  /** By correspondence id. */
  readonly correspondences: Records<CorrespondenceRecord>;
  /** By digest. */
  readonly accepted: Records<AcceptedRequest>;
  /** By name; see `deadLetterName`. */
  readonly deadLetters: DeadLetterRecords;
  /** The state container itself, for the few single documents. */
  readonly documents: JsonBlobs;
}

// Loose throughout: during a deployment an older instance rewrites what a newer one has written, and what it does not know
// of must stay as it is.
const endReason = z.enum(END_REASONS);
const text = z.string();
const time = z.number();

const optionalText = text.exactOptional();
const optionalTime = time.exactOptional();

const attempt = z.looseObject({
  id: text,
  at: time,
  until: time,
  cause: optionalText,
  status: z.number().exactOptional(),
  errorCode: z.number().exactOptional(),
  definite: z.boolean().exactOptional(),
});

const problem = z.looseObject({
  reason: endReason,
  status: z.number().exactOptional(),
  errorCode: z.number().exactOptional(),
  detail: optionalText,
});

const unsentEnd = z.enum(ENDS).exclude(["sent"]);

const dispatchCancel = z.looseObject({
  since: time,
  failures: z.number(),
  outcome: problem
    .extend({ reason: endReason.exactOptional(), end: z.enum(["cancelled", "tooLate"]), at: time })
    .exactOptional(),
});

const preparation: z.ZodType<Preparation> = z.looseObject({
  generation: z.number(),
  epoch: z.number().exactOptional(),
  replayedAt: optionalTime,
  nextStepAt: time,
  uploads: z.array(
    z.looseObject({
      state: z.enum(UPLOAD_STATES),
      attachmentId: optionalText,
      claim: z.looseObject({ by: text, until: time }).exactOptional(),
      cuts: z.number(),
      uploadedAt: optionalTime,
    }),
  ),
  failures: z.number(),
  failedAt: optionalTime,
  countedWait: z.number(),
  ended: problem.extend({ end: unsentEnd, at: time, isTold: z.boolean() }).exactOptional(),
  unused: z.array(text),
  isSettled: z.boolean(),
});

const requestRecord: z.ZodType<RequestRecord> = z.looseObject({
  version: z.literal(1),
  requestId: text,
  digest: text,
  writer: text,
  messageId: text,
  createdAt: time,
  resourceId: text,
  sendersReference: text,
  statusQueue: optionalText,
  recipientForm: z.literal(2).exactOptional(),
  total: z.number(),
  single: z
    .looseObject({
      dispatchId: text,
      idempotentKey: text,
      isKeyGiven: z.boolean(),
      recipient: text,
      hasAttachments: z.boolean(),
    })
    .exactOptional(),
  preparation: preparation.exactOptional(),
  fannedOut: z.number(),
  isFanningOut: z.boolean().exactOptional(),
  passedOver: z.array(z.number()).exactOptional(),
  claimCheck: z.looseObject({ path: text, etag: text, doneSince: optionalTime, lookAt: time }).exactOptional(),
  cancel: z.looseObject({ since: time, cursor: z.number(), isExpired: z.boolean().exactOptional() }).exactOptional(),
  poisonIds: z.array(text),
});

const dispatchRecord: z.ZodType<DispatchRecord> = z.looseObject({
  version: z.literal(1),
  dispatchId: text,
  requestId: text,
  digest: text,
  resourceId: text,
  sendersReference: text,
  recipient: text,
  statusQueue: optionalText,
  idempotentKey: text,
  isKeyGiven: z.boolean(),
  createdAt: time,
  state: z.enum(["waiting", ...ENDS]),
  epoch: z.number(),
  replayedAt: optionalTime,
  generation: z.number(),
  nextAttemptAt: time,
  attempts: z.array(attempt),
  countedWait: z.number(),
  existsSince: optionalTime,
  emptySince: optionalTime,
  lookUpFailingSince: optionalTime,
  closing: problem.extend({ end: unsentEnd, since: time }).exactOptional(),
  cancel: dispatchCancel.exactOptional(),
  putBacks: z.number(),
  poisonIds: z.array(text),
  attachmentIds: z.array(text).exactOptional(),
  problem: problem.exactOptional(),
  correspondenceId: optionalText,
  endedAt: optionalTime,
  isDropped: z.boolean().exactOptional(),
});

const acceptedRequest: z.ZodType<AcceptedRequest> = z.looseObject({
  version: z.literal(1),
  requestId: text,
  digest: text,
  acceptedAt: time,
  message: z.unknown(),
  attachmentEtags: z.record(text, text),
});

const deadLetter: z.ZodType<DeadLetter> = z.looseObject({
  version: z.literal(1),
  end: unsentEnd,
  reason: endReason,
  errorCode: z.number().exactOptional(),
  detail: optionalText,
  problems: z.array(z.looseObject({ path: text, rule: text, message: text })).exactOptional(),
  endedAt: time,
  epoch: z.number(),
  isReplaying: z.boolean().exactOptional(),
  requestId: optionalText,
  digest: optionalText,
  dispatchId: optionalText,
  recipient: optionalText,
  resourceId: optionalText,
  sendersReference: optionalText,
  statusQueue: optionalText,
  attempts: z.array(attempt),
  request: z.unknown().exactOptional(),
  raw: optionalText,
  rawBase64: optionalText,
  rawBytes: z.number().exactOptional(),
  messageId: optionalText,
});

/** The containers that the store lives in. */
export interface StateContainers {
  readonly state: JsonBlobs;
  readonly accepted: JsonBlobs;
  readonly deadLetters: JsonBlobs;
}

export function createStateStore({ state, accepted, deadLetters }: StateContainers): StateStore {
  return {
    requests: records(state, requestRecord, (id) => requestRecordName(sha256(id)), requestTags),
    requestsByHash: records(state, requestRecord, requestRecordName, requestTags),
    dispatches: records(state, dispatchRecord, (id) => recordName(FOLDERS.dispatches, id), dispatchTags),
    correspondences: records(
      state,
      correspondenceRecord,
      (id) => recordName(FOLDERS.correspondences, id),
      correspondenceTags,
    ),
    accepted: cachedRecords(records(accepted, acceptedRequest, (digest) => `${digest}.json`)),
    deadLetters: {
      ...records(deadLetters, deadLetter, (name) => name, deadLetterTags),
      remove: (name, etag) => deadLetters.remove(name, etag),
      list: () => deadLetters.list(),
      async *find(where) {
        for await (const { name, tags } of deadLetters.find(where)) yield { id: name, tags };
      },
    },
    documents: state,
  };
}

/** A record that this version cannot read: newer than it, or not ours. Whoever goes through many passes over it. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
}

/** Races with more than a few others at once do not happen; something is wrong then. */
const MAX_RACES = 20;

/**
 * Changes a record; a lost race reads again and changes what it then finds. `change` gives `undefined` where nothing is
 * to be changed.
 * @returns the record as it stands, or `undefined` if there is none
 */
export async function changeRecord<T>(
  records: Records<T>,
  id: string,
  change: (known: T) => T | undefined,
  start?: Versioned<T>,
): Promise<Versioned<T> | undefined> {
  let known = start ?? (await records.read(id));
  for (let race = 0; known && race < MAX_RACES; race++) {
    const value = change(known.value);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(known.value)) return known;
    const etag = await records.replace(id, value, known.etag);
    if (etag !== undefined) return { value, etag };
    known = await records.read(id);
  }
  if (known) throw new Error("A record changes too often to be written");
  return undefined;
}

/** Reads a record that may be one which this version cannot read. */
export async function readKnown<T>(from: Records<T>, id: string): Promise<Versioned<T> | "unreadable" | undefined> {
  return from.read(id).catch((error: unknown) => {
    if (error instanceof UnreadableRecord) return "unreadable";
    throw error;
  });
}

/** Reads a record on the way through many: one that cannot be read alerts, and is passed over. */
export async function readOrAlert<T>(from: Records<T>, id: string, telemetry: Telemetry) {
  const known = await readKnown(from, id);
  if (known === "unreadable") telemetry.alert("recordUnreadable");
  return known === "unreadable" ? undefined : known;
}

function records<T>(
  blobs: JsonBlobs,
  schema: z.ZodType<T>,
  nameOf: (id: string) => string,
  tagsOf?: (value: T) => Tags,
): Records<T> {
  return {
    async read(id) {
      const stored = await blobs.read(nameOf(id));
      if (!stored) return undefined;
      const parsed = schema.safeParse(stored.value);
      if (parsed.success) return { value: parsed.data, etag: stored.etag };
      const paths = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
      throw new UnreadableRecord(`The record ${nameOf(id)} is not as this version knows it: ${paths}`);
    },
    create: (id, value) => blobs.create(nameOf(id), value, tagsOf?.(value)),
    replace: (id, value, etag) => blobs.replace(nameOf(id), value, etag, tagsOf?.(value)),
    async *find(where) {
      // Records of several kinds share a container, and some tags.
      const folder = folderOf(nameOf(""));
      for await (const { name, tags } of blobs.find(where)) {
        if (folderOf(name) === folder) yield { id: name.slice(folder.length).replace(/\.json$/, ""), tags };
      }
    },
  };
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}
