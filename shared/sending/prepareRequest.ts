// What a preparation message on `dispatches` becomes: the next steps before the letters of a request can go.
import { HOUR } from "../clock.ts";
import { field, items } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import { type CorrespondenceRequest, parseRequest } from "../requests/parseRequest.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { sha256 } from "../storage/tags.ts";
import { type AcceptedRequest, changeRecord, type Versioned } from "../tracking/stateStore.ts";
import { acceptDispatch, putPreparation } from "./accept.ts";
import type { SendingContext } from "./context.ts";
import { isWaitOver, waitThatCounts } from "./decide.ts";
import { delayBeforeNext } from "./delays.ts";
import { isForged, type PreparationMessage } from "./dispatchMessage.ts";
import type { Problem, UnsentEnd } from "./dispatchRecord.ts";
import { cancelNext, dispatchTo, fanOut } from "./fanOut.ts";
import { findFile } from "./files.ts";
import {
  allUnused,
  endedPreparation,
  isCancelling,
  isClaimed,
  nextPreparationStep,
  type Preparation,
  preparationOf,
  type Upload,
  withUpload,
} from "./preparation.ts";
import { identityOf } from "./recordRequest.ts";
import { rejectWrong } from "./reject.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { problemOf } from "./ruleProblem.ts";
import { noteUpload } from "./uploadPointers.ts";
import { checkUpload, initializeUpload, type Later, longestUpload, purgeUpload, uploadBytes } from "./uploads.ts";

/** What became of a preparation message. */
export type PreparationOutcome = "prepared" | "waiting" | "outOfDate" | "unknown";

/** How long a request waits whose stored content cannot be found: storage must be mended first. */
const WAIT_FOR_STORAGE = HOUR;

/** Enough bytes for one invocation: the next file gets one of its own, with the whole of its time. */
const BYTES_AT_ONCE = 256 * 1024 * 1024;

/** Enough calls for one invocation. */
const STEPS_AT_ONCE = 200;

interface Work {
  readonly context: SendingContext;
  readonly accepted: AcceptedRequest;
  /** The request as it is now read; absent when it does not pass the rules any more. */
  readonly request: CorrespondenceRequest | undefined;
  readonly problem: Problem | undefined;
  known: Versioned<RequestRecord>;
  /** The upload whose scan has been asked about in vain. */
  checked: number | undefined;
  bytes: number;
}

/** Takes a request as far as it comes now. Throws only when storage fails: then the host tries again. */
export async function prepareRequest(
  context: SendingContext,
  message: PreparationMessage,
): Promise<PreparationOutcome> {
  const accepted = await context.store.accepted.read(message.digest);
  if (!accepted) {
    context.telemetry.alert("acceptedRequestMissing");
    await context.queues.put(QUEUES.dispatches, queueText(message), { delayMs: WAIT_FOR_STORAGE });
    return "waiting";
  }
  const stored = await context.store.requests.read(accepted.value.requestId);
  if (stored?.value.digest !== message.digest) {
    context.telemetry.alert("requestUnknown", { requestHash: sha256(accepted.value.requestId) });
    return "unknown";
  }
  const { generation } = preparationOf(stored.value);
  if (message.generation < generation) return "outOfDate";
  if (isForged(message.generation, generation)) {
    context.telemetry.alert("requestUnknown", { generation: message.generation });
    return "unknown";
  }
  const now = new Date(context.clock.now());
  const parsed = parseRequest(accepted.value.message, { ...context.rules, now });
  const work: Work = {
    context,
    accepted: accepted.value,
    request: parsed.ok ? parsed.request : undefined,
    problem: parsed.ok ? undefined : problemOf(parsed.problems),
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
        if (result.kind === "later") return tryLater(work, generation, result);
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

/** One call for one upload, by whoever's claim to it was written first. Gives what failed, to be tried later. */
async function takeUploadStep(
  work: Work,
  step: "initialize" | "upload" | "check",
  index: number,
): Promise<Later | undefined> {
  const { context, request, accepted } = work;
  if (!request) throw new Error("A request that does not pass the rules has no uploads");
  if (step === "check") {
    const upload = preparationOf(work.known.value).uploads[index];
    if (upload) return settle(work, index, undefined, await checkUpload(context, request, index, upload));
    return undefined;
  }
  // Whoever replays a request may have mended its files.
  const isReplayed = (preparationOf(work.known.value).epoch ?? 0) > 0;
  const found = await findFile(context.attachments, request, index, isReplayed ? {} : accepted.attachmentEtags);
  if (found.kind === "problem") {
    await endWith(work, "rejected", found.problem);
    return undefined;
  }
  const { file } = found;
  const claimed = await claim(work, index, longestUpload(step === "upload" ? file.sizeBytes : 0));
  if (!claimed) return undefined;
  if (step === "upload") work.bytes += file.sizeBytes;
  const result =
    step === "initialize"
      ? await initializeUpload(context, request, index, file)
      : await uploadBytes(context, request, index, file, claimed.upload);
  return settle(work, index, claimed.by, result);
}

/** Claims an upload for one call; `undefined` if another invocation was faster. */
async function claim(work: Work, index: number, ms: number): Promise<{ by: string; upload: Upload } | undefined> {
  const { context } = work;
  const by = context.newId();
  const now = context.clock.now();
  const expected = preparationOf(work.known.value).uploads[index]?.state;
  await changeRequest(work, (record) => {
    const upload = preparationOf(record).uploads[index];
    if (!upload || upload.state !== expected || isClaimed(upload, now)) return undefined;
    return withUpload(record, index, (known) => ({ ...known, claim: { by, until: now + ms } }));
  });
  const upload = preparationOf(work.known.value).uploads[index];
  return upload?.claim?.by === by ? { by, upload } : undefined;
}

/** Records what a call came to. */
async function settle(
  work: Work,
  index: number,
  by: string | undefined,
  result: Awaited<ReturnType<typeof checkUpload>>,
): Promise<Later | undefined> {
  const { context } = work;
  if (result.kind === "never") {
    await endWith(work, "rejected", result.problem);
    return undefined;
  }
  const before = preparationOf(work.known.value).uploads[index];
  await changeRequest(work, (record) => {
    const upload = preparationOf(record).uploads[index];
    // Another invocation has taken over, the request has ended, or begins again.
    if (!upload || upload.claim?.by !== by || upload.attachmentId !== before?.attachmentId) return undefined;
    const { claim: _given, ...free } = upload;
    const changed = withUpload(record, index, () => (result.change ? result.change(free) : free));
    const preparation = preparationOf(changed);
    if (result.kind === "later") return changed;
    const unused = preparation.isSettled
      ? allUnused(preparation)
      : [...preparation.unused, ...(result.unused === undefined ? [] : [result.unused])];
    return { ...changed, preparation: { ...preparation, unused, failures: 0 } };
  });
  const after = preparationOf(work.known.value).uploads[index];
  if (after?.attachmentId !== undefined && after.attachmentId !== before?.attachmentId) {
    await noteUpload(context, after.attachmentId, work.known.value);
  }
  if (result.kind === "later") return result;
  if (after?.state === "uploaded") work.checked = before?.state === "uploaded" ? index : undefined;
  return undefined;
}

/** No letter comes of the request. What has gone further already is left alone. */
async function endWith(work: Work, end: UnsentEnd, problem: Problem): Promise<void> {
  await changeRequest(work, (record) => endedPreparation(record, end, problem, work.context.clock.now()));
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
    await rejectWrong(context, identityOf(accepted), [], { ...problem, end, epoch: preparationOf(record).epoch ?? 0 });
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
  const record = work.known.value;
  const before = preparationOf(record);
  const now = context.clock.now();
  const fields = {
    requestHash: sha256(record.requestId),
    call: failure.call,
    cause: failure.cause,
    ...(failure.status === undefined ? {} : { httpStatus: failure.status }),
    ...(failure.errorCode === undefined ? {} : { errorCode: failure.errorCode }),
  };
  if (isOurSetUp) context.telemetry.alert("altinnRefusesOurSetUp", fields);
  else context.telemetry.warn("uploadFailed", fields);
  const contact = await context.contact.read();
  const counted = waitThatCounts(before.failedAt ?? now, now, failure.errorCode !== undefined, contact);
  const countedWait = before.countedWait + counted;
  const since = before.replayedAt ?? record.createdAt;
  if (isWaitOver({ countedWait, since }, now, context.rules.giveUpAfter)) {
    const reason = isOurSetUp ? "notAuthorised" : "altinnKeepsFailing";
    await endWith(work, "gaveUp", { reason, ...(failure.status === undefined ? {} : { status: failure.status }) });
  }
  const failures = before.failures + 1;
  const { retryAfterMs } = failure;
  const delayMs = delayBeforeNext({ attempts: failures, retryAfterMs, isOurSetUp, random: context.random() });
  return putOff(work, generation, delayMs, { failures, failedAt: now, countedWait });
}

/** Message n + 1 first, then generation n + 1 in the record: should the process die between them, the chain goes on. */
async function putOff(
  work: Work,
  generation: number,
  delayMs: number,
  failing: Partial<Pick<Preparation, "failures" | "failedAt" | "countedWait">> = {},
): Promise<PreparationOutcome> {
  const { context } = work;
  const next = generation + 1;
  await putPreparation(context, work.accepted.digest, next, delayMs);
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

function withoutUnused(preparation: Preparation, attachmentId: string): Preparation {
  return { ...preparation, unused: preparation.unused.filter((id) => id !== attachmentId), failures: 0 };
}

function change(work: Work, how: (preparation: Preparation) => Preparation): Promise<void> {
  return changeRequest(work, (record) => ({ ...record, preparation: how(preparationOf(record)) }));
}

async function changeRequest(work: Work, how: (record: RequestRecord) => RequestRecord | undefined): Promise<void> {
  const changed = await changeRecord(work.context.store.requests, work.known.value.requestId, how, work.known);
  if (!changed) throw new Error("The record of a request is gone while it is prepared");
  work.known = changed;
}

/** As written; read leniently, since the request may not pass the rules any more. */
function recipientsOf({ request, accepted }: Work): readonly string[] {
  if (request) return request.recipients;
  return items(field(withCanonicalNames(accepted.message), "recipients")).filter((one) => typeof one === "string");
}
