// What a preparation message on `dispatches` becomes: the next steps before the letters of a request can go.

import { cancelGoneOut } from "../cancelling/cancel.ts";
import { tellEndOfRequest } from "../deadLetters/reject.ts";
import { waitThatCounts } from "../letters/decide.ts";
import { delayAfterFailure, fieldsOfFailure, gaveUpOn, type Later, noteFailedCall } from "../letters/failedCalls.ts";
import { problemOf, rulesOnceAccepted } from "../letters/ruleProblem.ts";
import { WAIT_FOR_CONTENT } from "../letters/run.ts";
import { acceptDispatch, putPreparation } from "../messages/dispatches.ts";
import { isForged, type PreparationMessage } from "../messages/dispatchMessage.ts";
import {
  cancelledUnknown,
  isCancelling,
  lostPreparation,
  nextPreparationStep,
  type PreparationStep,
  preparationOf,
  withoutUnused,
} from "../records/preparation.ts";
import { isCancelOnly, type RequestRecord } from "../records/requestRecord.ts";
import type { UploadSet } from "../records/uploadSet.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import { sha256 } from "../storage/tags.ts";
import type { PreparingContext } from "./context.ts";
import { cancelNext, dispatchTo, fanOut, visitPassedOver } from "./fanOut.ts";
import { change, changeRequest, endWith, type Work } from "./preparationWork.ts";
import { takeUploadStep } from "./uploadStep.ts";
import { purgeUpload } from "./uploads.ts";

/** What became of a preparation message. */
export type PreparationOutcome = "prepared" | "waiting" | "outOfDate" | "unknown";

/** So often in a row an attachment that no letter uses could not be purged, within about three days: it is left behind. */
const MOST_PURGES = 20;

/** Enough bytes for one invocation: the next file gets one of its own, with the whole of its time. */
const BYTES_AT_ONCE = 256 * 1024 * 1024;

/** Enough calls for one invocation. */
const STEPS_AT_ONCE = 200;

/** Takes a request as far as it comes now. Throws only when storage fails: then the host tries again. */
export async function prepareRequest(
  context: PreparingContext,
  message: PreparationMessage,
): Promise<PreparationOutcome> {
  const { requestHash } = message;
  const stored = await context.store.requestsByHash.read(requestHash);
  if (!stored || isCancelOnly(stored.value)) {
    context.telemetry.alert("requestUnknown", { requestHash });
    return "unknown";
  }
  await context.traces.follow(stored.value);
  const { generation } = preparationOf(stored.value);
  if (message.generation < generation) return "outOfDate";
  if (isForged(message.generation, generation)) {
    context.telemetry.alert("requestUnknown", { requestHash, generation: message.generation });
    return "unknown";
  }
  const accepted = (await context.store.accepted.read(stored.value.digest))?.value;
  const parsed = accepted && (await parseRequest(accepted.message, rulesOnceAccepted(context)));
  const work: Work = {
    context,
    accepted,
    request: parsed?.ok ? parsed.request : undefined,
    problem: parsed && !parsed.ok ? problemOf(parsed.problems) : undefined,
    known: stored,
    checked: undefined,
    bytes: 0,
  };
  return goOn(work, message.generation);
}

async function goOn(work: Work, generation: number): Promise<PreparationOutcome> {
  const { context } = work;
  for (let steps = 0; steps < STEPS_AT_ONCE && work.bytes < BYTES_AT_ONCE; steps++) {
    if (work.problem && !isCancelling(work.known.value)) await endWith(work, "rejected", work.problem);
    const next = nextPreparationStep(work.known.value, context.clock.now(), work.checked);
    if (!work.accepted && needsContent(next.step, work.known.value)) {
      const delayed = await waitForContent(work, generation);
      if (delayed) return delayed;
      continue;
    }
    switch (next.step) {
      case "none":
        return "prepared";
      case "wait":
        return putOff(work, generation, next.delayMs);
      case "tellEnd":
        await tellEnd(work);
        break;
      case "purge": {
        const result = await purgeUpload(context, work.known.value.resourceId, next.attachmentId);
        if (result.kind === "later") {
          const failures = preparationOf(work.known.value).failures + 1;
          // Whether it comes to anything or not, no letter waits for it.
          if (failures <= MOST_PURGES) {
            return putOff(work, generation, delayAfterFailure(context, result, failures), { failures });
          }
          const { attachmentId } = next;
          context.telemetry.warn("attachmentNotPurged", { attachmentId, ...fieldsOfFailure(result.failure) });
        }
        await change(work, (preparation) => withoutUnused(preparation, next.attachmentId));
        break;
      }
      case "cancel": {
        // Whom letters have gone out to only the index still tells.
        if (!work.accepted && !work.known.value.single) {
          await cancelGoneOut(context, work.known.value);
          await changeRequest(work, (record) => cancelledUnknown(record, context.clock.now()));
          break;
        }
        await cancelNext(work, recipientsOf(work));
        if (isCancelling(work.known.value)) return putOff(work, generation, 0);
        break;
      }
      case "fanOut": {
        await fanOut(work, recipientsOf(work));
        if (work.known.value.fannedOut < work.known.value.total) return putOff(work, generation, 0);
        break;
      }
      case "passedOver": {
        await visitPassedOver(work, recipientsOf(work));
        if (work.known.value.passedOver) return putOff(work, generation, WAIT_FOR_CONTENT);
        break;
      }
      default: {
        const result = await takeUploadStep(work, next);
        if (result.kind === "later") return tryLater(work, generation, result);
        if (result.kind === "never") await endWith(work, result.end, result.problem);
        else {
          work.bytes += result.bytes;
          work.checked = result.isWaiting ? next.index : undefined;
        }
      }
    }
  }
  return putOff(work, generation, 0);
}

/** What is done for the files and the letters of a request goes by its content; what ends it, and what stops its letters, does not. */
function needsContent(step: PreparationStep["step"], { single, isFanningOut, fannedOut }: RequestRecord): boolean {
  if (step === "passedOver") return !single;
  // Whom letters have gone out to the index tells as well; whom they would have gone to, nobody else.
  if (step === "cancel") return !single && !isFanningOut && fannedOut === 0;
  return step === "initialize" || step === "upload" || step === "check" || step === "fanOut";
}

/** The content may come back, by somebody who mends storage or drops the request again. After too long, the request ends. */
async function waitForContent(work: Work, generation: number): Promise<PreparationOutcome | undefined> {
  const { context, known } = work;
  context.telemetry.alert("acceptedRequestMissing", { requestHash: sha256(known.value.requestId) });
  const failing = await failedOnce(work, true);
  if (failing.countedWait >= context.rules.giveUpAfter) {
    await changeRequest(work, (record) => lostPreparation(record, context.clock.now()));
    return undefined;
  }
  return putOff(work, generation, WAIT_FOR_CONTENT, failing);
}

/** The dead letter and the announcement of the end: of the one letter where there is one recipient, else of the whole request. */
async function tellEnd(work: Work): Promise<void> {
  const { context, accepted } = work;
  const record = work.known.value;
  const { ended } = preparationOf(record);
  if (!ended) return;
  const { end, at, isTold: _told, ...problem } = ended;
  if (record.single) {
    const { namespace } = await context.deployment();
    const dispatch = dispatchTo(record, record.single.recipient, namespace, context.clock.now());
    await acceptDispatch(context, { ...dispatch, closing: { ...problem, end, since: at } }, 0);
  } else {
    await tellEndOfRequest(context, record, ended, accepted);
  }
  await changeRequest(work, (known) => ({
    ...known,
    fannedOut: known.single ? 1 : known.fannedOut,
    preparation: { ...preparationOf(known), ended: { ...ended, isTold: true } },
  }));
}

/** Puts the next message off because a call failed; after too long, the request ends. */
async function tryLater(work: Work, generation: number, later: Later): Promise<PreparationOutcome> {
  const { context, known } = work;
  const about = { requestHash: sha256(known.value.requestId) };
  noteFailedCall(context, later, known.value.resourceId, about, (fields) =>
    context.telemetry.warn("uploadFailed", fields),
  );
  const failing = await failedOnce(
    work,
    later.failure.errorCode !== undefined || later.failure.cause === "lostByAltinn",
  );
  if (failing.countedWait >= context.rules.giveUpAfter) await endWith(work, "gaveUp", gaveUpOn(later));
  return putOff(work, generation, delayAfterFailure(context, later, failing.failures), failing);
}

type Failing = Pick<UploadSet, "failures" | "failedAt" | "countedWait">;

/** One more try that came to nothing. `isAnswer`: it is not for Altinn that it has to wait. */
async function failedOnce({ context, known }: Work, isAnswer: boolean): Promise<Failing> {
  const { clock, contact, rules } = context;
  const { failures, failedAt, countedWait, nextStepAt } = preparationOf(known.value);
  const now = clock.now();
  const wait = { since: failedAt ?? now, until: Math.min(now, nextStepAt), isAnswer };
  const counted = countedWait + waitThatCounts(wait, await contact.read(), rules.giveUpAfter);
  return { failures: failures + 1, failedAt: now, countedWait: counted };
}

/** Message n + 1 first, then generation n + 1 in the record: should the process die between them, the chain goes on. */
async function putOff(
  work: Work,
  generation: number,
  delayMs: number,
  failing: Partial<Failing> = {},
): Promise<PreparationOutcome> {
  const { context } = work;
  const next = generation + 1;
  await putPreparation(context, work.known.value, next, delayMs);
  const nextStepAt = context.clock.now() + delayMs;
  await change(work, (preparation) => ({
    ...preparation,
    ...failing,
    ...(preparation.generation >= next ? {} : { generation: next, nextStepAt }),
  }));
  context.telemetry.info("preparationWaiting", {
    requestHash: sha256(work.known.value.requestId),
    sender: context.senders.of(work.known.value.resourceId)?.name,
    generation: next,
    delaySeconds: Math.round(delayMs / 1000),
  });
  return "waiting";
}

/** As written; read leniently, since the request may not pass the rules any more. */
function recipientsOf({ request, accepted, known }: Work): readonly string[] {
  if (known.value.single) return [known.value.single.recipient];
  if (request) return request.recipients;
  return items(field(withCanonicalNames(accepted?.message), "recipients")).filter((one) => typeof one === "string");
}
