// Settings that come in one of two forms, of which exactly one is set: where the storage is, and the key of Maskinporten.
import * as z from "zod";
import type { MaskinportenKey } from "../altinn/altinnClient.ts";
import { readPrivateJwk } from "../altinn/privateJwk.ts";
import type { StorageAccess } from "../storage/clients.ts";
import { baseAddress, connectionString, keyVaultKey, required } from "./settingFormats.ts";
import { STORAGE } from "./settingsTable.ts";

/** What is wrong with a setting. The problem never repeats its value. */
export interface SettingProblem {
  readonly key: string;
  readonly problem: string;
}

/** What is read of the settings that go together, and what is wrong with them. */
export interface Part<T> {
  readonly settings?: T;
  readonly problems: readonly SettingProblem[];
}

/** The environment as the app reads it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One of the two keys, and only one. */
export function readKey(told: Env): Part<MaskinportenKey> {
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
export function readStorage(told: Env): Part<StorageAccess> {
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

/** What a schema found, as people read it. */
export function problemsOf(error: z.ZodError): SettingProblem[] {
  return error.issues.map((issue) => ({ key: String(issue.path[0] ?? ""), problem: issue.message }));
}

/** A private key as Maskinporten knows its public part. */
export const jwk = required.transform((text, context) => {
  const read = readPrivateJwk(text);
  if (read.ok) return read.jwk;
  context.addIssue({ code: "custom", message: read.problem });
  return z.NEVER;
});

/** The key in its two forms. */
export const keyModel = z.object({
  MASKINPORTEN_JWK: jwk.optional(),
  MASKINPORTEN_KEY_VAULT_KEY: keyVaultKey.optional(),
});

const identity = z.object({
  queueServiceUri: baseAddress,
  blobServiceUri: baseAddress,
  credential: z
    .string()
    .regex(/^managedidentity$/i, { error: "must be managedidentity." })
    .optional(),
  clientId: z.guid({ error: "must be a UUID." }).optional(),
});
