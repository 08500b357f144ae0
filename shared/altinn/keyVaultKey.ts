// A Maskinporten key that lives in Azure Key Vault: grants are signed there, and the private key never leaves.
import type { TokenCredential } from "@azure/identity";
import type { CryptographyClientOptions } from "@azure/keyvault-keys";
import type { GrantSigner } from "./grant.ts";

/** One version of a key in a vault. A new version is another key to Maskinporten, so the version is always named. */
export interface KeyVaultKey {
  /** The key's identifier: `https://<vault>.vault.azure.net/keys/<name>/<version>`. */
  readonly keyId: string;
  /** By which Maskinporten knows the key. */
  readonly kid: string;
}

/** Reads a key's identifier; undefined if it is none, or names no version. */
export function readKeyVaultKey(text: string): KeyVaultKey | undefined {
  const [, name, version] = /^https:\/\/[\w.:-]+\/keys\/([A-Za-z0-9-]{1,127})\/([0-9a-f]{32})$/.exec(text) ?? [];
  return name === undefined || version === undefined ? undefined : { keyId: text, kid: kidOf(name, version) };
}

/** The `kid` of a key: what `npm run altinn -- key` prints for Maskinporten, and what grants are signed with. */
export function kidOf(name: string, version: string): string {
  return `${name}-${version}`;
}

/** How the vault is reached. */
export interface KeyVaultAccess {
  /** By default the app's own identity, as `@azure/identity` finds it (`AZURE_CLIENT_ID` names a user-assigned one). */
  readonly credential?: TokenCredential;
  readonly client?: CryptographyClientOptions;
}

/** A token is waited for by letters: as long as for each of the other calls that bring it. */
const TIMEOUT_MS = 20_000;

/**
 * A signer whose key stays in the vault (RS256). The vault's library and the identity's are large, and load with the
 * first grant. Rejects when the vault refuses or does not answer; an error with `statusCode` is an answer of its.
 */
export function keyVaultSigner({ keyId, kid }: KeyVaultKey, access: KeyVaultAccess = {}): GrantSigner {
  const connect = async () => {
    const { CryptographyClient } = await import("@azure/keyvault-keys");
    const credential = access.credential ?? new (await import("@azure/identity")).DefaultAzureCredential();
    return new CryptographyClient(keyId, credential, { retryOptions: { maxRetries: 2 }, ...access.client });
  };
  let client: ReturnType<typeof connect> | undefined;
  return async (claims) => {
    client ??= connect();
    const signed = [{ alg: "RS256", kid, typ: "JWT" }, claims].map(base64urlJson).join(".");
    const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
    const { result } = await (await client).signData("RS256", Buffer.from(signed, "ascii"), options);
    return `${signed}.${Buffer.from(result).toString("base64url")}`;
  };
}

function base64urlJson(value: object): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}
