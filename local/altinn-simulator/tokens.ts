// Maskinporten's access tokens and Altinn's own tokens: signed by the simulator, so that they outlive its restart.

import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";

/** Which of the two kinds a token is. */
export type TokenUse = "maskinporten" | "altinn";

/** What a valid token says. */
export interface TokenClaims {
  readonly scopes: readonly string[];
  readonly clientId: string;
}

/** A new token. Times in milliseconds. */
export async function issueToken(
  secret: string,
  use: TokenUse,
  claims: TokenClaims & { readonly issuer: string; readonly owner: string },
  now: number,
  lifetime: number,
): Promise<string> {
  return await new SignJWT({
    scope: claims.scopes.join(" "),
    client_id: claims.clientId,
    consumer: { authority: "iso6523-actorid-upis", ID: `0192:${claims.owner}` },
    ...(use === "altinn" ? { "urn:altinn:orgNumber": claims.owner, "urn:altinn:org": "ttd" } : {}),
  })
    .setProtectedHeader({ alg: "HS256", typ: use === "altinn" ? "JWT" : "at+jwt" })
    .setIssuer(claims.issuer)
    .setAudience(use)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + lifetime) / 1000))
    .setJti(randomUUID())
    .sign(Buffer.from(secret, "base64url"));
}

/** Reads a token of one kind. Undefined: none of ours, of the other kind, or expired at `now`. */
export async function readToken(
  secret: string,
  use: TokenUse,
  token: string,
  now: number,
): Promise<TokenClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, Buffer.from(secret, "base64url"), {
      audience: use,
      currentDate: new Date(now),
    });
    const { scope, client_id: clientId } = payload;
    if (typeof scope !== "string" || typeof clientId !== "string") return undefined;
    return { scopes: scope.split(" "), clientId };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The token of an Authorization header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+)$/iu.exec(header ?? "")?.[1];
}
