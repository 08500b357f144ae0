// What each app setting must be, as schemas; those that come in one of two forms are in twoForms.ts.
import * as z from "zod";
import { ALTINN_ENVIRONMENTS } from "../altinn/environments.ts";
import { unknownFieldPolicies } from "../requests/unknownFields.ts";
import { ALL_QUEUES, QUEUES } from "../storage/names.ts";
import {
  addressRanges,
  baseAddress,
  daysOrNever,
  issuer,
  listOf,
  numberBetween,
  organisationNumber,
  queueEncoding,
  required,
  resourceId,
  schedule,
  scope,
  statusQueues,
  trueOrFalse,
  whenDone,
} from "./settingFormats.ts";

/** The app's own queues: announcements on one of them would come back in. */
const ownQueues: ReadonlySet<string> = new Set(ALL_QUEUES.filter((name) => name !== QUEUES.announcements));

/** Which Altinn, and as whom, the key aside. */
export const altinnModel = z.object({
  ALTINN_ENVIRONMENT: z.enum(ALTINN_ENVIRONMENTS, {
    error: ({ input }) => (input === undefined ? "is missing." : "must be tt02 or production."),
  }),
  ALTINN_SUBSCRIPTION_KEY: required.regex(/^[\x21-\x7e]+$/, { error: "must be a key without white space." }),
  ALTINN_PLATFORM_URL: baseAddress.optional(),
  MASKINPORTEN_CLIENT_ID: required.regex(/^[\x21-\x7e]+$/, { error: "must be an id without white space." }),
  MASKINPORTEN_ISSUER: issuer.optional(),
  MASKINPORTEN_SCOPES: listOf(scope, "must be a list of scopes, parted by spaces.").refine((all) => all.length > 0, {
    error: "must name at least one scope.",
  }),
  MASKINPORTEN_CONSUMER_ORG: organisationNumber.optional(),
  MASKINPORTEN_SYSTEM_USER_ORG: organisationNumber.optional(),
});

/** What may be sent on. */
export const resourcesModel = z.object({
  ALTINN_RESOURCES: listOf(resourceId, "must be a list of resource ids, parted by commas.").refine(
    (ids) => ids.length > 0,
    { error: "must name at least one resource." },
  ),
});

/** Which queues a request may name. */
export const statusQueuesModel = z.object({
  STATUS_QUEUES: statusQueues.refine((queues) => !queues.some(({ name }) => ownQueues.has(name)), {
    error: "must not name one of the app's own queues.",
  }),
});

/** What is received, and what is done with it then. */
export const receivingModel = z.object({
  RECEIVE_RESOURCES: listOf(resourceId, "must be a list of resource ids, parted by commas."),
  RECEIVE_ORG: organisationNumber.optional(),
  RECEIVE_SINCE_DAYS: numberBetween(1, 60),
  READ_RECEIVED: whenDone,
  CONFIRM_RECEIVED: whenDone,
});

/** Every setting but those that come in two forms. */
export const model = z.object({
  ...altinnModel.shape,
  ...resourcesModel.shape,
  ...statusQueuesModel.shape,
  STATUS_QUEUE_ENCODING: queueEncoding,
  CHECK_SCHEDULE: schedule,
  GIVE_UP_AFTER_HOURS: numberBetween(0.001, 8760),
  PUBLISH_WITHIN_HOURS: numberBetween(0.001, 8760),
  FOLLOW_DAYS: numberBetween(1, 3650),
  DELETE_REQUEST_BLOBS_AFTER_DAYS: daysOrNever(8, 3650),
  DELETE_ACCEPTED_REQUESTS_AFTER_DAYS: daysOrNever(30, 3650),
  UNKNOWN_FIELDS: z.enum(unknownFieldPolicies, { error: "must be refuse, refuse-near or pass." }),
  CONFIRM_EVENTS: trueOrFalse,
  ALTINN_EVENTS_ADDRESSES: addressRanges.optional(),
  DASHBOARD_AUTH: z.literal("entra", { error: "must be entra, or not set." }).optional(),
  EMERGENCY_BRAKE: trueOrFalse,
  MAX_LETTERS_PER_HOUR: numberBetween(1, 100_000_000).optional(),
  ...receivingModel.shape,
});
