// One letter received: stored, then told, then recorded as that; or told why it can't be.
import { MINUTE } from "../clock.ts";
import type { NotReceivedReason, ReceiptRecord, ToldLetter } from "../records/receiptRecord.ts";
import { inboxDocument } from "../storage/names.ts";
import type { ReceivingContext } from "./context.ts";
import type { StoredLetter } from "./document.ts";
import { storeLetter } from "./storeLetter.ts";
import { tell } from "./tell.ts";
import { isOverdue, type StepDone, tryLater } from "./turn.ts";

/** Altinn may tell of a letter a moment before it shows it: for so long one that is not there is asked for again. */
const TO_APPEAR = 5 * MINUTE;

/** Receives a letter. Throws only when storage fails. */
export async function receive(context: ReceivingContext, record: ReceiptRecord): Promise<StepDone> {
  const { clock, telemetry, rules } = context;
  const { correspondenceId, resourceId, heardAt } = record;
  const now = clock.now();
  const storing = await storeLetter(context, record, isOverdue(record, heardAt, rules.giveUpAfter, now));
  if (storing.kind === "stored") {
    const { letter, files, receivedAt } = storing.stored;
    const told = files.map(({ attachmentId, blob, problem }) => ({ attachmentId, blob, problem }));
    await tell(context, (make) => make.received(letter, inboxDocument(correspondenceId), told, receivedAt));
    telemetry.info("letterReceived", { correspondenceId, resourceId, total: files.length });
    const isWhole = files.every(({ problem }) => problem === undefined);
    const wishes = {
      ...(rules.onStored.read ? { read: receivedAt } : {}),
      ...(rules.onStored.confirm && isWhole && letter.isConfirmationNeeded ? { confirm: receivedAt } : {}),
    };
    return {
      change: (known) => ({
        ...known,
        attempts: 0,
        receivedAt,
        told: toldOf(storing.stored),
        wishes: { ...wishes, ...known.wishes },
      }),
    };
  }
  const isLost = isOverdue(record, heardAt, rules.loseAfter, now);
  if (storing.kind === "gone") {
    return now - heardAt < TO_APPEAR
      ? tryLater(context, record, { call: OVERVIEW, cause: "status", status: 404 }, false)
      : notReceived(context, record, "purged", now);
  }
  if (storing.kind === "refused") {
    const { status, errorCode } = storing;
    const code = errorCode === undefined ? {} : { errorCode };
    return isLost
      ? notReceived(context, record, "notAuthorised", now)
      : tryLater(context, record, { call: OVERVIEW, cause: "status", status, ...code }, true);
  }
  return isLost ? notReceived(context, record, "altinnKeepsFailing", now) : tryLater(context, record, storing);
}

/** What its record notes of it: what was told, and nothing of what is in it. */
function toldOf({ letter, files }: StoredLetter): ToldLetter {
  const { sender: sentBy, sendersReference, published, dueDateTime, isConfirmationNeeded } = letter;
  return {
    ...(sentBy === undefined ? {} : { sentBy }),
    ...(sendersReference ? { sendersReference } : {}),
    ...(published === undefined ? {} : { published }),
    ...(dueDateTime === undefined ? {} : { dueAt: dueDateTime }),
    isConfirmationNeeded,
    files: files.map(({ attachmentId, sizeBytes, problem }) => ({
      attachmentId,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(problem === undefined ? {} : { problem }),
    })),
  };
}

const OVERVIEW = "GET /correspondence/{id}";

async function notReceived(
  context: ReceivingContext,
  { correspondenceId, resourceId }: ReceiptRecord,
  reason: NotReceivedReason,
  at: number,
): Promise<StepDone> {
  await tell(context, (make) => make.notReceived(correspondenceId, resourceId, reason, at));
  // One that is deleted is its sender's doing; another is lost to us.
  if (reason === "purged") context.telemetry.warn("letterNotReceived", { correspondenceId, resourceId, reason });
  else context.telemetry.alert("letterNotReceived", { correspondenceId, resourceId, reason });
  return { change: (known) => ({ ...known, attempts: 0, notReceived: { at, reason } }) };
}
