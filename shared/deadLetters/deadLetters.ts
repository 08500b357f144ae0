// Dead letters as operators handle them: looked through, put on their way again, dropped for good. Nobody at Altinn is called.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { replayMessage } from "../messages/dispatchMessage.ts";
import { type DeadLetter, endedDispatchOf, messageOf } from "../records/deadLetter.ts";
import { noteGone } from "../records/figuresNotes.ts";
import { changeRecord, readKnown, type Versioned } from "../records/records.ts";
import type { DeadLetterRecords, StateStore } from "../records/stateStore.ts";
import { parseClaimCheck } from "../requests/claimCheck.ts";
import { decodeMessage } from "../requests/decode.ts";
import { requestDigest } from "../requests/digest.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import type { Problem } from "../requests/problem.ts";
import type { RequestContext } from "../requests/rules.ts";
import { FOLDERS, QUEUES, recordName } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** What is known of a dead letter without reading it; of an old one, that is its name. */
export interface DeadLetterEntry {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly endedAt: number;
  readonly end?: string;
  readonly reason?: string;
  /** Without URN prefix. */
  readonly resourceId?: string;
}

/** Which dead letters are meant: those for which all of it holds. */
export interface DeadLetterFilter {
  readonly reason?: string;
  /** With or without URN prefix. */
  readonly resourceId?: string;
  /** Ended then or later, in epoch milliseconds. */
  readonly since?: number;
}

/**
 * The dead letters that a filter lets through, newest first. They are listed with their index tags, thousands by one call;
 * only those that are so old that they have none are read, where there is something to be filtered by.
 */
export async function findDeadLetters(
  records: DeadLetterRecords,
  filter: DeadLetterFilter = {},
): Promise<DeadLetterEntry[]> {
  const isFiltered = Object.keys(filter).length > 0;
  const found: DeadLetterEntry[] = [];
  for await (const { name, tags, writtenAt } of records.list()) {
    const { ended, end, reason, resource } = tags;
    if (ended !== undefined && end !== undefined && reason !== undefined) {
      const resourceId = resource === undefined ? {} : { resourceId: resource };
      found.push({ name, endedAt: Date.parse(ended), end, reason, ...resourceId });
    } else if (isFiltered) {
      const stored = await readKnown(records, name);
      if (stored && stored !== "unreadable") found.push(entryOf(name, stored.value));
    } else found.push({ name, endedAt: writtenAt });
  }
  return found.filter((entry) => isMeant(entry, filter)).sort((a, b) => b.endedAt - a.endedAt);
}

function entryOf(name: string, { endedAt, end, reason, resourceId }: DeadLetter): DeadLetterEntry {
  const resource = resourceId === undefined ? {} : { resourceId: withoutResourcePrefix(resourceId) };
  return { name, endedAt, end, reason, ...resource };
}

function isMeant(entry: DeadLetterEntry, { reason, resourceId, since }: DeadLetterFilter): boolean {
  if (reason !== undefined && entry.reason !== reason) return false;
  if (resourceId !== undefined && entry.resourceId !== withoutResourcePrefix(resourceId)) return false;
  return since === undefined || entry.endedAt >= since;
}

/** Whether a replay of a dead letter can come to anything. What is said is for people. */
export type ReplayCheck =
  | { readonly kind: "allowed"; readonly warning?: string }
  /** It would come to the same end, as far as is known. */
  | { readonly kind: "useless"; readonly why: string }
  | { readonly kind: "impossible"; readonly why: string };

/** Looks before a replay is asked for. `rules` are those that its content is checked against. */
export async function checkReplay(store: StateStore, letter: DeadLetter, rules: RequestContext): Promise<ReplayCheck> {
  if (letter.reason === "requestIdReused") {
    const why =
      "its id belongs to another letter, which a replay would not change. Give the request an id of its own and drop that.";
    return { kind: "impossible", why };
  }
  if (letter.rawBytes !== undefined) {
    const why = `only the beginning of its ${letter.rawBytes} bytes was kept. Mend what brought it, and drop that again.`;
    return { kind: "impossible", why };
  }
  const hindrance = await hindranceOf(store, letter);
  if (hindrance !== undefined) return { kind: "impossible", why: hindrance };
  if (letter.reason === "idempotentKeyTaken") {
    const why = "its idempotent key belongs to another letter in Altinn. Give the request another key, and another id.";
    return { kind: "useless", why };
  }
  const warning = await warningOf(letter, rules);
  return { kind: "allowed", ...(warning === undefined ? {} : { warning }) };
}

async function hindranceOf(store: StateStore, letter: DeadLetter): Promise<string | undefined> {
  if (letter.dispatchId === undefined && letter.reason !== "requestLost") return undefined;
  const dispatch =
    letter.dispatchId === undefined ? undefined : (await store.dispatches.read(letter.dispatchId))?.value;
  const request = (await store.requests.read(letter.requestId ?? ""))?.value;
  if (dispatch?.cancel || (request?.digest === letter.digest && request?.cancel))
    return "its producer has cancelled it.";
  if (dispatch?.state === "waiting" && dispatch.epoch === letter.epoch) {
    return "its letter has not ended yet: it goes on by itself.";
  }
  if (letter.request !== undefined && requestDigest(letter.request) === letter.digest) return undefined;
  if (await store.accepted.read(letter.digest ?? "")) return undefined;
  if (letter.request === undefined) return "nothing of it was kept. Drop the request again, and it goes on.";
  return "the request that it is a part of is gone from correspondence-accepted. Restore that blob first.";
}

async function warningOf(letter: DeadLetter, rules: RequestContext): Promise<string | undefined> {
  const message = messageOf(letter);
  if (message === undefined) return undefined;
  const decoded = decodeMessage(message);
  if (!decoded.ok) return `it will be refused again: ${decoded.problem.message} --with <file> gives it mended.`;
  // What a claim check leads to is looked at when it is replayed.
  if (parseClaimCheck(decoded.value)) return undefined;
  const parsed = await parseRequest(decoded.value, rules);
  return parsed.ok ? undefined : `it will be refused again: ${summary(parsed.problems)}`;
}

function summary(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 3).map(({ path, rule }) => `${path === "" ? "(the request)" : path}: ${rule}`);
  return `${shown.join("; ")}${problems.length > 3 ? `; and ${problems.length - 3} more` : ""}.`;
}

/**
 * Asks the app to replay a dead letter, by a message on `dispatches`. Asked twice, it is replayed once: the message means
 * this epoch of it alone.
 */
export async function askForReplay(
  queues: Queues,
  name: string,
  { epoch, isReplaying }: Pick<DeadLetter, "epoch" | "isReplaying">,
): Promise<void> {
  // One that has been marked already is replayed as of the epoch before.
  const asked = isReplaying ? epoch - 1 : epoch;
  await queues.put(QUEUES.dispatches, queueText(replayMessage(name, asked)));
}

/**
 * Deletes a dead letter for good, unless it has changed since it was read. The record of its dispatch stays as it ended,
 * and says that it was dropped: whoever tells the end again keeps it no more.
 */
export async function dropDeadLetter(
  { store, telemetry }: { readonly store: StateStore; readonly telemetry: Telemetry },
  name: string,
  { value: letter, etag }: Versioned<DeadLetter>,
): Promise<"dropped" | "changed"> {
  const ended = endedDispatchOf(letter);
  if (ended && (await store.dispatches.create(ended.dispatchId, { ...ended, isDropped: true })) === undefined) {
    const noted = await changeRecord(store.dispatches, ended.dispatchId, (known) =>
      known.epoch === ended.epoch && known.state === ended.state ? { ...known, isDropped: true } : undefined,
    );
    // It is on its way again, or was sent after all: whoever is at work on it deletes its dead letter.
    if (!noted) return "changed";
  }
  await noteGone(store.figures, name, letter);
  if (!(await store.deadLetters.remove(name, etag))) return "changed";
  telemetry.info("deadLetterDropped", { deadLetter: name });
  return "dropped";
}

/**
 * Deletes a dead letter that cannot be read. One that is named by its dispatch goes only if that has a record, by which it
 * does not count as lost.
 */
export async function dropUnreadable(
  { store, telemetry }: { readonly store: StateStore; readonly telemetry: Telemetry },
  name: string,
): Promise<"dropped" | "changed" | "needed"> {
  const [, dispatchId] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/.exec(name) ?? [];
  const isNeeded =
    dispatchId !== undefined && !(await store.documents.exists(recordName(FOLDERS.dispatches, dispatchId)));
  if (isNeeded) return "needed";
  if (!(await store.deadLetters.remove(name))) return "changed";
  telemetry.info("deadLetterDropped", { deadLetter: name });
  return "dropped";
}
