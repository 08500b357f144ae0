// The public part of a Maskinporten key: what is registered there.

/** An RSA key as Maskinporten wants it registered (RFC 7517); nothing of it is secret. */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly use: "sig";
  readonly alg: "RS256" | "RS384" | "RS512";
  readonly kid: string;
  /** Modulus and exponent, base64url. */
  readonly n: string;
  readonly e: string;
}

/** The public part of a key, and nothing else of it. */
export function publicJwkOf(key: Pick<PublicJwk, "kid" | "n" | "e"> & Partial<Pick<PublicJwk, "alg">>): PublicJwk {
  return { kty: "RSA", use: "sig", alg: key.alg ?? "RS256", kid: key.kid, n: key.n, e: key.e };
}
