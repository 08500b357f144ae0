// What there is of a request, or of one of its letters, that can be erased; or why it can't be yet.
import { deadLetterName } from "../records/deadLetter.ts";
import { isOpen } from "../records/dispatchRecord.ts";
import { isInProgress } from "../records/preparation.ts";
import { isCancelOnly, type RequestRecord } from "../records/requestRecord.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import type { ErasingContext } from "./context.ts";

/** What is to be erased: everything of a request, or one letter by Altinn's id. */
export type ErasureTarget = { readonly requestId: string } | { readonly correspondenceId: string };

/** A file of a letter; with the version that was accepted, where that is known. */
export interface ErasedFile {
  readonly path: string;
  readonly etag?: string;
}

/** What there is to be erased. */
export interface Erasure {
  readonly requestId: string;
  /** The dispatches whose records are rewritten, by id. */
  readonly dispatches: readonly string[];
  /** The letters whose records are rewritten, by Altinn's ids. */
  readonly correspondences: readonly string[];
  /** Names of dead letters that go. */
  readonly deadLetters: readonly string[];
  /** The digest of the request, if all of it goes. */
  readonly request?: { readonly digest: string; readonly isKept: boolean; readonly claimCheck?: ErasedFile };
  /** Files that go. */
  readonly attachments: readonly ErasedFile[];
  /** Files that stay, since a letter that has not gone yet names them too. */
  readonly attachmentsInUse: readonly string[];
  /** Of a request with other letters, whose content they share: it stays. */
  readonly isPart: boolean;
  /** The queues that announcements of it may still be on. */
  readonly statusQueue?: string;
}

/** What was found of a target. */
export type FoundErasure =
  | { readonly kind: "found"; readonly erasure: Erasure }
  /** Nothing is known of it, or nothing any more. */
  | { readonly kind: "unknown" }
  /** A letter of it may still go. */
  | { readonly kind: "open" };

/** Finds what there is. Changes nothing. What the index lists lags by seconds: a letter that was sent just now may be missing. */
export async function findErasure(context: ErasingContext, target: ErasureTarget): Promise<FoundErasure> {
  const { store } = context;
  if ("requestId" in target) return findOfRequest(context, target.requestId, undefined);
  const link = (await store.correspondences.read(target.correspondenceId))?.value.link;
  return link ? findOfRequest(context, link.requestId, link.dispatchId) : { kind: "unknown" };
}

async function findOfRequest(
  context: ErasingContext,
  requestId: string,
  only: string | undefined,
): Promise<FoundErasure> {
  const { store } = context;
  const record = (await store.requests.read(requestId))?.value;
  if (record && isCancelOnly(record)) return { kind: "open" };
  const letters = await lettersOf(context, requestId);
  const digests = new Set([...letters.digests, ...(record ? [record.digest] : [])]);
  const isPart = only !== undefined && (record ? record.total > 1 : letters.dispatchIds.size > 1);
  const meant = isPart ? new Set([only]) : letters.dispatchIds;
  if (record && mayStillGo(record, letters)) return { kind: "open" };
  if ([...letters.open].some((id) => meant.has(id))) return { kind: "open" };
  // Another request under the same id has its dead letter beside that of the first, named by both.
  const names = isPart ? [only] : [...meant, ...digests, sha256(requestId)];
  const deadLetters = await deadLettersNamed(context, names, requestId);
  if (!record && meant.size === 0 && deadLetters.length === 0) return { kind: "unknown" };
  const dispatches = [...letters.dispatches].filter((id) => meant.has(id));
  const correspondences = [...letters.correspondences].flatMap(([id, dispatchId]) =>
    meant.has(dispatchId) ? [id] : [],
  );
  const erasure = {
    requestId,
    dispatches,
    correspondences,
    deadLetters,
    isPart,
    attachments: [],
    attachmentsInUse: [],
  };
  const statusQueue = record?.statusQueue === undefined ? {} : { statusQueue: record.statusQueue };
  if (isPart) return { kind: "found", erasure: { ...erasure, ...statusQueue } };
  const [digest = ""] = digests;
  const { isKept, files } = await contentOf(context, digest, deadLetters);
  const inUse = files.length === 0 ? new Set<string>() : await filesInUse(context, digest);
  const claimCheck = record?.claimCheck && { path: record.claimCheck.path, etag: record.claimCheck.etag };
  return {
    kind: "found",
    erasure: {
      ...erasure,
      ...statusQueue,
      request: { digest, isKept, ...(claimCheck ? { claimCheck } : {}) },
      attachments: files.filter(({ path }) => !inUse.has(path)),
      attachmentsInUse: files.flatMap(({ path }) => (inUse.has(path) ? [path] : [])),
    },
  };
}

interface Letters {
  /** Those that have a dispatch record, and those of them that may still go. */
  readonly dispatches: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
  /** Altinn's ids, with the dispatch that each came from. */
  readonly correspondences: ReadonlyMap<string, string>;
  /** Of all of them. */
  readonly dispatchIds: ReadonlySet<string>;
  readonly digests: ReadonlySet<string>;
}

async function lettersOf({ store }: ErasingContext, requestId: string): Promise<Letters> {
  const where = whereTag("request", "=", sha256(requestId));
  const [dispatches, open, digests] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for await (const { id } of store.dispatches.find(where)) {
    const dispatch = (await store.dispatches.read(id))?.value;
    if (dispatch?.requestId !== requestId) continue;
    dispatches.add(id);
    digests.add(dispatch.digest);
    if (isOpen(dispatch)) open.add(id);
  }
  const correspondences = new Map<string, string>();
  for await (const { id } of store.correspondences.find(where)) {
    const link = (await store.correspondences.read(id))?.value.link;
    if (link?.requestId !== requestId) continue;
    correspondences.set(id, link.dispatchId);
    digests.add(link.digest);
  }
  return {
    dispatches,
    open,
    correspondences,
    digests,
    dispatchIds: new Set([...dispatches, ...correspondences.values()]),
  };
}

/** While its letters are prepared; and while nothing says what became of a single one: its first attempt may be under way. */
function mayStillGo(record: RequestRecord, { dispatchIds }: Letters): boolean {
  if (record.preparation && isInProgress(record)) return true;
  return record.single !== undefined && !record.preparation?.ended && !dispatchIds.has(record.single.dispatchId);
}

/**
 * A dead letter is named by its dispatch, or by the digest of what it holds; or by one of them and a digest. A request that
 * was not understood has its digest for its id.
 */
async function deadLettersNamed(
  { store }: ErasingContext,
  ids: readonly string[],
  requestId: string,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.deadLetters.list()) {
    const isMeant = ids.some((id) => name === deadLetterName(id) || name.startsWith(`${id}-`));
    if (isMeant || name === deadLetterName(requestId)) names.push(name);
  }
  return names;
}

/** The files that the content names, as far as anything of it was kept. */
async function contentOf(
  { store }: ErasingContext,
  digest: string,
  deadLetters: readonly string[],
): Promise<{ readonly isKept: boolean; readonly files: readonly ErasedFile[] }> {
  const accepted = (await store.accepted.read(digest))?.value;
  const etags = accepted?.attachmentEtags ?? {};
  const contents = [accepted?.message];
  for (const name of deadLetters) contents.push((await store.deadLetters.read(name))?.value.request);
  const paths = new Set(contents.flatMap(attachmentPaths));
  const files = [...paths].map((path) => ({ path, ...(etags[path] === undefined ? {} : { etag: etags[path] }) }));
  return { isKept: accepted !== undefined, files };
}

function attachmentPaths(message: unknown): string[] {
  const named = withCanonicalNames(message);
  const attachments = items(field(field(field(named, "correspondence"), "content"), "attachments"));
  return attachments.map((one) => field(one, "blob")).filter((path) => typeof path === "string");
}

/** The files that letters name which have not gone yet, as far as they have been accepted. */
async function filesInUse({ store }: ErasingContext, except: string): Promise<Set<string>> {
  const digests = new Set<string>();
  for await (const { id } of store.requestsByHash.find(whereTag("preparing", ">", "0"))) {
    const record = (await store.requestsByHash.read(id))?.value;
    if (record) digests.add(record.digest);
  }
  for await (const { id } of store.dispatches.find(whereTag("due", ">", "0"))) {
    const record = (await store.dispatches.read(id))?.value;
    if (record) digests.add(record.digest);
  }
  digests.delete(except);
  const paths = new Set<string>();
  for (const digest of digests) {
    for (const path of attachmentPaths((await store.accepted.read(digest))?.value.message)) paths.add(path);
  }
  return paths;
}
