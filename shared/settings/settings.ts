// Every app setting, read and checked once. Nothing else reads the environment.
import type { z } from "zod";
import type { AltinnSettings, MaskinportenKey } from "../altinn/altinnClient.ts";
import { addressesOf } from "../altinn/environments.ts";
import type { AddressRange } from "../altinn/eventSource.ts";
import type { UnknownFieldPolicy } from "../requests/unknownFields.ts";
import type { Sender } from "../senders/senders.ts";
import type { StorageAccess } from "../storage/clients.ts";
import { HAVE_SECRETS_READ, isKeyVaultReference } from "./keyVaultReference.ts";
import { altinnModel, model, receivingModel, resourcesModel, statusQueuesModel } from "./models.ts";
import { readSenders } from "./sendersSetting.ts";
import type { QueueEncoding, StatusQueue } from "./settingFormats.ts";
import { defaults, STORAGE, settingsTable } from "./settingsTable.ts";
import { type Env, keyModel, problemsOf, readKey, readStorage, type SettingProblem } from "./twoForms.ts";

/** The app's settings, checked. */
export interface Settings extends AltinnSettings {
  readonly storage: StorageAccess;
  /** Resource ids without `urn:altinn:resource:`; at least one. On the queue that all share these may be sent on. */
  readonly resources: readonly string[];
  /** Those whose resources are not the deployment's own; most deployments have none. */
  readonly senders: readonly Sender[];
  /** Queues that a request may have its announcements put on, some with an encoding of their own. */
  readonly statusQueues: readonly StatusQueue[];
  /** Of all the others. */
  readonly statusQueueEncoding: QueueEncoding;
  /** NCRONTAB: six fields, seconds first. */
  readonly checkSchedule: string;
  readonly giveUpAfterHours: number;
  readonly publishWithinHours: number;
  /** Who vouches for those who look at the dashboard; `undefined`: it is on on one's own machine alone. */
  readonly dashboardAuth: "entra" | undefined;
  /** True: nothing is sent; requests are still accepted. */
  readonly emergencyBrake: boolean;
  /** More letters than this within an hour pull the emergency brake; `undefined`: no limit. */
  readonly maxLettersPerHour: number | undefined;
  readonly followDays: number;
  /** Days after the end of a request until the blob that brought it is deleted; `undefined`: never. */
  readonly deleteRequestBlobsAfterDays: number | undefined;
  /** Days after a request was accepted until its content is deleted, if its letters are sent by then; `undefined`: never. */
  readonly deleteAcceptedRequestsAfterDays: number | undefined;
  /** Whether what an event says is asked of Altinn before it is announced. */
  readonly confirmEvents: boolean;
  /** Where events may come from; `undefined`: anywhere. */
  readonly eventSources: readonly AddressRange[] | undefined;
  /** What is done about fields of a request that are not known. */
  readonly unknownFields: UnknownFieldPolicy;
  /** `undefined`: no letters are received. */
  readonly receiving: ReceivingSettings | undefined;
}

/** What is received. */
export interface ReceivingSettings {
  /** Resource ids without `urn:altinn:resource:`; at least one. */
  readonly resources: readonly string[];
  /** The organisation number that letters are addressed to. */
  readonly organisation: string;
  readonly sinceDays: number;
  /** What is done with a letter as soon as it is stored and told. */
  readonly onStored: { readonly read: boolean; readonly confirm: boolean };
}

export type ReadSettings = Checked<Settings>;

/** Settings, or everything that is wrong with them. */
export type Checked<T> =
  | { readonly ok: true; readonly settings: T }
  | { readonly ok: false; readonly problems: SettingProblem[] };

/** Reads every setting. Where one is wrong, all that are wrong are named, and no value is shown. */
export function readSettings(env: Env): ReadSettings {
  const told = trimmed(env);
  const storage = readStorage(told);
  const key = readKey(told);
  const parsed = model.safeParse({ ...defaults, ...told });
  const wrong = parsed.success ? [] : problemsOf(parsed.error);
  const statusQueues = statusQueuesModel.safeParse({ ...defaults, ...told }).data?.STATUS_QUEUES;
  const senders = readSenders(env, statusQueues && new Set(statusQueues.map(({ name }) => name)));
  const halves = parsed.success ? receivingProblems(parsed.data) : [];
  const problems = [
    ...unresolved(told),
    ...storage.problems,
    ...wrong,
    ...key.problems,
    ...senders.problems,
    ...halves,
  ];
  if (!parsed.success || !storage.settings || !key.settings || !senders.settings || problems.length > 0) {
    return { ok: false, problems: firstOfEach(problems) };
  }
  const values = parsed.data;
  const sources = values.ALTINN_EVENTS_ADDRESSES ?? [addressesOf(values.ALTINN_ENVIRONMENT).eventsAddress];
  const altinn = altinnSettings(values, key.settings);
  const settings: Settings = {
    ...altinn,
    senders: senders.settings(altinn.maskinporten),
    storage: storage.settings,
    resources: values.ALTINN_RESOURCES,
    statusQueues: values.STATUS_QUEUES,
    statusQueueEncoding: values.STATUS_QUEUE_ENCODING,
    checkSchedule: values.CHECK_SCHEDULE,
    giveUpAfterHours: values.GIVE_UP_AFTER_HOURS,
    publishWithinHours: values.PUBLISH_WITHIN_HOURS,
    followDays: values.FOLLOW_DAYS,
    deleteRequestBlobsAfterDays: values.DELETE_REQUEST_BLOBS_AFTER_DAYS,
    deleteAcceptedRequestsAfterDays: values.DELETE_ACCEPTED_REQUESTS_AFTER_DAYS,
    unknownFields: values.UNKNOWN_FIELDS,
    confirmEvents: values.CONFIRM_EVENTS,
    dashboardAuth: values.DASHBOARD_AUTH,
    emergencyBrake: values.EMERGENCY_BRAKE,
    maxLettersPerHour: values.MAX_LETTERS_PER_HOUR,
    eventSources: sources === "any" ? undefined : sources,
    receiving: receivingSettings(values),
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

/** Reads the senders, with as whom each is sent, and nothing else: for commands. */
export function readSenderList(env: Env): Checked<readonly Sender[]> {
  const altinn = readAltinnSettings(env);
  const queues = readStatusQueues(env);
  const senders = readSenders(env, queues.ok ? new Set(queues.settings) : undefined);
  if (!altinn.ok || !senders.settings)
    return { ok: false, problems: [...(altinn.ok ? [] : altinn.problems), ...senders.problems] };
  return { ok: true, settings: senders.settings(altinn.settings.maskinporten) };
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

/** Reads what it takes to receive letters, and nothing else: for commands. */
export function readReceiving(env: Env): Checked<ReceivingSettings | undefined> {
  const parsed = receivingModel.safeParse({ ...defaults, ...trimmed(env) });
  const problems = parsed.success ? receivingProblems(parsed.data) : problemsOf(parsed.error);
  return parsed.success && problems.length === 0
    ? { ok: true, settings: receivingSettings(parsed.data) }
    : { ok: false, problems };
}

type ReceivingValues = z.output<typeof receivingModel>;

/** The resources and the organisation go together. */
function receivingProblems({ RECEIVE_RESOURCES, RECEIVE_ORG }: ReceivingValues): SettingProblem[] {
  if (RECEIVE_RESOURCES.length > 0 && RECEIVE_ORG === undefined) {
    return [{ key: "RECEIVE_ORG", problem: "is missing: whose letters are received (RECEIVE_RESOURCES)?" }];
  }
  if (RECEIVE_RESOURCES.length === 0 && RECEIVE_ORG !== undefined) {
    return [
      { key: "RECEIVE_RESOURCES", problem: "is missing: on which resources are letters received (RECEIVE_ORG)?" },
    ];
  }
  return [];
}

function receivingSettings(values: ReceivingValues): ReceivingSettings | undefined {
  if (values.RECEIVE_ORG === undefined) return undefined;
  return {
    resources: values.RECEIVE_RESOURCES,
    organisation: values.RECEIVE_ORG,
    sinceDays: values.RECEIVE_SINCE_DAYS,
    onStored: { read: values.READ_RECEIVED === "onStored", confirm: values.CONFIRM_RECEIVED === "onStored" },
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

function firstOfEach(problems: readonly SettingProblem[]): SettingProblem[] {
  const byKey = new Map<string, SettingProblem>();
  for (const problem of problems) if (!byKey.has(problem.key)) byKey.set(problem.key, problem);
  return [...byKey.values()];
}
