// From an attachment of ours to the request that it is uploaded for: so that Altinn's event about it shortens the wait.
import { z } from "zod";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import type { StateStore } from "../tracking/stateStore.ts";
import { putPreparation } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { preparationOf } from "./preparation.ts";
import type { RequestRecord } from "./requestRecord.ts";

const schema = z.object({ version: z.literal(1), requestId: z.string() });

/** Notes which request an attachment is for. Without it the wait is only longer. */
export async function noteUpload(
  { store }: { readonly store: StateStore },
  attachmentId: string,
  { requestId }: RequestRecord,
): Promise<void> {
  await store.documents.create(nameOf(attachmentId), { version: 1, requestId });
}

/**
 * Runs the preparation that waits for this attachment at once.
 * @returns true if there is one: then no letter has the attachment yet
 */
export async function hurryUpload(context: SendingContext, attachmentId: string): Promise<boolean> {
  const requestId = await read(context.store.documents, attachmentId);
  const record = requestId === undefined ? undefined : (await context.store.requests.read(requestId))?.value;
  if (!record) return false;
  const { generation, uploads } = preparationOf(record);
  const isWaiting = uploads.some((upload) => upload.attachmentId === attachmentId && upload.state === "uploaded");
  if (isWaiting) await putPreparation(context, record, generation, 0);
  return isWaiting || record.fannedOut === 0;
}

async function read(documents: JsonBlobs, attachmentId: string): Promise<string | undefined> {
  return schema.safeParse((await documents.read(nameOf(attachmentId)))?.value).data?.requestId;
}

function nameOf(attachmentId: string): string {
  return recordName(FOLDERS.uploads, attachmentId);
}
