// What the command on dead letters works with, and what it does to one or to thousands of them.
import { systemClock, timestamp } from "../shared/clock.ts";
import { askForReplay, checkReplay, type DeadLetterEntry, dropUnreadable } from "../shared/deadLetters/deadLetters.ts";
import { eachAtOnce } from "../shared/eachAtOnce.ts";
import { hasMarker } from "../shared/pausing/deployment.ts";
import type { DeadLetter } from "../shared/records/deadLetter.ts";
import { readKnown, type Versioned } from "../shared/records/records.ts";
import { createStateStore, type StateStore, stateContainersOf } from "../shared/records/stateStore.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { requestDigest } from "../shared/requests/digest.ts";
import type { RequestContext } from "../shared/requests/rules.ts";
import type { NamedSender, SendersOf } from "../shared/senders/owners.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import type { JsonBlobs } from "../shared/storage/jsonBlobs.ts";
import { createQueues, type Queues } from "../shared/storage/queues.ts";
import type { Telemetry } from "../shared/telemetry/telemetry.ts";
import { dropRequest, readRequestFile } from "../terminal/requestFile.ts";
import type { Row } from "./deadLettersView.ts";
import { CannotDo } from "./storage.ts";

/** The app's storage, as far as dead letters need it. */
export interface Work {
  readonly clients: StorageClients;
  readonly store: StateStore;
  readonly queues: Queues;
  /** The dead letters as they are stored. */
  readonly documents: JsonBlobs;
  readonly rules: RequestContext;
  /** Those of SENDERS. @throws CannotDo if that is wrong */
  readonly senders: () => Promise<SendersOf<NamedSender>>;
}

/** How many calls are under way at once. */
const AT_ONCE = 16;

export function createWork(
  clients: StorageClients,
  environment: RequestContext["environment"],
  senders: Work["senders"],
): Work {
  const containers = stateContainersOf(clients.blobs);
  return {
    clients,
    store: createStateStore(containers),
    queues: createQueues(clients.queues, systemClock),
    documents: containers.deadLetters,
    rules: { environment, now: new Date() },
    senders,
  };
}

/** The name of a dead letter as announcements write it; people may leave the ending out. */
export function nameOf(written: string): string {
  const name = /^([\w-]+?)(?:\.json)?$/.exec(written.trim())?.[1];
  if (name === undefined) throw new CannotDo(`${written} is no name of a dead letter: list shows them.`);
  return `${name}.json`;
}

/** Reads a dead letter, if this version can. @throws CannotDo if there is none */
export async function findDeadLetter({ store }: Work, name: string): Promise<Versioned<DeadLetter> | "unreadable"> {
  const stored = await readKnown(store.deadLetters, name);
  if (stored) return stored;
  throw new CannotDo(`There is no dead letter ${name}: it was replayed, sent after all or dropped, or never was.`);
}

/** Reads a dead letter. @throws CannotDo if there is none, or it cannot be read */
export async function readDeadLetter(work: Work, name: string): Promise<Versioned<DeadLetter>> {
  const stored = await findDeadLetter(work, name);
  if (stored !== "unreadable") return stored;
  throw new CannotDo(
    `${name} was written by a newer version or by hand, or is too large to be read. See it with: show ${name} --json`,
  );
}

/** Drops a dead letter that cannot be read. @throws CannotDo if it is gone, or its letter would count as lost without it */
export async function dropUnread({ store }: Work, telemetry: Telemetry, name: string): Promise<void> {
  const outcome = await dropUnreadable({ store, telemetry }, name);
  if (outcome === "dropped") return;
  throw new CannotDo(
    outcome === "changed"
      ? `${name} is gone.`
      : `${name} is not dropped: nothing else says that its letter has ended. Deploy the version that wrote it, and drop it then.`,
  );
}

/** What the table shows of dead letters; their content is read for it, and `note` told how many have been. */
export async function readRows(
  work: Work,
  entries: readonly DeadLetterEntry[],
  note: (read: number) => void,
): Promise<Row[]> {
  const letters = new Map<string, Versioned<DeadLetter> | "unreadable">();
  let read = 0;
  await eachAtOnce(AT_ONCE, entries, async ({ name }) => {
    const letter = await readKnown(work.store.deadLetters, name);
    if (letter) letters.set(name, letter);
    note(++read);
  });
  return entries.map((entry) => {
    const letter = letters.get(entry.name);
    // What its index tags tell, at least.
    if (!letter) return { ...entry, endedAt: timestamp(entry.endedAt) };
    if (letter === "unreadable") return { ...entry, endedAt: timestamp(entry.endedAt), isUnreadable: true };
    const { endedAt, end, reason, resourceId, sendersReference, requestId, epoch } = letter.value;
    return {
      name: entry.name,
      endedAt: timestamp(endedAt),
      end,
      reason,
      resourceId,
      sendersReference,
      requestId,
      epoch,
    };
  });
}

/** What became of the wish to replay one; for people. */
export interface Asked {
  readonly name: string;
  readonly isAsked: boolean;
  /** Why not, or what to expect. */
  readonly note?: string;
}

/** Asks for the replay of each. One that cannot be replayed does not keep the others; a storage that fails does. */
export async function replayAll(
  work: Work,
  names: readonly string[],
  isForced: boolean,
  tell: (asked: Asked) => void,
): Promise<void> {
  await requireMarker(work);
  await eachAtOnce(AT_ONCE, names, async (name) => tell(await replayOne(work, name, isForced)));
}

async function replayOne(work: Work, name: string, isForced: boolean): Promise<Asked> {
  const { store, queues, rules } = work;
  const refused = (note: string): Asked => ({ name, isAsked: false, note });
  let letter: DeadLetter;
  try {
    letter = (await readDeadLetter(work, name)).value;
  } catch (error) {
    if (!(error instanceof CannotDo)) throw error;
    return refused(error.message);
  }
  const check = await checkReplay(store, letter, rules);
  if (check.kind === "impossible") return refused(check.why);
  if (check.kind === "useless" && !isForced) return refused(`${check.why} --force tries it all the same.`);
  await askForReplay(queues, name, letter);
  const note = check.kind === "allowed" ? check.warning : undefined;
  return { name, isAsked: true, ...(note === undefined ? {} : { note }) };
}

/**
 * Drops a mended request in place of the one that is kept, and then deletes the dead letter. Only of requests that were
 * refused before anything was recorded of them.
 * @returns what was done, for people
 */
export async function replayMended(work: Work, name: string, path: string): Promise<string> {
  await requireMarker(work);
  const { value: letter, etag } = await readDeadLetter(work, name);
  // What came on a sender's own queue goes there again.
  const sender = letter.sender === undefined ? undefined : (await work.senders()).named(letter.sender);
  if (letter.sender !== undefined && sender === undefined) {
    throw new CannotDo(
      `It came on the queue of the sender ${letter.sender}, which SENDERS does not name. Set SENDERS as the app has it.`,
    );
  }
  const file = await readRequestFile(path, work.rules.now, { sender });
  if (file.problems.length > 0) {
    const lines = file.problems.map(({ path: where, rule, message }) => `  ${where}: ${rule}: ${message}`);
    throw new CannotDo([`${path} is refused as well:`, ...lines].join("\n"));
  }
  const decoded = decodeMessage(file.text);
  const digest = decoded.ok ? requestDigest(decoded.value) : undefined;
  if (digest === letter.digest) {
    await askForReplay(work.queues, name, letter);
    return `${path} has the same content: ${name} is on its way again as it is.`;
  }
  const known = (await work.store.requests.read(file.requestId))?.value;
  if (letter.dispatchId !== undefined || (known && known.digest !== digest)) {
    throw new CannotDo(
      `The id of ${name} stands for its content as it was. Give the mended request an id of its own, send it ` +
        `(npm run send -- ${path}), and drop this dead letter.`,
    );
  }
  await dropRequest(file, work.clients);
  await work.store.deadLetters.remove(name, etag);
  return `${path} is on its way as ${file.requestId}, in place of ${name}.`;
}

/** Without the app's marker nothing is sent: better to be told so here than to wait. */
async function requireMarker({ store }: Work): Promise<void> {
  if (await hasMarker(store.documents)) return;
  throw new CannotDo(
    "The app's marker (marker.json in correspondence-state) is missing, so the app sends nothing: is this the app's " +
      'storage? If it is, see docs/operating.md, "When something is wrong", markerMissing.',
  );
}
