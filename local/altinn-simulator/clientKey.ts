// Makes the key pair of a Maskinporten client, for local settings and tests.

import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK } from "jose";

/** A client's key. */
export interface ClientKey {
  /** The private JWK with its `kid`, base64 coded: what the app's settings take. */
  readonly base64: string;
  readonly kid: string;
  readonly privateJwk: JWK;
  /** What the simulator is told about the client. */
  readonly publicJwk: JWK;
}

/** A new RSA key of 2048 bits, for signing grants. */
export async function createClientKey(alg: "RS256" | "RS384" | "RS512" = "RS256"): Promise<ClientKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid, alg, use: "sig" };
  const base64 = Buffer.from(JSON.stringify(privateJwk), "utf8").toString("base64");
  return { base64, kid, privateJwk, publicJwk: publicPart(privateJwk) };
}

/** The public part of an RSA key. */
export function publicPart(jwk: JWK): JWK {
  const { kty, n, e, kid, alg } = jwk;
  return { kty: kty ?? "RSA", ...(n && { n }), ...(e && { e }), ...(kid && { kid }), ...(alg && { alg }), use: "sig" };
}
