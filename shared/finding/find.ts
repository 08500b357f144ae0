// Finds letters by the index, page by page. What the index lists is read before it is shown: it lags, and knows hashes alone.
import { DAY, dayOf, timestamp } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import { SENT_CANCELLED } from "../records/dispatchTags.ts";
import { requestProgress } from "../records/progress.ts";
import { type FoundRecord, UnreadableRecord } from "../records/records.ts";
import type { FoundPage } from "../storage/jsonBlobs.ts";
import { sha256, tagValue, whereTag } from "../storage/tags.ts";
import type { LetterPage, RequestAnswer, ShownLetter } from "./answers.ts";
import type { FindingContext } from "./context.ts";
import { type KnownLetter, type Letter, letterOf, type Showing } from "./letter.ts";
import { pausesNow } from "./pauses.ts";
import type { LetterQuery, Paging } from "./query.ts";
import { type ReadLetter, readDead, readDispatched, readInAltinn, readLetter, readRequested } from "./readLetter.ts";
import { readReceived, receivedLetterOf, receivedWhere } from "./received.ts";
import { type Direction, IN_ALTINN } from "./words.ts";
import { WrongToken } from "./wrongToken.ts";

/** How many records are read at once. */
const AT_ONCE = 16;

/** The most queries of the index for one page: a sender may have hundreds of resources, and the index is asked for each. */
const MOST_QUERIES = 64;

/** Where letters are found: pages of ids, and how what one of them names is read. */
interface Source {
  page(limit: number, token?: string): Promise<FoundPage<FoundRecord>>;
  readonly read: ReadLetter;
}

/**
 * One page of the letters for which all of `query` holds. A letter that goes on while pages are read may be on two of them.
 * @param isUnmasked shows recipients whole
 * @throws WrongToken if `next` was not given for this query
 */
export async function findLetters(
  context: FindingContext,
  query: LetterQuery,
  { limit, next }: Paging,
  isUnmasked = false,
): Promise<LetterPage> {
  const now = context.clock.now();
  const sources = sourcesOf(context, query);
  let at = next === undefined ? { source: 0 } : placeOf(next, query, sources.length);
  const showing = { now, isUnmasked, pauses: await pausesNow(context) };
  const letters = new Map<string, Letter>();
  let unreadable = 0;
  let listed = 0;
  let queries = 0;
  for (
    let source = sources[at.source];
    source && listed < limit && queries < MOST_QUERIES;
    source = sources[at.source]
  ) {
    queries++;
    const page = await source.page(limit - listed, at.token);
    listed += page.found.length;
    const read: (KnownLetter | undefined)[] = [];
    await eachAtOnce(AT_ONCE, page.found.entries(), async ([index, { id }]) => {
      try {
        read[index] = await source.read(context, id);
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        unreadable++;
      }
    });
    for (const known of read) {
      const letter = known && shownOf(known, showing);
      if (letter && isAskedFor(query, letter)) letters.set(nameOf(letter), letter);
    }
    at = page.next === undefined ? { source: at.source + 1 } : { source: at.source, token: page.next };
  }
  const more = at.source < sources.length ? { next: tokenOf(at, query) } : {};
  return { asOf: timestamp(now), letters: [...letters.values()], unreadable, ...more };
}

/**
 * How far a request has come, and a page of its letters; `undefined` if the app knows none, or not any more.
 * @throws WrongToken if `next` was not given for this request
 */
export async function findRequest(
  context: FindingContext,
  requestId: string,
  paging: Paging,
): Promise<RequestAnswer | undefined> {
  const progress = await requestProgress(context, requestId);
  return progress && { ...progress, ...(await findLetters(context, { requestId }, paging)) };
}

/** One letter whole, by the id of its dispatch or of its correspondence, or its dead letter, and how fresh that is. */
export async function showLetter(
  context: FindingContext,
  id: string,
  { direction, isUnmasked = false }: { readonly direction?: Direction | undefined; readonly isUnmasked?: boolean } = {},
): Promise<ShownLetter | undefined> {
  const now = context.clock.now();
  const asSent = direction === "received" ? undefined : await readLetter(context, id.toLowerCase());
  const known = asSent ?? (direction === "sent" ? undefined : await readReceived(context, id.toLowerCase()));
  if (!known) return undefined;
  return { asOf: timestamp(now), letter: shownOf(known, { now, isUnmasked, pauses: await pausesNow(context) }) };
}

function shownOf(known: KnownLetter, showing: Showing): Letter {
  return known.receipt ? receivedLetterOf(known.receipt) : letterOf(known, showing);
}

function isAskedFor(query: LetterQuery, letter: Letter): boolean {
  const since = Date.parse(letter.since);
  const { requestId, reference, correspondenceId, dispatchId, resources, status, from, before } = query;
  const pairs = [
    [requestId, letter.requestId],
    [reference, letter.sendersReference],
    [correspondenceId, letter.correspondenceId],
    [dispatchId, letter.dispatchId],
    [query.sentBy, letter.sentBy],
    [status, letter.status],
  ];
  const isSame = pairs.every(([asked, is]) => asked === undefined || asked === is);
  if (resources !== undefined && !resources.includes(letter.resourceId ?? "")) return false;
  return isSame && (from === undefined || since >= from) && (before === undefined || since < before);
}

/** Another letter may have the same dispatch id: one whose request id was used before. */
function nameOf({ dispatchId, correspondenceId, deadLetter }: Letter): string {
  return JSON.stringify([correspondenceId ?? dispatchId, deadLetter]);
}

/** In which records the letters of a query are, one kind after the other. Those that exist are found by their own record. */
function sourcesOf({ store }: FindingContext, query: LetterQuery): Source[] {
  const { requestId, correspondenceId, dispatchId, status } = query;
  const id = correspondenceId ?? dispatchId;
  if (query.direction === "received") {
    const page: Source["page"] = async (...of) =>
      id === undefined ? store.receipts.findPage(receivedWhere(query), ...of) : { found: [{ id, tags: {} }] };
    return [{ page, read: readReceived }];
  }
  if (id !== undefined) return [{ page: async () => ({ found: [{ id, tags: {} }] }), read: readLetter }];
  const { dispatches, correspondences, deadLetters } = store;
  const sources: Source[] = [];
  if (status === undefined || !isInAltinn(status)) {
    const states = statesOf(status).map((state) =>
      state === undefined ? whereTag("state", ">", " ") : is("state", state),
    );
    for (const state of states) {
      for (const resource of onEach(query, ["", "urn:altinn:resource:"])) {
        const where = [state, ...whose(query), ...resource].join(" AND ");
        sources.push({
          page: async (...of) => withoutSent(await dispatches.findPage(where, ...of), status),
          read: readDispatched,
        });
      }
    }
    const end = status === undefined ? whereTag("end", ">", " ") : is("end", status);
    for (const resource of status === "waiting" ? [] : onEach(query)) {
      const where = [end, ...whose(query), ...within("ended", timestamp, query), ...resource].join(" AND ");
      sources.push({ page: (...of) => deadLetters.findPage(where, ...of), read: readDead });
    }
  }
  if (status === undefined || isInAltinn(status)) {
    const inAltinn = status === undefined ? [] : [is("status", IN_ALTINN.get(status) ?? "unknown")];
    const posted = postedWithin(query);
    const ours = posted.length > 0 ? posted : [whereTag("posted", ">", " ")];
    for (const resource of onEach(query)) {
      const where = [...inAltinn, ...ours, ...whose(query), ...resource].join(" AND ");
      sources.push({ page: (...of) => correspondences.findPage(where, ...of), read: readInAltinn });
    }
  }
  if (requestId !== undefined) {
    sources.push({ page: async () => ({ found: [{ id: requestId, tags: {} }] }), read: readRequested });
  }
  return sources;
}

function isInAltinn(status: string): boolean {
  return status === "sent" || IN_ALTINN.has(status);
}

/** The states in the index of dispatches that have a status; undefined for any. */
function statesOf(status: string | undefined): (string | undefined)[] {
  return status === "cancelled" ? [status, SENT_CANCELLED] : [status];
}

/** A letter that was sent is shown from the record of its correspondence. */
function withoutSent(page: FoundPage<FoundRecord>, status: string | undefined): FoundPage<FoundRecord> {
  if (status !== undefined) return page;
  return { ...page, found: page.found.filter(({ tags }) => tags.state !== "sent" && tags.state !== SENT_CANCELLED) };
}

function is(tag: string, value: string): string {
  return whereTag(tag, "=", value);
}

function whose({ requestId, reference }: LetterQuery): string[] {
  return [
    ...(requestId === undefined ? [] : [is("request", sha256(requestId))]),
    ...(reference === undefined ? [] : [is("reference", sha256(reference))]),
  ];
}

/** Conditions for each resource by itself, as the index knows no "or". Dispatches have it as the producer wrote it. */
function onEach({ resources }: LetterQuery, prefixes: readonly string[] = [""]): string[][] {
  if (resources === undefined) return [[]];
  return resources.flatMap((id) => prefixes.map((prefix) => [is("resource", tagValue(prefix + id))]));
}

function within(tag: string, write: (time: number) => string, { from, before }: LetterQuery): string[] {
  return [
    ...(from === undefined ? [] : [whereTag(tag, ">=", write(from))]),
    ...(before === undefined ? [] : [whereTag(tag, "<=", write(before - 1))]),
  ];
}

/** The index knows the time of posting, and of letters from before 2026-11-28 the day. */
function postedWithin({ from, before }: LetterQuery): string[] {
  return [
    ...(from === undefined ? [] : [whereTag("posted", ">=", dayOf(from))]),
    ...(before === undefined ? [] : [whereTag("posted", "<", dayOf(before - 1 + DAY))]),
  ];
}

/** Where the next page begins: in which source, and by which token of the index. */
interface Place {
  readonly source: number;
  readonly token?: string;
}

function tokenOf({ source, token }: Place, query: LetterQuery): string {
  return Buffer.from(JSON.stringify([digestOf(query), source, token])).toString("base64url");
}

function placeOf(written: string, query: LetterQuery, sources: number): Place {
  const place: unknown = parseToken(written);
  if (Array.isArray(place)) {
    const [digest, source, token]: unknown[] = place;
    const isPlace = typeof source === "number" && Number.isInteger(source) && source >= 0 && source < sources;
    if (digest === digestOf(query) && isPlace) return typeof token === "string" ? { source, token } : { source };
  }
  throw new WrongToken("next is not of this query");
}

function parseToken(written: string): unknown {
  try {
    return JSON.parse(Buffer.from(written, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function digestOf(query: LetterQuery): string {
  return sha256(
    JSON.stringify(
      Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .sort(),
    ),
  ).slice(0, 16);
}
