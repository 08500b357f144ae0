// Maskinporten keys: made in Key Vault or in a file, and their public part, which is registered at Maskinporten.
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { KeyClient, KeyVaultKey as VaultKey } from "@azure/keyvault-keys";
import { exportJWK, generateKeyPair } from "jose";
import { kidOf } from "../../shared/altinn/keyVaultKey.ts";
import { readPrivateJwk } from "../../shared/altinn/privateJwk.ts";
import { type PublicJwk, publicJwkOf } from "../../shared/altinn/publicJwk.ts";
import { CannotDo } from "../storage.ts";

/** Lengths that Maskinporten takes; the default will do past 2030. */
export const KEY_BITS = [3072, 4096, 2048] as const;

/** A key, where the app finds it, and what is registered. */
export interface MadeKey {
  /** The value of MASKINPORTEN_KEY_VAULT_KEY; undefined for a key in a file. */
  readonly keyId?: string;
  readonly publicJwk: PublicJwk;
}

/** Makes a key in a vault, or a new version of one that is there. It can sign, and do nothing else. */
export async function createVaultKey(
  client: KeyClient,
  { name, bits, hsm }: { readonly name: string; readonly bits: number; readonly hsm: boolean },
): Promise<MadeKey> {
  return describe(await client.createRsaKey(name, { keySize: bits, keyOps: ["sign"], hsm }));
}

/** Reads a key of a vault: the version given, or the latest. */
export async function readVaultKey(client: KeyClient, name: string, version?: string): Promise<MadeKey> {
  return describe(await client.getKey(name, version === undefined ? {} : { version }));
}

function describe({ id, name, key, properties }: VaultKey): MadeKey {
  const { version } = properties;
  if (id === undefined || version === undefined || key?.n === undefined || key.e === undefined) {
    throw new CannotDo(`The key ${name} is no RSA key. Make another one: npm run altinn -- key create`);
  }
  const text = (part: Uint8Array) => Buffer.from(part).toString("base64url");
  return { keyId: id, publicJwk: publicJwkOf({ kid: kidOf(name, version), n: text(key.n), e: text(key.e) }) };
}

/**
 * Makes a key in a new file that only its owner may read: a private JWK in base64, as MASKINPORTEN_JWK takes it.
 * @throws CannotDo if the file is there already
 */
export async function createKeyFile(path: string, bits: number): Promise<MadeKey> {
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: bits, extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
  const text = Buffer.from(JSON.stringify(jwk), "utf8").toString("base64");
  await writeFile(path, text, { flag: "wx", mode: 0o600 }).catch((error: unknown) => {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw isThere ? new CannotDo(`${path} is there already: name another file.`) : error;
  });
  return publicPartOf(text);
}

/**
 * The public part of a private JWK.
 * @throws CannotDo if it is none
 */
export function publicPartOf(text: string): MadeKey {
  const read = readPrivateJwk(text);
  if (!read.ok) throw new CannotDo(`MASKINPORTEN_JWK ${read.problem}`);
  return { publicJwk: publicJwkOf(read.jwk) };
}
