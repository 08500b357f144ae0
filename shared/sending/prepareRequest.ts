// What a preparation message on `dispatches` becomes: the next steps before the letters of a request can go.
import { HOUR } from "../clock.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { parseRequest } from "../requests/parseRequest.ts";
import { sha256 } from "../storage/tags.ts";
import { acceptDispatch, putPreparation } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { waitThatCounts } from "./decide.ts";
import { delayBeforeNext } from "./delays.ts";
import { isForged, type PreparationMessage } from "./dispatchMessage.ts";
import { cancelNext, dispatchTo, fanOut } from "./fanOut.ts";
import {
  isCancelling,
  lostPreparation,
  nextPreparationStep,
  type Preparation,
  type PreparationStep,
  preparationOf,
  withoutUnused,
} from "./preparation.ts";
import { change, changeRequest, endWith, type Work } from "./preparationWork.ts";
import { identityOf } from "./recordRequest.ts";
import { endLost, rejectWrong } from "./reject.ts";
import { isCancelOnly, type RequestRecord } from "./requestRecord.ts";
import { problemOf, rulesOnceAccepted } from "./ruleProblem.ts";
import { takeUploadStep } from "./uploadStep.ts";
import { type Later, purgeUpload, type UploadFailure } from "./uploads.ts";

/** What became of a preparation message. */
export type PreparationOutcome = "prepared" | "waiting" | "outOfDate" | "unknown";

/** How long a request waits whose stored content cannot be found: storage must be mended first. */
const WAIT_FOR_STORAGE = HOUR;

/** So often in a row an attachment that no letter uses could not be purged, within about three days: it is left behind. */
const MOST_PURGES = 20;

/** Enough bytes for one invocation: the next file gets one of its own, with the whole of its time. */
const BYTES_AT_ONCE = 256 * 1024 * 1024;

/** Enough calls for one invocation. */
const STEPS_AT_ONCE = 200;

/** Takes a request as far as it comes now. Throws only when storage fails: then the host tries again. */
export async function prepareRequest(
  context: SendingContext,
  message: PreparationMessage,
): Promise<PreparationOutcome> {
  const { requestHash } = message;
  const stored = await context.store.requestsByHash.read(requestHash);
  if (!stored || isCancelOnly(stored.value)) {
    context.telemetry.alert("requestUnknown", { requestHash });
    return "unknown";
  }
  const { generation } = preparationOf(stored.value);
  if (message.generation < generation) return "outOfDate";
  if (isForged(message.generation, generation)) {
    context.telemetry.alert("requestUnknown", { requestHash, generation: message.generation });
    return "unknown";
  }
  const accepted = (await context.store.accepted.read(stored.value.digest))?.value;
  const parsed = accepted && parseRequest(accepted.message, rulesOnceAccepted(context));
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
        const result = await purgeUpload(context, next.attachmentId);
        if (result.kind === "later") {
          if (preparationOf(work.known.value).failures < MOST_PURGES) return tryLater(work, generation, result);
          context.telemetry.warn("attachmentNotPurged", {
            attachmentId: next.attachmentId,
            ...fieldsOf(result.failure),
          });
        }
        await change(work, (preparation) => withoutUnused(preparation, next.attachmentId));
        break;
      }
      case "cancel": {
        work.known = await cancelNext(context, work.known, recipientsOf(work));
        if (isCancelling(work.known.value)) return putOff(work, generation, 0);
        break;
      }
      case "fanOut": {
        work.known = await fanOut(context, work.known, recipientsOf(work));
        if (work.known.value.fannedOut < work.known.value.total) return putOff(work, generation, 0);
        break;
      }
      default: {
        const result = await takeUploadStep(work, next.step, next.index);
        if (result) return tryLater(work, generation, result);
      }
    }
  }
  return putOff(work, generation, 0);
}

/** What is done for the files and the letters of a request goes by its content; what ends it, and whom it is cancelled for, may not. */
function needsContent(step: PreparationStep["step"], { single }: RequestRecord): boolean {
  if (step === "cancel") return !single;
  return step === "initialize" || step === "upload" || step === "check" || step === "fanOut";
}

/** The content may come back, by somebody who mends storage or drops the request again. After too long, the request ends. */
async function waitForContent(work: Work, generation: number): Promise<PreparationOutcome | undefined> {
  const { context, known } = work;
  context.telemetry.alert("acceptedRequestMissing", { requestHash: sha256(known.value.requestId) });
  const waited = await waitedFor(work, true);
  if (waited.isOver) {
    await changeRequest(work, (record) => lostPreparation(record, context.clock.now()));
    return undefined;
  }
  return putOff(work, generation, WAIT_FOR_STORAGE, waited.failing);
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
    const how = { ...problem, end, epoch: preparationOf(record).epoch ?? 0 };
    if (accepted) await rejectWrong(context, identityOf(accepted), [], how);
    else await endLost(context, record, how);
  }
  await changeRequest(work, (known) => ({
    ...known,
    fannedOut: known.single ? 1 : known.fannedOut,
    preparation: { ...preparationOf(known), ended: { ...ended, isTold: true } },
  }));
}

/** Puts the next message off because a call failed; after too long, the request ends. */
async function tryLater(work: Work, generation: number, { failure, isOurSetUp }: Later): Promise<PreparationOutcome> {
  const { context } = work;
  const fields = { requestHash: sha256(work.known.value.requestId), ...fieldsOf(failure) };
  if (isOurSetUp) context.telemetry.alert("altinnRefusesOurSetUp", fields);
  else context.telemetry.warn("uploadFailed", fields);
  const isAnswer = failure.errorCode !== undefined || failure.cause === "lostByAltinn";
  const { isOver, failing } = await waitedFor(work, isAnswer);
  if (isOver) {
    const reason = isOurSetUp ? "notAuthorised" : "altinnKeepsFailing";
    await endWith(work, "gaveUp", { reason, ...(failure.status === undefined ? {} : { status: failure.status }) });
  }
  const { retryAfterMs } = failure;
  const delayMs = delayBeforeNext({ attempts: failing.failures, retryAfterMs, isOurSetUp, random: context.random() });
  return putOff(work, generation, delayMs, failing);
}

type Failing = Pick<Preparation, "failures" | "failedAt" | "countedWait">;

/** One more try that came to nothing, and whether it has been enough. `isAnswer`: it is not for Altinn that it has to wait. */
async function waitedFor(work: Work, isAnswer: boolean): Promise<{ isOver: boolean; failing: Failing }> {
  const { clock, contact, rules } = work.context;
  const { failures, failedAt, countedWait: before, nextStepAt } = preparationOf(work.known.value);
  const now = clock.now();
  const wait = { since: failedAt ?? now, until: Math.min(now, nextStepAt), isAnswer };
  const countedWait = before + waitThatCounts(wait, await contact.read(), rules.giveUpAfter);
  return {
    isOver: countedWait >= rules.giveUpAfter,
    failing: { failures: failures + 1, failedAt: now, countedWait },
  };
}

function fieldsOf({ call, cause, status, errorCode }: UploadFailure): Record<string, string | number> {
  return {
    call,
    cause,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
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
