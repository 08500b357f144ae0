// The private key that Maskinporten knows us by, as a JWK.
import { createPrivateKey } from "node:crypto";
import * as z from "zod";

const part = z.string().regex(/^[A-Za-z0-9_-]+={0,2}$/);

const rsaJwk = z.object({
  kty: z.literal("RSA"),
  /** By which Maskinporten finds the public key. */
  kid: z.string().min(1),
  alg: z.enum(["RS256", "RS384", "RS512"]).default("RS256"),
  n: part,
  e: part,
  d: part,
  p: part,
  q: part,
  dp: part,
  dq: part,
  qi: part,
});

/** A private RSA key with its id, and nothing besides. */
export type PrivateJwk = z.output<typeof rsaJwk>;

/** Maskinporten refuses shorter keys. */
const LEAST_BITS = 2048;

const alike = z.object({
  kty: z.unknown().optional(),
  kid: z.unknown().optional(),
  d: z.unknown().optional(),
  alg: z.unknown().optional(),
});

/** What was read: the key, or what is wrong with it, without a part of it. */
export type ReadPrivateJwk =
  | { readonly ok: true; readonly jwk: PrivateJwk }
  | { readonly ok: false; readonly problem: string };

/** Reads a private key: a JWK as JSON, or that in base64 or base64url. */
export function readPrivateJwk(text: string): ReadPrivateJwk {
  const json = parseJson(text.trim().startsWith("{") ? text : Buffer.from(text, "base64").toString("utf8"));
  const shape = alike.safeParse(json);
  if (!shape.success) return { ok: false, problem: "must be a private JWK, as JSON or in base64." };
  const { kty, kid, d, alg } = shape.data;
  if (kty !== "RSA") return { ok: false, problem: "must be an RSA key (kty RSA)." };
  if (d === undefined) return { ok: false, problem: "is a public key: the private one is needed." };
  if (typeof kid !== "string" || kid === "")
    return { ok: false, problem: "has no kid: give the key's id at Maskinporten." };
  const parsed = rsaJwk.safeParse(json);
  if (!parsed.success) {
    const isAlg = alg !== undefined && parsed.error.issues.some((issue) => issue.path[0] === "alg");
    return { ok: false, problem: isAlg ? "must have alg RS256, RS384 or RS512." : "is not a whole private RSA key." };
  }
  const bits = modulusBits(parsed.data);
  if (bits === undefined) return { ok: false, problem: "is not a whole private RSA key." };
  if (bits < LEAST_BITS) return { ok: false, problem: `is too short: at least ${LEAST_BITS} bits are needed.` };
  return { ok: true, jwk: parsed.data };
}

function modulusBits(jwk: PrivateJwk): number | undefined {
  try {
    return createPrivateKey({ key: jwk, format: "jwk" }).asymmetricKeyDetails?.modulusLength;
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
