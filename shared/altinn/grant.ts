// The JWT grant that Maskinporten takes for an access token (RFC 7523; Maskinporten, "JWT grant").
import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";

/** What a grant says. Times are epoch seconds. */
export interface GrantClaims {
  readonly aud: string;
  readonly iss: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly consumer_org?: string;
  readonly authorization_details?: readonly object[];
}

/** Signs the claims of a grant as a compact JWT. The key may be anywhere: here, or in a vault that it never leaves. */
export type GrantSigner = (claims: GrantClaims) => Promise<string>;

/** Who asks, and for what. */
export interface GrantOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Nine digits: the organisation on whose behalf a supplier asks. */
  readonly consumerOrg?: string;
  /** Nine digits: the organisation that has given us a system user. */
  readonly systemUserOrg?: string;
}

/** How long a grant is good, in seconds. Maskinporten takes up to 120; the margin is for clocks that differ. */
const GRANT_SECONDS = 110;

/** The claims of a new grant; `now` is in epoch milliseconds. */
export function grantClaims(options: GrantOptions, now: number, jti: string = randomUUID()): GrantClaims {
  const iat = Math.floor(now / 1000);
  return {
    aud: options.issuer,
    iss: options.clientId,
    scope: options.scopes.join(" "),
    iat,
    exp: iat + GRANT_SECONDS,
    jti,
    ...(options.consumerOrg === undefined ? {} : { consumer_org: options.consumerOrg }),
    ...(options.systemUserOrg === undefined ? {} : { authorization_details: [systemUser(options.systemUserOrg)] }),
  };
}

function systemUser(org: string): object {
  return {
    type: "urn:altinn:systemuser",
    systemuser_org: { authority: "iso6523-actorid-upis", ID: `0192:${org}` },
  };
}

/** A signer that holds the private key itself: a JWK with `kid`; `alg` RS256 where it names none. */
export function jwkSigner(privateJwk: JWK): GrantSigner {
  const alg = privateJwk.alg ?? "RS256";
  const header = { alg, ...(privateJwk.kid === undefined ? {} : { kid: privateJwk.kid }), typ: "JWT" };
  let key: ReturnType<typeof importJWK> | undefined;
  return async (claims) => {
    key ??= importJWK(privateJwk, alg);
    return new SignJWT({ ...claims }).setProtectedHeader(header).sign(await key);
  };
}
