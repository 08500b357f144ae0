// What the first attempt at a single letter leaves behind when it needs no dispatch record: the letter's record, or a dead
// letter.
import { field } from "../requests/json.ts";
import { sha256, whereTag } from "../storage/tags.ts";
import { type DeadLetter, deadLetterName } from "../tracking/deadLetter.ts";
import { changeDispatch } from "./accept.ts";
import type { SendingContext } from "./context.ts";
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
  { digest }: RequestRecord,
  { dispatchId }: SingleDispatch,
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

/** The first invocation may have been refused by Altinn while this one made a dispatch record: then that is how it ends. */
export async function endIfRefusedMeanwhile(
  context: SendingContext,
  record: RequestRecord,
  single: SingleDispatch,
): Promise<void> {
  const dead = await findRefusal(context, record, single);
  if (!dead) return;
  const { end, endedAt, epoch, reason, errorCode, detail } = dead;
  const problem = {
    reason,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(detail === undefined ? {} : { detail }),
  };
  await changeDispatch(context, single.dispatchId, (known) =>
    known.state === "waiting" && known.epoch <= epoch ? { ...known, state: end, problem, endedAt } : undefined,
  );
}
