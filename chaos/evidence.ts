// What a run has left behind in storage: dead letters, records, and what still waits.
import type { BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { LocalStorage } from "../local/start/storage.ts";
import { eachAtOnce } from "../shared/eachAtOnce.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../shared/storage/names.ts";

const deadLetterSchema = z.looseObject({
  end: z.enum(["rejected", "gaveUp", "outcomeUnknown", "cancelled"]),
  sendersReference: z.string().optional(),
  recipient: z.string().optional(),
  dispatchId: z.string().optional(),
});
const dispatchSchema = z.object({
  dispatchId: z.string(),
  sendersReference: z.string(),
  recipient: z.string(),
  state: z.string(),
  cancel: z.object({ outcome: z.object({ end: z.string() }).optional() }).optional(),
});
const recordSchema = z.object({
  correspondenceId: z.string(),
  link: z.object({ sendersReference: z.string(), recipient: z.string() }).optional(),
});

/** A dead letter, as far as the verdict needs it. */
export interface KeptDeadLetter {
  readonly name: string;
  readonly end: z.infer<typeof deadLetterSchema>["end"];
  readonly reference: string | undefined;
  /** Absent where it is of a whole request with several recipients. */
  readonly recipient: string | undefined;
  /** All of it, as text: a message that could not be read is found in it by its mark. */
  readonly content: string;
}

/** A dispatch's record. */
export interface KeptDispatch {
  readonly dispatchId: string;
  readonly reference: string;
  readonly recipient: string;
  readonly state: string;
  /** What came of a cancel of a letter that existed. */
  readonly cancelOutcome: string | undefined;
}

/** Which letter a correspondence's record says that it is; undefined where it says none. */
export type RecordLink = { readonly reference: string; readonly recipient: string } | undefined;

export interface Evidence {
  readonly deadLetters: readonly KeptDeadLetter[];
  readonly dispatches: readonly KeptDispatch[];
  readonly records: ReadonlyMap<string, RecordLink>;
}

/** A document and its name. */
export interface KeptDocument {
  readonly name: string;
  readonly value: unknown;
}

/** What documents tell: dead letters, records of dispatches, and records of correspondences. Pure. */
export function evidenceOf(kept: {
  readonly deadLetters: readonly KeptDocument[];
  readonly dispatches: readonly KeptDocument[];
  readonly correspondences: readonly KeptDocument[];
}): Evidence {
  return {
    deadLetters: kept.deadLetters.map(({ name, value }) => {
      const { end, sendersReference, recipient } = deadLetterSchema.parse(value);
      return { name, end, reference: sendersReference, recipient, content: contentOf(value) };
    }),
    dispatches: kept.dispatches.map(({ value }) => {
      const { dispatchId, sendersReference, recipient, state, cancel } = dispatchSchema.parse(value);
      return { dispatchId, reference: sendersReference, recipient, state, cancelOutcome: cancel?.outcome?.end };
    }),
    records: new Map(
      kept.correspondences.map(({ value }) => {
        const { correspondenceId, link } = recordSchema.parse(value);
        return [correspondenceId, link && { reference: link.sendersReference, recipient: link.recipient }];
      }),
    ),
  };
}

/** How many blobs are read at once. */
const AT_ONCE = 16;

/** Reads everything. */
export async function gatherEvidence(blobs: BlobServiceClient): Promise<Evidence> {
  const state = blobs.getContainerClient(CONTAINERS.state);
  return evidenceOf({
    deadLetters: await readAll(blobs.getContainerClient(CONTAINERS.deadLetters), ""),
    dispatches: await readAll(state, "dispatches/"),
    correspondences: await readAll(state, "correspondences/"),
  });
}

/** A message in base64 is read too: its mark must be found. */
function contentOf(value: unknown): string {
  const text = JSON.stringify(value);
  const raw = z.object({ raw: z.string() }).safeParse(value).data?.raw;
  return raw === undefined ? text : `${text}\n${raw}\n${Buffer.from(raw, "base64").toString("utf8")}`;
}

async function readAll(container: ContainerClient, prefix: string): Promise<KeptDocument[]> {
  const read: KeptDocument[] = [];
  await eachAtOnce(AT_ONCE, container.listBlobsFlat({ prefix }), async ({ name }) => {
    const content = await container.getBlobClient(name).downloadToBuffer();
    read.push({ name, value: JSON.parse(content.toString("utf8")) });
  });
  return read;
}

/** The queues whose messages are work, and those that the host puts aside what fails. Checks are made again anyway. */
export const WORK_QUEUES = [
  QUEUES.requests,
  QUEUES.dispatches,
  poisonQueueOf(QUEUES.requests),
  poisonQueueOf(QUEUES.dispatches),
] as const;

/** What still waits, each said for people: messages, hidden ones too; dispatches; requests that are prepared. */
export async function whatWaits({ blobs, queues }: LocalStorage): Promise<string[]> {
  const waiting: string[] = [];
  for (const name of WORK_QUEUES) {
    const { approximateMessagesCount: count = 0 } = await queues.getQueueClient(name).getProperties();
    waiting.push(...waitingMessages(name, count));
  }
  const state = blobs.getContainerClient(CONTAINERS.state);
  // The tags are written with the record, and Azurite's index does not lag.
  for await (const { name, tags } of state.listBlobsFlat({ includeTags: true }))
    waiting.push(...waitingRecord(name, tags));
  return waiting;
}

/** What so many messages on a queue say of what waits. */
export function waitingMessages(queue: string, count: number): string[] {
  return count > 0 ? [`${count} ${count === 1 ? "message" : "messages"} on ${queue}`] : [];
}

/** What a record's tags say of what waits. */
export function waitingRecord(name: string, tags: Readonly<Record<string, string>> = {}): string[] {
  if (name.startsWith("receipts/") && tags.receiptDue) return [`${name}, due ${tags.receiptDue}`];
  if (name.startsWith("dispatches/") && tags.state === "waiting") return [`${name}, due ${tags.due}`];
  return name.startsWith("requests/") && tags.preparing ? [`${name}, being prepared, due ${tags.preparing}`] : [];
}
