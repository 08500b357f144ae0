// How far a request has come: how many of its letters are sent, wait, or ended otherwise.

import { timestamp } from "../clock.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import type { UnsentEnd } from "./dispatchRecord.ts";
import { dispatchTags, SENT_CANCELLED } from "./dispatchTags.ts";
import { preparationOf } from "./preparation.ts";
import { isCancelOnly, type RequestRecord, type SingleDispatch } from "./requestRecord.ts";
import { findDispatch, findSent } from "./singleDispatch.ts";
import type { StateStore } from "./stateStore.ts";

/** How many letters of a request have come how far. They are counted by the index, which lags by seconds. */
export interface Progress {
  readonly total: number;
  readonly sent: number;
  readonly ended: Readonly<Record<UnsentEnd, number>>;
  readonly waiting: number;
}

/** What a producer can ask about a request. */
export interface RequestProgress extends Progress {
  readonly requestId: string;
  /** When the app first saw it. */
  readonly since: string;
  /** New files that are uploaded before the letters go: how many there are, and how many Altinn has scanned. */
  readonly uploads?: { readonly total: number; readonly published: number };
}

/** How far the request with this id has come; `undefined` if the app knows none, or not any more. */
export async function requestProgress(
  context: { readonly store: StateStore },
  requestId: string,
): Promise<RequestProgress | undefined> {
  const record = (await context.store.requests.read(requestId))?.value;
  if (!record || isCancelOnly(record)) return undefined;
  const { uploads } = preparationOf(record);
  const published = uploads.filter(({ state }) => state === "published").length;
  return {
    requestId,
    since: timestamp(record.createdAt),
    ...(await progressOf(context, record)),
    ...(uploads.length > 0 ? { uploads: { total: uploads.length, published } } : {}),
  };
}

/** Counts the letters of a request. */
export async function progressOf(context: { readonly store: StateStore }, record: RequestRecord): Promise<Progress> {
  const { total, single } = record;
  const ended = { rejected: 0, gaveUp: 0, cancelled: 0, outcomeUnknown: 0 };
  const { letters, states } = single ? await ofSingle(context, record, single) : await ofMany(context, record);
  for (const state of states) {
    if (state === SENT_CANCELLED) ended.cancelled++;
    else if (isUnsentEnd(state)) ended[state]++;
  }
  const sent = Math.max(letters - states.filter((state) => state === SENT_CANCELLED).length, 0);
  // A request that ended as a whole has no dispatches, or none for the recipients that it had not come to.
  const whole = preparationOf(record).ended;
  if (whole && !single) ended[whole.end] += Math.max(total - states.length, 0);
  const done = sent + ended.rejected + ended.gaveUp + ended.cancelled + ended.outcomeUnknown;
  return { total, sent, ended, waiting: Math.max(total - done, 0) };
}

/** True if each letter of a request is sent, or was cancelled: nothing goes out any more, and there is no dead letter to be replayed. */
export async function isDone(context: { readonly store: StateStore }, record: RequestRecord): Promise<boolean> {
  const { total, sent, ended } = await progressOf(context, record);
  return !isCancelOnly(record) && sent + ended.cancelled === total;
}

/** How many letters exist, and in which states the dispatches are, as the index names them. */
interface Counts {
  readonly letters: number;
  readonly states: readonly (string | undefined)[];
}

async function ofMany({ store }: { readonly store: StateStore }, { requestId }: RequestRecord): Promise<Counts> {
  const ofRequest = whereTag("request", "=", sha256(requestId));
  let letters = 0;
  for await (const _letter of store.correspondences.find(ofRequest)) letters++;
  const states: (string | undefined)[] = [];
  const withState = `${ofRequest} AND ${whereTag("state", ">", " ")}`;
  for await (const { tags } of store.dispatches.find(withState)) states.push(tags.state);
  return { letters, states };
}

async function ofSingle(
  context: { readonly store: StateStore },
  { requestId, digest }: RequestRecord,
  { dispatchId }: SingleDispatch,
): Promise<Counts> {
  const dispatch = await findDispatch(context, dispatchId, digest);
  if (dispatch) return { letters: dispatch.state === "sent" ? 1 : 0, states: [dispatchTags(dispatch).state] };
  return { letters: (await findSent(context, requestId, dispatchId)) === undefined ? 0 : 1, states: [] };
}

const UNSENT_ENDS: ReadonlySet<string> = new Set<UnsentEnd>(["rejected", "gaveUp", "cancelled", "outcomeUnknown"]);

function isUnsentEnd(state: string | undefined): state is UnsentEnd {
  return state !== undefined && UNSENT_ENDS.has(state);
}
