// A history as a file has it.
import { z } from "zod";
import { RECIPIENT_ACTIONS } from "../shared/altinn/recipientActions.ts";
import { CALL_FATES, WAY_FATES } from "./fates.ts";
import type { Telling } from "./history.ts";
import { FILE_KINDS, HAPPENINGS } from "./incoming.ts";

const share = z.number();
const span = z.object({ from: z.number(), to: z.number() }).optional();

const odds = z
  .object({
    storageRefused: share,
    storageLost: share,
    storageRepeated: share,
    altinnRefused: share,
    altinnLost: share,
    altinnLate: share,
    altinnDenied: share,
    gateway: share,
    altinnRejects: share,
    tokensRevoked: share,
    crash: share,
    deleteLost: share,
    handedOutTwice: share,
    poisoned: share,
    messageLost: share,
    blobGone: share,
    replayed: share,
    dropped: share.default(0),
    eventLost: share,
    eventRepeated: share,
    eventLate: share,
    indexLagMs: z.number(),
    listLagMs: z.number(),
    lookUpLagMs: z.number().default(0),
    latencyMs: z.number(),
    clockSkewMs: z.number(),
    clockJumpMs: z.number().default(0),
    instances: z.number(),
    afterDays: z.number(),
    outage: span,
    brake: span,
    storageOutage: z.object({ from: z.number(), to: z.number(), of: z.enum(["blobs", "queues", "both"]) }).optional(),
  })
  .transform(({ outage, brake, storageOutage, ...rest }) => ({ ...rest, outage, brake, storageOutage }));

const letter = z
  .object({
    requestId: z.string().optional(),
    reference: z.string(),
    recipient: z.string(),
    requestBlob: z.string().exactOptional(),
    mayEnd: z.array(z.enum(["rejected", "cancelled"])).exactOptional(),
  })
  .transform(({ requestId, ...rest }) => ({ ...rest, requestId }));

const drop = z.object({
  at: z.number(),
  text: z.string(),
  requestBlob: z.object({ path: z.string(), text: z.string() }).exactOptional(),
  queue: z.string().exactOptional(),
});

const trouble = z.object({ sender: z.string(), from: z.number(), to: z.number() }).optional();
const senders = z.object({ refused: trouble, brake: trouble, isCalm: z.boolean() });

const action = z.enum(RECIPIENT_ACTIONS);

const receiving = z.object({
  onStored: z.object({ read: z.boolean(), confirm: z.boolean() }),
  letters: z.array(
    z.object({
      id: z.string(),
      reference: z.string(),
      at: z.number(),
      publishAfter: z.number(),
      isConfirmationNeeded: z.boolean(),
      files: z.array(z.object({ size: z.number(), kind: z.enum(FILE_KINDS) })),
      happens: z.array(z.object({ after: z.number(), what: z.enum(HAPPENINGS) })),
      wishes: z.array(z.object({ after: z.number(), action })),
    }),
  ),
  strays: z.array(z.object({ at: z.number(), id: z.string(), action })),
});

/** A history, read from JSON. */
export const tellingSchema: z.ZodType<Telling> = z.object({
  seed: z.number(),
  plan: z.object({
    drops: z.array(drop),
    letters: z.array(letter),
    refusals: z.array(z.object({ mark: z.string() })),
  }),
  odds,
  senders: senders.optional(),
  receiving: receiving.optional(),
  mishaps: z.array(
    z.object({ fate: z.enum([...CALL_FATES, ...WAY_FATES]), about: z.string(), occurrence: z.number() }),
  ),
});
