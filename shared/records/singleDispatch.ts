// What has come of the one letter of a request: its dispatch, or, where the first attempt was taken, the letter alone.

import { field } from "../requests/json.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { deadLetterName, endedDispatchOf } from "./deadLetter.ts";
import type { DispatchRecord } from "./dispatchRecord.ts";
import type { StateStore } from "./stateStore.ts";

/** Records as this asks for them. */
interface Context {
  readonly store: StateStore;
}

/**
 * The dispatch of a letter. Versions before 2026-11-29 left but a dead letter of what was refused at the first attempt: that
 * tells as much, and becomes its record.
 */
export async function findDispatch(
  { store }: Context,
  dispatchId: string,
  digest: string,
): Promise<DispatchRecord | undefined> {
  const known = (await store.dispatches.read(dispatchId))?.value;
  if (known) return known;
  const dead = (await store.deadLetters.read(deadLetterName(dispatchId)))?.value;
  const ended = dead?.digest === digest ? endedDispatchOf(dead) : undefined;
  if (!ended) return undefined;
  await store.dispatches.create(dispatchId, ended);
  return (await store.dispatches.read(dispatchId))?.value;
}

/** The letter of a dispatch, by the index; the record itself is read before it is believed. */
export async function findSent({ store }: Context, requestId: string, dispatchId: string): Promise<string | undefined> {
  for await (const { id } of store.correspondences.find(whereTag("request", "=", sha256(requestId)))) {
    const found = await store.correspondences.read(id);
    if (field(found?.value.link, "dispatchId") === dispatchId) return id;
  }
  return undefined;
}
