// The setting SENDERS: a JSON list of those whose letters go out by this deployment, checked as a whole. No problem repeats a
// value, but for the names of senders and the ids of resources, which are no secrets, and without which nobody finds what is meant.
import * as z from "zod";
import type { MaskinportenKey, MaskinportenSettings } from "../altinn/altinnClient.ts";
import type { NamedSender } from "../senders/owners.ts";
import type { Sender } from "../senders/senders.ts";
import { CONTAINERS, DOCUMENTS } from "../storage/names.ts";
import { isKeyVaultReference } from "./keyVaultReference.ts";
import { keyVaultKey, organisationNumber, resourceId, scope } from "./settingFormats.ts";
import { type Env, jwk, type Part, type SettingProblem } from "./twoForms.ts";

/** In place of the list: it is in a blob of the state container. */
export const IN_BLOB = "blob";

/** Senders as they are once it is known as whom those are sent who say nothing of their own. */
export type SendersFor = (shared: MaskinportenSettings) => readonly Sender[];

/** With `correspondence-requests-` before it, and `-poison` behind it, it names a queue: 63 characters at most. */
const NAME = /^(?=.{1,32}$)(?!(?:.*-)?poison$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

const id = z.string().regex(/^[\x21-\x7e]{1,200}$/, { error: "must be an id without white space." });

const schema = z.strictObject({
  name: z.string({ error: "is missing." }).regex(NAME, {
    error: "must be 1 to 32 of a-z, 0-9 and -, and not end with poison.",
  }),
  resources: z
    .array(resourceId.pipe(z.string()), { error: "must be a list of resource ids." })
    .min(1, { error: "must name at least one resource." }),
  clientId: id.optional(),
  jwkSetting: z
    .string()
    .regex(/^MASKINPORTEN_JWK_[A-Z0-9_]{1,60}$/, { error: "must be the name of a setting, MASKINPORTEN_JWK_..." })
    .optional(),
  keyVaultKey: keyVaultKey.optional(),
  consumerOrg: organisationNumber.optional(),
  systemUserOrg: organisationNumber.optional(),
  scopes: z.array(scope, { error: "must be a list of scopes." }).min(1, { error: "must name a scope." }).optional(),
  statusQueue: z.string({ error: "must be the name of a queue." }).optional(),
  maxLettersPerHour: z.int({ error: "must be a whole number." }).min(1, { error: "must be at least 1." }).optional(),
  ownQueue: z.boolean({ error: "must be true or false." }).optional(),
});

type Written = z.output<typeof schema>;

/** The fields that a sender can have, in the order of docs/senders.md, and which of them it must have. */
export const SENDER_FIELDS: readonly { readonly name: string; readonly isRequired: boolean }[] = Object.entries(
  schema.shape,
).map(([name, field]) => ({ name, isRequired: !field.safeParse(undefined).success }));

/**
 * Reads the setting, which need not be there. Every problem of every sender is named, by the sender's name or place.
 *
 * @param env as it is, since keys of senders are in settings that only the list names
 * @param statusQueues the names in STATUS_QUEUES; `undefined` where those are wrong themselves
 */
export function readSenders(env: Env, statusQueues: ReadonlySet<string> | undefined): Part<SendersFor> {
  const read = readEach(env, (written, note) => {
    if (written.statusQueue !== undefined && statusQueues?.has(written.statusQueue) === false) {
      note("statusQueue", "must be one of STATUS_QUEUES.");
    }
    if (written.consumerOrg !== undefined && written.systemUserOrg !== undefined) {
      note("systemUserOrg", "is set, and so is consumerOrg: choose one.");
    }
    const key = readKeyOf(written, env);
    if (typeof key === "string") note(written.jwkSetting === undefined ? "keyVaultKey" : "jwkSetting", key);
    return (shared: MaskinportenSettings) => senderOf(written, typeof key === "string" ? undefined : key, shared);
  });
  const { settings: drafts } = read;
  return drafts === undefined
    ? { problems: read.problems }
    : { settings: (shared) => drafts.map((draft) => draft(shared)), problems: [] };
}

/** Reads who there is, and nothing of keys, which whoever only asks for letters has not got. */
export function readSenderNames(env: Env): Part<readonly NamedSender[]> {
  return readEach(env, namedSenderOf);
}

/** Tells what is wrong with a field of a sender. */
type Note = (field: string, problem: string) => void;

function readEach<T>(env: Env, make: (written: Written, note: Note) => T): Part<readonly T[]> {
  const text = env.SENDERS?.trim() ?? "";
  if (text === "" || isKeyVaultReference(text)) return { settings: [], problems: [] };
  if (text === IN_BLOB)
    return wrong(
      `says blob, and ${DOCUMENTS.senders} in the container ${CONTAINERS.state} is not there, is no JSON, or can't be read.`,
    );
  const list = z.array(z.unknown()).safeParse(parsedJson(text));
  if (!list.success) return wrong("must be a JSON list of senders, or blob (docs/senders.md).");
  const problems: SettingProblem[] = [];
  const made: T[] = [];
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, one] of list.data.entries()) {
    const label = labelOf(one, index);
    const note: Note = (field, problem) =>
      problems.push({ key: `SENDERS[${label}]${field === "" ? "" : `.${field}`}`, problem });
    const parsed = schema.safeParse(one);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) noteIssue(issue, note);
      continue;
    }
    const written = parsed.data;
    if (names.has(written.name)) note("name", "is the name of another sender too.");
    names.add(written.name);
    for (const resource of new Set(written.resources)) {
      const owner = owners.get(resource);
      if (owner !== undefined) note("resources", `names ${resource}, which is the sender ${owner}'s.`);
      else owners.set(resource, written.name);
    }
    made.push(make(written, note));
  }
  return problems.length > 0 ? { problems } : { settings: made, problems: [] };
}

function wrong(problem: string): { readonly problems: readonly SettingProblem[] } {
  return { problems: [{ key: "SENDERS", problem }] };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const named = z.object({ name: z.string().regex(NAME) });

/** A sender's name; where it has none, its place in the list, counted from 1. */
function labelOf(one: unknown, index: number): string {
  return named.safeParse(one).data?.name ?? String(index + 1);
}

function noteIssue(issue: z.core.$ZodIssue, note: Note): void {
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys.map((key) => (/^\w{1,40}$/.test(key) ? key : "(one of another form)")).join(", ");
    note("", `has fields that are not known: ${unknown}. Known are ${Object.keys(schema.shape).join(", ")}.`);
    return;
  }
  const [field = "", place] = issue.path;
  const what = field === "" ? "must be an object." : issue.message;
  note(String(field), place === undefined ? what : `holds an entry that is wrong, at place ${Number(place) + 1}.`);
}

/** The sender's own key, `undefined` if it has none; or what is wrong with it. */
function readKeyOf({ jwkSetting, keyVaultKey }: Written, env: Env): MaskinportenKey | string | undefined {
  if (jwkSetting !== undefined && keyVaultKey !== undefined) return "is set, and so is keyVaultKey: choose one.";
  if (keyVaultKey !== undefined) return { kind: "keyVault", key: keyVaultKey };
  if (jwkSetting === undefined) return undefined;
  const text = env[jwkSetting]?.trim();
  if (text === undefined || text === "") return "names a setting that is missing.";
  if (isKeyVaultReference(text)) return "names a setting whose Key Vault reference Azure has not resolved.";
  const parsed = jwk.safeParse(text);
  return parsed.success
    ? { kind: "jwk", jwk: parsed.data }
    : `names a setting that ${parsed.error.issues[0]?.message ?? "is wrong."}`;
}

/** The client, the key and the scopes may be those of the deployment; whom it is for, a sender says itself. */
function senderOf(written: Written, key: MaskinportenKey | undefined, shared: MaskinportenSettings): Sender {
  const { consumerOrg, systemUserOrg } = written;
  return {
    ...namedSenderOf(written),
    maskinporten: {
      issuer: shared.issuer,
      clientId: written.clientId ?? shared.clientId,
      key: key ?? shared.key,
      scopes: written.scopes ?? shared.scopes,
      ...(consumerOrg === undefined ? {} : { consumerOrg }),
      ...(systemUserOrg === undefined ? {} : { systemUserOrg }),
    },
    statusQueue: written.statusQueue,
    maxLettersPerHour: written.maxLettersPerHour,
  };
}

function namedSenderOf({ name, resources, ownQueue = false }: Written): NamedSender {
  return { name, resources: [...new Set(resources)], hasOwnQueue: ownQueue };
}
