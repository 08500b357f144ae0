// Everything the simulator remembers, as it is also written to the state file.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { initializeSchema } from "./model/requests.ts";
import { attachmentStatusSchema, statusSchema } from "./statuses.ts";

const attachmentSchema = z.object({
  id: z.string(),
  resourceId: z.string(),
  /** The organisation number of the owner. */
  owner: z.string(),
  fileName: z.string(),
  displayName: z.string().nullable(),
  isEncrypted: z.boolean(),
  /** What the sender said, later what was counted: MD5 in hex. */
  checksum: z.string(),
  sendersReference: z.string(),
  expirationInDays: z.number().nullable(),
  created: z.number(),
  /** Bytes received; null before the upload. */
  size: z.number().nullable(),
  /** SHA-256 of the bytes received, in hex. */
  sha256: z.string().nullable(),
  infected: z.boolean(),
  /** Sent by others: its bytes follow from its id and size. */
  isMadeUp: z.boolean().default(false),
  statuses: z.array(attachmentStatusSchema),
  correspondenceIds: z.array(z.string()),
});
/** A file that was announced to Altinn, and usually uploaded. */
export type Attachment = z.infer<typeof attachmentSchema>;

const notificationSchema = z.object({
  id: z.string(),
  orderId: z.string(),
  isReminder: z.boolean(),
  channel: z.string(),
  created: z.number(),
  failed: z.boolean(),
});

const correspondenceSchema = z.object({
  id: z.string(),
  owner: z.string(),
  resourceId: z.string(),
  /** In canonical form. */
  recipient: z.string(),
  idempotentKey: z.string().nullable(),
  created: z.number(),
  requestedPublishTime: z.number(),
  dialogId: z.string(),
  isTransmission: z.boolean(),
  attachmentIds: z.array(z.string()),
  statuses: z.array(statusSchema),
  notifications: z.array(notificationSchema),
  /** The request that created it, as the model read it. */
  request: initializeSchema,
  /** The request as it came: the JSON body, or the form fields by name. */
  received: z.unknown(),
});
/** A correspondence, with everything that has happened to it. */
export type Correspondence = z.infer<typeof correspondenceSchema>;

/** What can be made to happen to a correspondence. */
export const actions = [
  "published",
  "fetched",
  "read",
  "confirmed",
  "attachmentsDownloaded",
  "forwarded",
  "replied",
  "archived",
  "purgedByRecipient",
  "purgedByAltinn",
  "failed",
  "reserved",
  "neverRead",
  "neverConfirmed",
  "notificationDelivered",
  "notificationFailed",
  "notificationCreationFailed",
] as const;
export type Action = (typeof actions)[number];

const eventSchema = z.object({
  specversion: z.string(),
  id: z.string(),
  type: z.string(),
  time: z.string(),
  resource: z.string(),
  resourceinstance: z.string(),
  subject: z.string(),
  alternativesubject: z.string().optional(),
  source: z.string(),
});
/** A CloudEvent as Altinn pushes it. */
export type AltinnEvent = z.infer<typeof eventSchema>;

const subscriptionSchema = z.object({
  id: z.number(),
  endPoint: z.string(),
  resourceFilter: z.string(),
  subjectFilter: z.string().nullable(),
  typeFilter: z.string().nullable(),
  createdBy: z.string(),
  created: z.number(),
  validated: z.boolean(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

const taskSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("scan"), attachmentId: z.string() }),
  z.object({ kind: z.literal("publish"), correspondenceId: z.string() }),
  z.object({ kind: z.literal("due"), correspondenceId: z.string() }),
  z.object({
    kind: z.literal("act"),
    correspondenceId: z.string(),
    action: z.enum(actions),
    statusText: z.string().optional(),
  }),
  z.object({ kind: z.literal("push"), subscriptionId: z.number(), eventId: z.string(), attempt: z.number() }),
  z.object({ kind: z.literal("validate"), subscriptionId: z.number(), attempt: z.number() }),
]);
/** Something that happens at a time. */
export type Task = z.infer<typeof taskSchema>;

const dueSchema = z.object({ at: z.number(), sequence: z.number(), task: taskSchema });

export const eventRuleSchema = z.object({
  /** The last part of the type, such as `correspondencepublished`; every type when left out. */
  type: z.string().optional(),
  /** Produced, never pushed. */
  lose: z.boolean().optional(),
  /** Pushed so many times more. */
  repeat: z.number().int().nonnegative().optional(),
  /** Pushed so much later, in simulated milliseconds. */
  delayMs: z.number().nonnegative().optional(),
  /** Kept until released. */
  hold: z.boolean().optional(),
  /** How many events the rule works on. Default: always. */
  times: z.union([z.number().int().positive(), z.literal("always")]).optional(),
});
/** How events are mistreated on their way to the subscribers. The first rule that fits an event decides. */
export type EventRule = z.infer<typeof eventRuleSchema>;

export const stateSchema = z.object({
  version: z.literal(1),
  /** Signs the tokens, so that they outlive a restart. */
  secret: z.string(),
  attachments: z.array(attachmentSchema),
  correspondences: z.array(correspondenceSchema),
  events: z.array(eventSchema),
  held: z.array(z.string()),
  subscriptions: z.array(subscriptionSchema),
  eventRules: z.array(eventRuleSchema),
  /** By recipient, in canonical form. */
  lifeRules: z.record(z.string(), z.string()),
  /** How many letters more the rule of a recipient is for; for all when it is not here. */
  lifeRuleLetters: z.record(z.string(), z.number()).default({}),
  agenda: z.array(dueSchema),
  sequence: z.number(),
  /** The simulated time when it was last written: a restart does not go back behind it. */
  time: z.number(),
});
export type State = z.infer<typeof stateSchema>;

/** A simulator that has seen nothing yet. */
export function emptyState(): State {
  return {
    version: 1,
    secret: randomBytes(32).toString("base64url"),
    attachments: [],
    correspondences: [],
    events: [],
    held: [],
    subscriptions: [],
    eventRules: [],
    lifeRules: {},
    lifeRuleLetters: {},
    agenda: [],
    sequence: 0,
    time: 0,
  };
}
