// How far a request has come: how many of its letters are sent, wait, or ended otherwise.
import { timestamp } from "../clock.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { deadLetterName } from "../tracking/deadLetter.ts";
import type { SendingContext } from "./context.ts";
import { SENT_CANCELLED, type UnsentEnd } from "./dispatchRecord.ts";
import { preparationOf } from "./preparation.ts";
import { isCancelOnly, type RequestRecord } from "./requestRecord.ts";

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
  context: SendingContext,
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
export async function progressOf({ store }: SendingContext, record: RequestRecord): Promise<Progress> {
  const { total } = record;
  const ended = { rejected: 0, gaveUp: 0, cancelled: 0, outcomeUnknown: 0 };
  const ofRequest = whereTag("request", "=", sha256(record.requestId));
  let letters = 0;
  for await (const _letter of store.correspondences.find(ofRequest)) letters++;
  let known = 0;
  let purged = 0;
  for await (const { tags } of store.dispatches.find(`${ofRequest} AND ${whereTag("state", ">", " ")}`)) {
    known++;
    if (tags.state === SENT_CANCELLED) purged++;
    else if (isUnsentEnd(tags.state)) ended[tags.state]++;
  }
  const sent = Math.max(letters - purged, 0);
  ended.cancelled += purged;
  // A request that ended as a whole has no dispatches, or none for the recipients that it had not come to.
  const whole = preparationOf(record).ended;
  if (whole && !record.single) ended[whole.end] += Math.max(total - known, 0);
  // Versions before 2026-11-29 left no dispatch record of what ended at the first attempt.
  if (record.single && letters === 0 && known === 0) {
    const dead = await store.deadLetters.read(deadLetterName(record.single.dispatchId));
    if (dead?.value.digest === record.digest) ended[dead.value.end]++;
  }
  const done = sent + ended.rejected + ended.gaveUp + ended.cancelled + ended.outcomeUnknown;
  return { total, sent, ended, waiting: Math.max(total - done, 0) };
}

const UNSENT_ENDS: ReadonlySet<string> = new Set<UnsentEnd>(["rejected", "gaveUp", "cancelled", "outcomeUnknown"]);

function isUnsentEnd(state: string | undefined): state is UnsentEnd {
  return state !== undefined && UNSENT_ENDS.has(state);
}
