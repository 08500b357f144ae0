// From a message on `correspondence-requests` to the request it brings: decoded, and fetched where it is a claim check.

import * as z from "zod";
import { rejectUnreadable, rejectWrong } from "../deadLetters/reject.ts";
import { isDone } from "../records/progress.ts";
import type { StateStore } from "../records/stateStore.ts";
import { MAX_REQUEST_BYTES, parseClaimCheck } from "../requests/claimCheck.ts";
import { decodeMessage, type Unreadable } from "../requests/decode.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import { claimedBlobProblem } from "../requests/rules.ts";
import { identityOf, readIdentity, type WrittenRequest } from "../requests/writtenRequest.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import { sha256 } from "../storage/tags.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { IntakeContext } from "./context.ts";

/** The blob that a claim check names, as it was read. */
export interface RequestClaim {
  readonly path: string;
  readonly etag: string;
}

/** What a message brought. */
export type OpenedMessage =
  | {
      readonly kind: "request";
      readonly written: WrittenRequest;
      /** Present where the request came in a blob that is still there. */
      readonly claim?: RequestClaim;
    }
  /** Refused, and told so. */
  | { readonly kind: "rejected" };

/**
 * Opens a message. What cannot be read, or is not where it says, is refused.
 *
 * @param brought the queue's id of the message, where its producer knows it by that
 */
export async function openMessage(
  context: IntakeContext,
  message: unknown,
  brought: Brought = {},
): Promise<OpenedMessage> {
  const decoded = decodeMessage(message);
  if (!decoded.ok) return refuseUnreadable(context, decoded, brought);
  const written = { ...readIdentity(decoded.value), ...brought };
  await context.traces.follow(written);
  const check = parseClaimCheck(decoded.value);
  if (!check) return { kind: "request", written };
  if (check.kind === "problems") return refuse(context, written, check.problems);
  const problem = claimedBlobProblem(check.path, context.rules.sender);
  return problem ? refuse(context, written, [problem]) : redeem(context, written, check.path, brought);
}

type Brought = Pick<WrittenRequest, "messageId">;

async function redeem(
  context: IntakeContext,
  pointer: WrittenRequest,
  path: string,
  brought: Brought,
): Promise<OpenedMessage> {
  const blob = await context.requestBlobs.read(path, MAX_REQUEST_BYTES);
  if (blob.kind === "missing") {
    // It may have been there when an earlier delivery came further.
    const known = await readNoted(context, path);
    if (known) return { kind: "request", written: await inTraceOf(context, { ...known, ...brought }, pointer) };
    const detail = `requestBlob: there is no such blob in correspondence-requests. Put it there before the message.`;
    return refuse(context, pointer, [], { reason: "requestBlobMissing", detail });
  }
  if (blob.kind === "tooLarge") return refuse(context, pointer, [TOO_LARGE]);
  const decoded = decodeMessage(blob.content);
  if (!decoded.ok) return refuseUnreadable(context, decoded, brought);
  const written = await inTraceOf(context, { ...readIdentity(decoded.value), ...brought }, pointer);
  if (parseClaimCheck(decoded.value)) return refuse(context, written, [LEADS_ON]);
  return { kind: "request", written, claim: { path, etag: blob.etag } };
}

/** The request as its blob says; where that names no trace, in that of the message which led to it. */
async function inTraceOf(
  { traces }: IntakeContext,
  written: WrittenRequest,
  pointer: WrittenRequest,
): Promise<WrittenRequest> {
  const traced = written.traceparent === undefined ? { ...written, ...traceOf(pointer) } : written;
  await traces.follow(traced);
  return traced;
}

const TOO_LARGE: RuleProblem = {
  path: "requestBlob",
  rule: "maxSize",
  message: "Is larger than 32 MB. Spread the recipients over several requests.",
};

const LEADS_ON: RuleProblem = {
  path: "requestBlob",
  rule: "claimCheck",
  message: "Leads to another claim check. It must hold the request itself.",
};

async function refuse(...rejection: Parameters<typeof rejectWrong>): Promise<OpenedMessage> {
  await rejectWrong(...rejection);
  return { kind: "rejected" };
}

async function refuseUnreadable(
  context: IntakeContext,
  decoded: Unreadable,
  { messageId }: Brought,
): Promise<OpenedMessage> {
  await rejectUnreadable(context, decoded, messageId);
  return { kind: "rejected" };
}

/** Versions before 2026-11-29 noted no id. */
const pointerSchema = z.object({ version: z.literal(1), digest: z.string(), requestId: z.string().exactOptional() });

/** Notes which accepted request a blob holds, so that a later delivery finds it when the blob is gone. */
export async function notePath(
  { store }: { readonly store: StateStore },
  path: string,
  { digest, requestId }: Pick<WrittenRequest, "digest" | "requestId">,
): Promise<void> {
  const name = pointerName(path);
  for (let race = 0; race < 5; race++) {
    const stored = await store.documents.read(name);
    if (pointerSchema.safeParse(stored?.value).data?.digest === digest) return;
    const value = { version: 1, digest, requestId };
    const etag = stored
      ? await store.documents.replace(name, value, stored.etag)
      : await store.documents.create(name, value);
    if (etag !== undefined) return;
  }
}

/** What a blob that is gone held, if it was accepted; no more than what identifies it if its letters are done, and its content is gone. */
async function readNoted(context: { readonly store: StateStore }, path: string): Promise<WrittenRequest | undefined> {
  const { store } = context;
  const note = pointerSchema.safeParse((await store.documents.read(pointerName(path)))?.value).data;
  if (!note) return undefined;
  const accepted = await store.accepted.read(note.digest);
  if (accepted) return identityOf(accepted.value);
  const { digest, requestId } = note;
  const record = requestId === undefined ? undefined : (await store.requests.read(requestId))?.value;
  if (record?.digest !== digest || !(await isDone(context, record))) return undefined;
  return identityOf({ message: undefined, digest, requestId: record.requestId });
}

/** Where it is noted which request a blob holds. */
function pointerName(path: string): string {
  return recordName(FOLDERS.claimChecks, sha256(path));
}
