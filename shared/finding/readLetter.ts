// Reads what storage has of one letter, from whichever of its records is known.
import { type DeadLetter, deadLetterName, deadLetterOf } from "../records/deadLetter.ts";
import type { DispatchRecord } from "../records/dispatchRecord.ts";
import { isCancelOnly } from "../records/requestRecord.ts";
import { findSent } from "../records/singleDispatch.ts";
import { whereTag } from "../storage/tags.ts";
import type { FindingContext } from "./context.ts";
import type { KnownLetter } from "./letter.ts";

/** Reads one letter. `undefined` if there is none, or it is told of by another of its records. */
export type ReadLetter = (context: FindingContext, id: string) => Promise<KnownLetter | undefined>;

/** By the id of its dispatch record. */
export const readDispatched: ReadLetter = async ({ store }, dispatchId) => {
  const dispatch = (await store.dispatches.read(dispatchId))?.value;
  if (!dispatch) return undefined;
  const [correspondence, deadLetter] = await Promise.all([
    dispatch.correspondenceId === undefined ? undefined : store.correspondences.read(dispatch.correspondenceId),
    isDead(dispatch) ? readDeadLetter({ store }, deadLetterOf(dispatch, dispatch.problem?.reason)) : undefined,
  ]);
  return { dispatch, correspondence: correspondence?.value, deadLetter };
};

/** By Altinn's id. */
export const readInAltinn: ReadLetter = async ({ store }, correspondenceId) => {
  const correspondence = (await store.correspondences.read(correspondenceId))?.value;
  if (!correspondence) return undefined;
  const { link } = correspondence;
  return { correspondence, dispatch: link && (await store.dispatches.read(link.dispatchId))?.value };
};

/** By the name of its dead letter, unless it has a record of its own. */
export const readDead: ReadLetter = async ({ store }, name) => {
  const deadLetter = await readDeadLetter({ store }, name);
  const { dispatchId } = deadLetter?.value ?? {};
  const isOfDispatch = dispatchId !== undefined && name === deadLetterName(dispatchId);
  if (!deadLetter || (isOfDispatch && (await store.dispatches.read(dispatchId)))) return undefined;
  return { deadLetter };
};

/** By the id of its request, while nothing else is known of it. */
export const readRequested: ReadLetter = async ({ store }, requestId) => {
  const request = (await store.requests.read(requestId))?.value;
  if (!request?.single || isCancelOnly(request)) return undefined;
  const { single, digest } = request;
  const others = await Promise.all([
    store.dispatches.read(single.dispatchId),
    store.deadLetters.read(deadLetterName(single.dispatchId)),
    store.deadLetters.read(deadLetterName(digest)),
    findSent({ store }, requestId, single.dispatchId),
  ]);
  return others.every((other) => other === undefined) ? { request: { ...request, single } } : undefined;
};

/**
 * By the id of its dispatch or of its correspondence, or by the name of its dead letter. One that was sent at once is found
 * by the index.
 */
export const readLetter: ReadLetter = async (context, id) => {
  if (id.endsWith(".json")) {
    return (await readDead(context, id)) ?? readDispatched(context, id.slice(0, -".json".length));
  }
  const { store } = context;
  const [dispatched, inAltinn] = await Promise.all([readDispatched(context, id), readInAltinn(context, id)]);
  if (inAltinn) return inAltinn;
  if (dispatched?.correspondence) return dispatched;
  for await (const { id: correspondenceId } of store.correspondences.find(whereTag("dispatch", "=", id))) {
    const sent = await readInAltinn(context, correspondenceId);
    if (sent?.correspondence?.link?.dispatchId === id) return sent;
  }
  return dispatched ?? readDead(context, deadLetterName(id));
};

async function readDeadLetter({ store }: Pick<FindingContext, "store">, name: string) {
  const value: DeadLetter | undefined = (await store.deadLetters.read(name))?.value;
  return value && { name, value };
}

function isDead({ state }: DispatchRecord): boolean {
  return state !== "waiting" && state !== "sent" && state !== "cancelled";
}
