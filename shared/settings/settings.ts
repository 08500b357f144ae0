// Every app setting, read and checked once. Nothing else reads the environment.
import { z } from "zod";
import { ALTINN_ENVIRONMENTS, type AltinnEnvironment, addressesOf } from "../altinn/environments.ts";
import type { AddressRange } from "../altinn/eventSource.ts";
import type { KeyVaultKey } from "../altinn/keyVaultKey.ts";
import { type PrivateJwk, readPrivateJwk } from "../altinn/privateJwk.ts";
import { type UnknownFieldPolicy, unknownFieldPolicies } from "../requests/unknownFields.ts";
import type { StorageAccess } from "../storage/clients.ts";
import { ALL_QUEUES, QUEUES } from "../storage/names.ts";
import { HAVE_SECRETS_READ, isKeyVaultReference } from "./keyVaultReference.ts";
import {
  addressRanges,
  baseAddress,
  connectionString,
  daysOrNever,
  issuer,
  keyVaultKey,
  listOf,
  numberBetween,
  organisationNumber,
  type QueueEncoding,
  queueEncoding,
  required,
  resourceId,
  type StatusQueue,
  schedule,
  scope,
  statusQueues,
  trueOrFalse,
} from "./settingFormats.ts";
import { defaults, STORAGE, settingsTable } from "./settingsTable.ts";

/** Which Altinn, and as whom: all that it takes to call it. */
export interface AltinnSettings {
  readonly altinn: {
    readonly environment: AltinnEnvironment;
    /** Without a slash at the end. */
    readonly platformUrl: string;
    readonly subscriptionKey: string;
  };
  readonly maskinporten: {
    readonly issuer: string;
    readonly clientId: string;
    readonly key: MaskinportenKey;
    readonly scopes: readonly string[];
    readonly consumerOrg?: string;
    readonly systemUserOrg?: string;
  };
}

/** The key that grants are signed with: held by the app, or kept in a vault that signs. */
export type MaskinportenKey =
  | { readonly kind: "jwk"; readonly jwk: PrivateJwk }
  | { readonly kind: "keyVault"; readonly key: KeyVaultKey };

/** The app's settings, checked. */
export interface Settings extends AltinnSettings {
  readonly storage: StorageAccess;
  /** Resource ids without `urn:altinn:resource:`; at least one. */
  readonly resources: readonly string[];
  /** Queues that a request may have its announcements put on, some with an encoding of their own. */
  readonly statusQueues: readonly StatusQueue[];
  /** Of all the others. */
  readonly statusQueueEncoding: QueueEncoding;
  /** NCRONTAB: six fields, seconds first. */
  readonly checkSchedule: string;
  readonly giveUpAfterHours: number;
  /** True: nothing is sent; requests are still accepted. */
  readonly emergencyBrake: boolean;
  /** More letters than this within an hour pull the emergency brake; `undefined`: no limit. */
  readonly maxLettersPerHour: number | undefined;
  readonly followDays: number;
  /** Days after the end of a request until the blob that brought it is deleted; `undefined`: never. */
  readonly deleteRequestBlobsAfterDays: number | undefined;
  /** Whether what an event says is asked of Altinn before it is announced. */
  readonly confirmEvents: boolean;
  /** Where events may come from; `undefined`: anywhere. */
  readonly eventSources: readonly AddressRange[] | undefined;
  /** What is done about fields of a request that are not known. */
  readonly unknownFields: UnknownFieldPolicy;
}

/** What is wrong with a setting. The problem never repeats its value. */
export interface SettingProblem {
  readonly key: string;
  readonly problem: string;
}

export type ReadSettings = Checked<Settings>;

/** Settings, or everything that is wrong with them. */
export type Checked<T> =
  | { readonly ok: true; readonly settings: T }
  | { readonly ok: false; readonly problems: SettingProblem[] };

const jwk = required.transform((text, context) => {
  const read = readPrivateJwk(text);
  if (read.ok) return read.jwk;
  context.addIssue({ code: "custom", message: read.problem });
  return z.NEVER;
});

/** The app's own queues: announcements on one of them would come back in. */
const ownQueues: ReadonlySet<string> = new Set(ALL_QUEUES.filter((name) => name !== QUEUES.announcements));

const keyModel = z.object({ MASKINPORTEN_JWK: jwk.optional(), MASKINPORTEN_KEY_VAULT_KEY: keyVaultKey.optional() });

const altinnModel = z.object({
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

const resourcesModel = z.object({
  ALTINN_RESOURCES: listOf(resourceId, "must be a list of resource ids, parted by commas.").refine(
    (ids) => ids.length > 0,
    { error: "must name at least one resource." },
  ),
});

const statusQueuesModel = z.object({
  STATUS_QUEUES: statusQueues.refine((queues) => !queues.some(({ name }) => ownQueues.has(name)), {
    error: "must not name one of the app's own queues.",
  }),
});

const model = z.object({
  ...altinnModel.shape,
  ...resourcesModel.shape,
  ...statusQueuesModel.shape,
  STATUS_QUEUE_ENCODING: queueEncoding,
  CHECK_SCHEDULE: schedule,
  GIVE_UP_AFTER_HOURS: numberBetween(0.001, 8760),
  FOLLOW_DAYS: numberBetween(1, 3650),
  DELETE_REQUEST_BLOBS_AFTER_DAYS: daysOrNever(8, 3650),
  UNKNOWN_FIELDS: z.enum(unknownFieldPolicies, { error: "must be refuse, refuse-near or pass." }),
  CONFIRM_EVENTS: trueOrFalse,
  ALTINN_EVENTS_ADDRESSES: addressRanges.optional(),
  EMERGENCY_BRAKE: trueOrFalse,
  MAX_LETTERS_PER_HOUR: numberBetween(1, 100_000_000).optional(),
});

/** The environment as the app reads it. */
type Env = Readonly<Record<string, string | undefined>>;

/** What is read of the settings that go together, and what is wrong with them. */
interface Part<T> {
  readonly settings?: T;
  readonly problems: readonly SettingProblem[];
}

/** Reads every setting. Where one is wrong, all that are wrong are named, and no value is shown. */
export function readSettings(env: Env): ReadSettings {
  const told = trimmed(env);
  const storage = readStorage(told);
  const key = readKey(told);
  const parsed = model.safeParse({ ...defaults, ...told });
  const wrong = parsed.success ? [] : problemsOf(parsed.error);
  const problems = [...unresolved(told), ...storage.problems, ...wrong, ...key.problems];
  if (!parsed.success || storage.settings === undefined || key.settings === undefined || problems.length > 0) {
    return { ok: false, problems: firstOfEach(problems) };
  }
  const values = parsed.data;
  const sources = values.ALTINN_EVENTS_ADDRESSES ?? [addressesOf(values.ALTINN_ENVIRONMENT).eventsAddress];
  const settings: Settings = {
    ...altinnSettings(values, key.settings),
    storage: storage.settings,
    resources: values.ALTINN_RESOURCES,
    statusQueues: values.STATUS_QUEUES,
    statusQueueEncoding: values.STATUS_QUEUE_ENCODING,
    checkSchedule: values.CHECK_SCHEDULE,
    giveUpAfterHours: values.GIVE_UP_AFTER_HOURS,
    followDays: values.FOLLOW_DAYS,
    deleteRequestBlobsAfterDays: values.DELETE_REQUEST_BLOBS_AFTER_DAYS,
    unknownFields: values.UNKNOWN_FIELDS,
    confirmEvents: values.CONFIRM_EVENTS,
    emergencyBrake: values.EMERGENCY_BRAKE,
    maxLettersPerHour: values.MAX_LETTERS_PER_HOUR,
    eventSources: sources === "any" ? undefined : sources,
  };
  return { ok: true, settings };
}

/** Reads what it takes to call Altinn, and nothing else: for commands. */
export function readAltinnSettings(env: Env): Checked<AltinnSettings> {
  const told = trimmed(env);
  const parsed = altinnModel.safeParse({ ...defaults, ...told });
  const key = readKey(told);
  const ours = unresolved(told).filter(({ key }) => key in altinnModel.shape || key in keyModel.shape);
  const problems = [...ours, ...(parsed.success ? [] : problemsOf(parsed.error)), ...key.problems];
  if (!parsed.success || key.settings === undefined || problems.length > 0) {
    return { ok: false, problems: firstOfEach(problems) };
  }
  return { ok: true, settings: altinnSettings(parsed.data, key.settings) };
}

/** Reads the ids of the resources, and nothing else: for commands. */
export function readResources(env: Env): Checked<readonly string[]> {
  const parsed = resourcesModel.safeParse(trimmed(env));
  return parsed.success
    ? { ok: true, settings: parsed.data.ALTINN_RESOURCES }
    : { ok: false, problems: problemsOf(parsed.error) };
}

/** Reads the names of the further queues for announcements, and nothing else: for commands. */
export function readStatusQueues(env: Env): Checked<readonly string[]> {
  const parsed = statusQueuesModel.safeParse({ ...defaults, ...trimmed(env) });
  return parsed.success
    ? { ok: true, settings: [...new Set(parsed.data.STATUS_QUEUES.map(({ name }) => name))] }
    : { ok: false, problems: problemsOf(parsed.error) };
}

/** Reads what it takes to reach the storage, and nothing else: for commands. */
export function readStorageSettings(env: Env): Checked<StorageAccess> {
  const told = trimmed(env);
  const { settings, problems } = readStorage(told);
  const all = [...unresolved(told).filter(({ key }) => key.startsWith(STORAGE)), ...problems];
  return settings === undefined || all.length > 0 ? { ok: false, problems: firstOfEach(all) } : { ok: true, settings };
}

function altinnSettings(values: z.output<typeof altinnModel>, key: MaskinportenKey): AltinnSettings {
  const addresses = addressesOf(values.ALTINN_ENVIRONMENT);
  const consumerOrg = values.MASKINPORTEN_CONSUMER_ORG;
  const systemUserOrg = values.MASKINPORTEN_SYSTEM_USER_ORG;
  return {
    altinn: {
      environment: values.ALTINN_ENVIRONMENT,
      platformUrl: values.ALTINN_PLATFORM_URL ?? addresses.platformUrl,
      subscriptionKey: values.ALTINN_SUBSCRIPTION_KEY,
    },
    maskinporten: {
      issuer: values.MASKINPORTEN_ISSUER ?? addresses.maskinportenIssuer,
      clientId: values.MASKINPORTEN_CLIENT_ID,
      key,
      scopes: values.MASKINPORTEN_SCOPES,
      ...(consumerOrg === undefined ? {} : { consumerOrg }),
      ...(systemUserOrg === undefined ? {} : { systemUserOrg }),
    },
  };
}

/** White space around values is nobody's wish, and an empty value is none. */
function trimmed(env: Env): Record<string, string> {
  const told: Record<string, string> = {};
  for (const { name } of settingsTable) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== "") told[name] = value;
  }
  return told;
}

function unresolved(told: Env): SettingProblem[] {
  const problem =
    "is a Key Vault reference that Azure has not resolved: is the secret there, and may the app's identity read it? " +
    `Azure looks once a day, and not at a restart. Have it look now: ${HAVE_SECRETS_READ}.`;
  return Object.entries(told)
    .filter(([, value]) => isKeyVaultReference(value))
    .map(([key]) => ({ key, problem }));
}

const identity = z.object({
  queueServiceUri: baseAddress,
  blobServiceUri: baseAddress,
  credential: z
    .string()
    .regex(/^managedidentity$/i, { error: "must be managedidentity." })
    .optional(),
  clientId: z.guid({ error: "must be a UUID." }).optional(),
});

/** One of the two keys, and only one. */
function readKey(told: Env): Part<MaskinportenKey> {
  const parsed = keyModel.safeParse(told);
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const { MASKINPORTEN_JWK: own, MASKINPORTEN_KEY_VAULT_KEY: vaults } = parsed.data;
  if (own !== undefined && vaults !== undefined) {
    const problem = "is set, and so is MASKINPORTEN_KEY_VAULT_KEY: choose one.";
    return { problems: [{ key: "MASKINPORTEN_JWK", problem }] };
  }
  if (own !== undefined) return { settings: { kind: "jwk", jwk: own }, problems: [] };
  if (vaults !== undefined) return { settings: { kind: "keyVault", key: vaults }, problems: [] };
  const problem = "is missing: a private key, or MASKINPORTEN_KEY_VAULT_KEY.";
  return { problems: [{ key: "MASKINPORTEN_JWK", problem }] };
}

/** One of the two forms, and only one. */
function readStorage(told: Env): Part<StorageAccess> {
  const whole = told[STORAGE];
  const parts = Object.fromEntries(
    Object.keys(identity.shape).flatMap((name) => {
      const value = told[`${STORAGE}__${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const isByIdentity = Object.keys(parts).length > 0;
  if (whole !== undefined && isByIdentity) {
    const problem = `is set as a connection string and by identity (${STORAGE}__...): choose one.`;
    return { problems: [{ key: STORAGE, problem }] };
  }
  if (isByIdentity) {
    const parsed = identity.safeParse(parts);
    if (!parsed.success) {
      const problems = problemsOf(parsed.error);
      return { problems: problems.map(({ key, problem }) => ({ key: `${STORAGE}__${key}`, problem })) };
    }
    const { queueServiceUri, blobServiceUri, clientId } = parsed.data;
    const user = clientId === undefined ? {} : { clientId };
    return { settings: { kind: "identity", queueServiceUri, blobServiceUri, ...user }, problems: [] };
  }
  const parsed = connectionString.safeParse(whole);
  if (parsed.success) return { settings: { kind: "connectionString", connectionString: parsed.data }, problems: [] };
  const missing = `is missing: a connection string, or ${STORAGE}__queueServiceUri and __blobServiceUri.`;
  const problem = whole === undefined ? missing : (parsed.error.issues[0]?.message ?? "is wrong.");
  return { problems: [{ key: STORAGE, problem }] };
}

function problemsOf(error: z.ZodError): SettingProblem[] {
  return error.issues.map((issue) => ({ key: String(issue.path[0] ?? ""), problem: issue.message }));
}

function firstOfEach(problems: readonly SettingProblem[]): SettingProblem[] {
  const byKey = new Map<string, SettingProblem>();
  for (const problem of problems) if (!byKey.has(problem.key)) byKey.set(problem.key, problem);
  return [...byKey.values()];
}
