// A dead letter: a request that will not be sent, kept whole with the reason, so that it can be mended and replayed.
import * as z from "zod";
import type { EndReason } from "../altinn/endReason.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { timestamp } from "../clock.ts";
import { field } from "../requests/json.ts";
import { withCanonicalNames } from "../requests/names.ts";
import type { Tags } from "../storage/jsonBlobs.ts";
import { sha256 } from "../storage/tags.ts";
import { type TraceContext, traceOf } from "../telemetry/traceContext.ts";
import {
  type Attempt,
  attemptSchema,
  type DispatchRecord,
  newDispatch,
  type UnsentEnd,
  unsentEndSchema,
} from "./dispatchRecord.ts";
import { endReason, optionalNumber, optionalText, text, time, trace } from "./fields.ts";

/** What is wrong with a request, as its rejection says. */
export interface DeadLetterProblem {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** A dead letter, as it is stored. */
export interface DeadLetter extends TraceContext {
  readonly version: 1;
  readonly end: UnsentEnd;
  readonly reason: EndReason;
  readonly errorCode?: number;
  /** For people; masked. */
  readonly detail?: string;
  /** What is wrong with the request, where the schema decided. */
  readonly problems?: readonly DeadLetterProblem[];
  /** Epoch milliseconds. */
  readonly endedAt: number;
  /** Raised by each replay. */
  readonly epoch: number;
  /** A whole request that is on its way again, in this epoch; not known yet is whether it is taken now. */
  readonly isReplaying?: boolean;
  readonly requestId?: string;
  readonly digest?: string;
  readonly dispatchId?: string;
  readonly recipient?: string;
  readonly resourceId?: string;
  readonly sendersReference?: string;
  readonly statusQueue?: string;
  /** The sender whose own queue brought it: a replay is held to what may be dropped there. */
  readonly sender?: string;
  /** How many letters end with it, where no dispatch tells of them; 1 where it is absent. */
  readonly letters?: number;
  readonly attempts: readonly Attempt[];
  /** The request as the producer wrote it. */
  readonly request?: unknown;
  /** The message itself, where it could not be decoded. */
  readonly raw?: string;
  /** The same in base64, where it is no text in UTF-8, or longer than a queue brings. */
  readonly rawBase64?: string;
  /** How many bytes came, where `rawBase64` has but the first of them. */
  readonly rawBytes?: number;
  /** The queue's id of the message, which whoever put it was given. */
  readonly messageId?: string;
}

/**
 * The name of a dead letter: by dispatch where there is one, else by the digest of the message. `digest` is added when
 * the dispatch id belongs to another request, so that neither hides the other.
 */
export function deadLetterName(id: string, digest?: string): string {
  return digest === undefined ? `${id}.json` : `${id}-${digest}.json`;
}

/** The name of the dead letter of a dispatch that ended for a reason. */
export function deadLetterOf(
  dispatch: { readonly dispatchId: string; readonly digest: string },
  reason: EndReason | undefined,
): string {
  return deadLetterName(dispatch.dispatchId, reason === "requestIdReused" ? dispatch.digest : undefined);
}

/** Longer texts are kept as bytes: as JSON each control character of a text takes six. In characters. */
const LONGEST_TEXT = 64 * 1024;

/** Of what nobody can read so much is kept, in bytes. A queue message is shorter, and a blob stays where it is. */
const MOST_BYTES = 1024 * 1024;

/** A message that could not be decoded, as its dead letter keeps it. `bytes` are there where it is no text in UTF-8. */
export function keptMessage(raw: string, bytes?: Uint8Array): Pick<DeadLetter, "raw" | "rawBase64" | "rawBytes"> {
  if (bytes === undefined && raw.length <= LONGEST_TEXT) return { raw };
  const whole = Buffer.from(bytes ?? raw);
  const rawBase64 = whole.subarray(0, MOST_BYTES).toString("base64");
  return whole.length > MOST_BYTES ? { rawBase64, rawBytes: whole.length } : { rawBase64 };
}

/** The message that became a dead letter, as it came; `undefined` where it was not kept whole. */
export function messageOf({ request, raw, rawBase64, rawBytes }: DeadLetter): unknown {
  if (rawBytes !== undefined) return undefined;
  return rawBase64 === undefined ? (raw ?? request) : Buffer.from(rawBase64, "base64");
}

/** The dispatch as its dead letter tells of it; what there is of its record counts for more. */
export function dispatchOf(letter: DeadLetter): DispatchRecord | undefined {
  const { dispatchId, requestId, digest, resourceId, sendersReference, recipient, statusQueue, attempts } = letter;
  if (dispatchId === undefined || requestId === undefined || digest === undefined) return undefined;
  if (resourceId === undefined || sendersReference === undefined || recipient === undefined) return undefined;
  const key = field(withCanonicalNames(letter.request), "idempotentKey");
  const idempotentKey = typeof key === "string" ? key.toLowerCase() : dispatchId;
  const createdAt = Math.min(letter.endedAt, ...attempts.map(({ at }) => at));
  const queue = statusQueue === undefined ? {} : { statusQueue };
  const request = { requestId, digest, resourceId, sendersReference, createdAt, ...queue, ...traceOf(letter) };
  const one = { dispatchId, recipient, idempotentKey, isKeyGiven: typeof key === "string" };
  return { ...newDispatch(request, one, createdAt), attempts };
}

/** The record of a dispatch that ended as its dead letter says. */
export function endedDispatchOf(letter: DeadLetter): DispatchRecord | undefined {
  const dispatch = letter.reason === "requestIdReused" ? undefined : dispatchOf(letter);
  if (!dispatch) return undefined;
  const { end, reason, errorCode, detail, endedAt, epoch } = letter;
  const code = errorCode === undefined ? {} : { errorCode };
  const problem = { reason, ...code, ...(detail === undefined ? {} : { detail }) };
  return { ...dispatch, state: end, epoch, problem, endedAt };
}

/** A resource that may stand in an index: a request that is refused can say anything there. */
const INDEXED_RESOURCE = /^(?!.*\d{11})[\w.-]{1,255}$/;

/** How many letters end with it of which no record of a dispatch tells. */
export function lettersOf({ dispatchId, letters = 1 }: DeadLetter): number {
  return dispatchId === undefined ? letters : 0;
}

/** The index tags of a dead letter. Older ones have none, and are found by listing alone. */
export function deadLetterTags(letter: DeadLetter): Tags {
  const { reason, end, endedAt, resourceId, requestId, sendersReference } = letter;
  const resource = withoutResourcePrefix(resourceId ?? "");
  const isIndexed = INDEXED_RESOURCE.test(resource);
  return {
    reason,
    end,
    ended: timestamp(endedAt),
    // The index tells only of blobs that have every tag that is asked for, and not all have a resource.
    letters: [lettersOf(letter), ...(isIndexed ? [resource] : [])].join(" ").slice(0, 256),
    ...(isIndexed ? { resource } : {}),
    ...(requestId === undefined ? {} : { request: sha256(requestId) }),
    ...(sendersReference === undefined ? {} : { reference: sha256(sendersReference) }),
  };
}

/** As a dead letter is stored. */
export const deadLetterSchema: z.ZodType<DeadLetter> = z.looseObject({
  version: z.literal(1),
  end: unsentEndSchema,
  reason: endReason,
  errorCode: optionalNumber,
  detail: optionalText,
  problems: z.array(z.looseObject({ path: text, rule: text, message: text })).exactOptional(),
  endedAt: time,
  epoch: z.number(),
  isReplaying: z.boolean().exactOptional(),
  requestId: optionalText,
  digest: optionalText,
  dispatchId: optionalText,
  recipient: optionalText,
  resourceId: optionalText,
  sendersReference: optionalText,
  statusQueue: optionalText,
  sender: optionalText,
  ...trace,
  letters: optionalNumber,
  attempts: z.array(attemptSchema),
  request: z.unknown().exactOptional(),
  raw: optionalText,
  rawBase64: optionalText,
  rawBytes: optionalNumber,
  messageId: optionalText,
});
