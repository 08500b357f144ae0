// What the first attempt at a single letter leaves behind when it needs no dispatch record: the letter's record, or a dead
// letter.
import { field } from "../requests/json.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { type DeadLetter, deadLetterName } from "../tracking/deadLetter.ts";
import type { Versioned } from "../tracking/stateStore.ts";
import { changeDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import type { DispatchRecord } from "./dispatchRecord.ts";
import { announceEnd } from "./outcomes.ts";
import type { RequestRecord, SingleDispatch } from "./requestRecord.ts";

/** The letter of a dispatch, by the index; the record itself is read before it is believed. */
export async function findSent(
  context: SendingContext,
  requestId: string,
  dispatchId: string,
): Promise<string | undefined> {
  for await (const { id } of context.store.correspondences.find(whereTag("request", "=", sha256(requestId)))) {
    const found = await context.store.correspondences.read(id);
    if (field(found?.value.link, "dispatchId") === dispatchId) return id;
  }
  return undefined;
}

/** The dead letter of a letter that Altinn refused. */
export async function findRefusal(
  { store }: SendingContext,
  { dispatchId, digest }: Pick<DispatchRecord, "dispatchId" | "digest">,
): Promise<DeadLetter | undefined> {
  const dead = (await store.deadLetters.read(deadLetterName(dispatchId)))?.value;
  return dead?.digest === digest ? dead : undefined;
}

/** Says again that a letter was refused: whoever kept its dead letter may have died before announcing it. */
export async function repeatRefusal(
  context: SendingContext,
  { requestId, digest }: RequestRecord,
  single: SingleDispatch,
  { end, endedAt, epoch, attempts, version: _version, ...letter }: DeadLetter,
): Promise<void> {
  await announceEnd(context, { ...letter, ...single, requestId, digest, epoch, attempts }, end, letter, endedAt);
}

/**
 * Ends a dispatch of which nothing is known but a first attempt in another invocation, if Altinn has refused that: its dead
 * letter tells. Whoever is refused keeps the dead letter and then looks for a dispatch; whoever runs the dispatch looks for
 * the dead letter first. So one of the two sees the other, and what was told as refused is not sent.
 * @returns the record as it ended; `undefined` if it goes on
 */
export async function endIfRefused(
  context: SendingContext,
  stored: Versioned<DispatchRecord>,
): Promise<DispatchRecord | undefined> {
  if (!isFirstAttemptOnly(stored.value)) return undefined;
  const dead = await findRefusal(context, stored.value);
  if (!dead) return undefined;
  const { end, endedAt, epoch, reason, errorCode, detail } = dead;
  const problem = {
    reason,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(detail === undefined ? {} : { detail }),
  };
  const changed = await changeDispatch(
    context,
    stored.value.dispatchId,
    (known) =>
      // Whoever was refused may have added what it knows meanwhile, and left the rest to the dispatch.
      known.state === "waiting" && known.epoch <= epoch && isFirstAttemptOnly(known)
        ? { ...known, state: end, problem, endedAt }
        : undefined,
    stored,
  );
  return changed?.value.state === end ? changed.value : undefined;
}

/** True while all that is known of is one attempt, whose outcome its own invocation knows. */
function isFirstAttemptOnly({ attempts }: DispatchRecord): boolean {
  return attempts.length === 1 && attempts[0]?.cause === undefined;
}
