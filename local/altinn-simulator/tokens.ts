// Maskinporten's access tokens and Altinn's own tokens: signed by the simulator, so that they outlive its restart.

import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";

/** Which of the two kinds a token is. */
export type TokenUse = "maskinporten" | "altinn";

/** What a valid token says. */
export interface TokenClaims {
  readonly scopes: readonly string[];
  readonly clientId: string;
  /** The organisation that the client belongs to, or acts for. */
  readonly owner: string;
}

/** A new token. Times in milliseconds. */
export async function issueToken(
  secret: string,
  use: TokenUse,
  claims: TokenClaims & { readonly issuer: string },
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
    const { scope, client_id: clientId, consumer } = payload;
    if (typeof scope !== "string" || typeof clientId !== "string") return undefined;
    return { scopes: scope.split(" "), clientId, owner: ownerOf(consumer) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

const organisation = z.object({ ID: z.string() });

function ownerOf(consumer: unknown): string {
  return organisation.safeParse(consumer).data?.ID.replace(/^0192:/u, "") ?? "";
}

/** The token of an Authorization header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+)$/iu.exec(header ?? "")?.[1];
}
