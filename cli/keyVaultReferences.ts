// Key Vault references in app settings, resolved as Azure resolves them for the app, but as whoever runs the command.

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

/** Puts secrets in the place of references. Those that can't be had stay as they are, and are named with the reason. */
export async function resolveReferences(
  env: Env,
  readSecret: ReadSecret,
): Promise<{ readonly env: Env; readonly unresolved: readonly { readonly key: string; readonly why: string }[] }> {
  const resolved: Record<string, string | undefined> = { ...env };
  const unresolved: { key: string; why: string }[] = [];
  for (const [key, value] of Object.entries(env)) {
    if (value?.trim().startsWith("@Microsoft.KeyVault(") !== true) continue;
    const address = readReference(value);
    if (address === undefined) {
      unresolved.push({ key, why: "it is not the form of a Key Vault reference" });
      continue;
    }
    try {
      resolved[key] = await readSecret(address);
    } catch (error) {
      unresolved.push({ key, why: reasonOf(error) });
    }
  }
  return { env: resolved, unresolved };
}

/** What the library says can quote addresses and tenants: only its kind is told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it can't be read";
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  if (status === 403) return "you may not read the secret (Key Vault Secrets User)";
  if (status === 404) return "there is no such secret";
  if (error.name === "CredentialUnavailableError" || error.name === "AggregateAuthenticationError") {
    return "you are not signed in (az login)";
  }
  return status === undefined ? "the vault does not answer" : `the vault answers ${status}`;
}

/** Reads as whoever is signed in. The libraries are large, and load when there is a reference. */
export const readVaultSecret: ReadSecret = async ({ vaultUrl, name, version }) => {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const { DefaultAzureCredential } = await import("@azure/identity");
  const client = new SecretClient(vaultUrl, new DefaultAzureCredential(), { retryOptions: { maxRetries: 1 } });
  const { value } = await client.getSecret(name, version === undefined ? {} : { version });
  return value ?? "";
};
