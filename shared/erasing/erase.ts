// Removes what was found. Content goes first and records last, so that what dies on the way is found again and finished.
import { noteGone } from "../records/figuresNotes.ts";
import { changeRecord, readKnown } from "../records/records.ts";
import { decodeMessage } from "../requests/decode.ts";
import { field } from "../requests/json.ts";
import { FOLDERS, QUEUES, recordName } from "../storage/names.ts";
import { sha256 } from "../storage/tags.ts";
import type { ErasingContext } from "./context.ts";
import { erasedCorrespondence, erasedDispatch, erasedRequest } from "./erased.ts";
import type { Erasure } from "./findErasure.ts";

/** What was removed, in numbers: of blobs and messages that went, and of records that were rewritten. */
export interface Erased {
  readonly content: number;
  readonly attachments: number;
  readonly deadLetters: number;
  readonly announcements: number;
  readonly records: number;
}

/** Removes what was found. Repeated, it removes what is left. Throws only when storage fails. */
export async function erase(context: ErasingContext, erasure: Erasure): Promise<Erased> {
  const { store, clock } = context;
  const { requestId, request } = erasure;
  const content = request ? await eraseContent(context, request) : 0;
  const attachments = await count(erasure.attachments, ({ path, etag }) => context.attachments.remove(path, etag));
  const deadLetters = await count(erasure.deadLetters, (name) => eraseDeadLetter(context, name));
  const announcements = await eraseAnnouncements(context, erasure);
  for (const id of erasure.dispatches) await changeRecord(store.dispatches, id, erasedDispatch);
  for (const id of erasure.correspondences) await changeRecord(store.correspondences, id, erasedCorrespondence);
  const isRequestKnown =
    request !== undefined &&
    (await changeRecord(store.requests, requestId, (known) => erasedRequest(known, clock.now()))) !== undefined;
  const records = erasure.dispatches.length + erasure.correspondences.length + (isRequestKnown ? 1 : 0);
  return { content, attachments, deadLetters, announcements, records };
}

/** The request as it was accepted, the blob that brought it, and what noted which of them that held. */
async function eraseContent(
  { store, accepted, requests }: ErasingContext,
  { digest, claimCheck }: NonNullable<Erasure["request"]>,
): Promise<number> {
  const gone = [await accepted.remove(`${digest}.json`)];
  if (claimCheck) {
    gone.push(await requests.remove(claimCheck.path, claimCheck.etag));
    await store.documents.remove(recordName(FOLDERS.claimChecks, sha256(claimCheck.path)));
  }
  return gone.filter(Boolean).length;
}

async function eraseDeadLetter({ store }: ErasingContext, name: string): Promise<boolean> {
  const known = await readKnown(store.deadLetters, name);
  if (known && known !== "unreadable") await noteGone(store.figures, name, known.value);
  return store.deadLetters.remove(name);
}

async function eraseAnnouncements(
  { removeMessages }: ErasingContext,
  { requestId, statusQueue, isPart, dispatches, correspondences }: Erasure,
): Promise<number> {
  const ids = new Set<unknown>([...dispatches, ...correspondences]);
  const isMeant = (text: string) => {
    const decoded = decodeMessage(text);
    const data = decoded.ok ? field(decoded.value, "data") : undefined;
    if (!isPart && field(data, "requestId") === requestId) return true;
    return ids.has(field(data, "dispatchId")) || ids.has(field(data, "correspondenceId"));
  };
  let removed = 0;
  for (const queue of new Set([QUEUES.announcements, ...(statusQueue === undefined ? [] : [statusQueue])])) {
    removed += await removeMessages(queue, isMeant);
  }
  return removed;
}

async function count<T>(all: readonly T[], remove: (one: T) => Promise<boolean>): Promise<number> {
  let gone = 0;
  for (const one of all) if (await remove(one)) gone++;
  return gone;
}
