// Key Vault references in app settings, resolved as Azure resolves them for the app, but as whoever runs the command.
import { HAVE_SECRETS_READ, isKeyVaultReference } from "../shared/settings/keyVaultReference.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A secret's address in a vault. */
export interface SecretAddress {
  readonly vaultUrl: string;
  readonly name: string;
  readonly version?: string;
}

/** Reads a secret; rejects if it can't be had. */
export type ReadSecret = (address: SecretAddress) => Promise<string>;

/** Where a reference (Azure: "Use Key Vault references as app settings") points to; undefined if it is none, or wrong. */
export function readReference(value: string): SecretAddress | undefined {
  const [, content = ""] = /^@Microsoft\.KeyVault\((.*)\)$/.exec(value.trim()) ?? [];
  const parts = new Map(
    content.split(";").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
    }),
  );
  const uri = parts.get("SecretUri");
  if (uri !== undefined && URL.canParse(uri)) {
    const { protocol, origin, pathname } = new URL(uri);
    const [, kind, name = "", version = ""] = pathname.split("/");
    if (protocol !== "https:" || kind !== "secrets" || name === "") return undefined;
    return { vaultUrl: origin, name, ...(version === "" ? {} : { version }) };
  }
  const vault = parts.get("VaultName") ?? "";
  const name = parts.get("SecretName") ?? "";
  const version = parts.get("SecretVersion") ?? "";
  if (!/^[A-Za-z0-9-]{3,24}$/.test(vault) || name === "") return undefined;
  return { vaultUrl: `https://${vault}.vault.azure.net`, name, ...(version === "" ? {} : { version }) };
}

/** A reference that could not be followed: its setting, why, and what to do. */
export interface UnresolvedReference {
  readonly key: string;
  readonly why: string;
  readonly mend: string;
}

/** Puts secrets in the place of references. Those that can't be had stay as they are, and are named with the reason. */
export async function resolveReferences(
  env: Env,
  readSecret: ReadSecret,
): Promise<{ readonly env: Env; readonly unresolved: readonly UnresolvedReference[] }> {
  const resolved: Record<string, string | undefined> = { ...env };
  const unresolved: UnresolvedReference[] = [];
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined || !isKeyVaultReference(value)) continue;
    const address = readReference(value);
    if (address === undefined) {
      const mend = "Write it as @Microsoft.KeyVault(SecretUri=https://<vault>.vault.azure.net/secrets/<name>/).";
      unresolved.push({ key, why: "it is not the form of a Key Vault reference", mend });
      continue;
    }
    try {
      resolved[key] = await readSecret(address);
    } catch (error) {
      unresolved.push({ key, ...reasonOf(error, address) });
    }
  }
  return { env: resolved, unresolved };
}

const SIGN_IN =
  "Sign in as someone who may read it (az login, role Key Vault Secrets User), or put the value into the file.";

/** What the library says can quote addresses and tenants: only its kind is told. */
function reasonOf(error: unknown, { vaultUrl, name }: SecretAddress): Pick<UnresolvedReference, "why" | "mend"> {
  if (!(error instanceof Error)) return { why: "it can't be read", mend: SIGN_IN };
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  if (status === 403) return { why: "you may not read the secret (Key Vault Secrets User)", mend: SIGN_IN };
  if (status === 404) {
    const [vault] = new URL(vaultUrl).hostname.split(".");
    const put = `az keyvault secret set --vault-name ${vault} --name ${name} --file <a file that holds it>`;
    return { why: "there is no such secret", mend: `${put}, and then: ${HAVE_SECRETS_READ}` };
  }
  if (error.name === "CredentialUnavailableError" || error.name === "AggregateAuthenticationError") {
    return { why: "you are not signed in (az login)", mend: SIGN_IN };
  }
  const why = status === undefined ? "the vault does not answer" : `the vault answers ${status}`;
  return { why, mend: "Is it the right vault, and may this machine reach it?" };
}

/** Reads as whoever is signed in. The libraries are large, and load when there is a reference. */
export const readVaultSecret: ReadSecret = async ({ vaultUrl, name, version }) => {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const { DefaultAzureCredential } = await import("@azure/identity");
  const client = new SecretClient(vaultUrl, new DefaultAzureCredential(), { retryOptions: { maxRetries: 1 } });
  const { value } = await client.getSecret(name, version === undefined ? {} : { version });
  return value ?? "";
};
