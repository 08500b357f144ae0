// Maskinporten: its metadata, and access tokens for signed JWT grants (RFC 7523).

import { randomUUID } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, importJWK, type JWK, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { type Answer, jsonAnswer } from "./answer.ts";
import { publicPart } from "./clientKey.ts";
import { issueToken } from "./tokens.ts";

/** A client that Maskinporten knows. */
export interface Client {
  readonly clientId: string;
  /** Public or private JWKs; only their public part is used. */
  readonly keys: readonly JWK[];
  /** The scopes it has been given. Default: all that the simulator knows. */
  readonly scopes?: readonly string[];
  /** The organisation that it belongs to. Default: the simulator's owner. */
  readonly organisation?: string;
  /** The organisations that have delegated to it, or given it a system user. Default: all. */
  readonly customers?: readonly string[];
}

/** What Maskinporten needs to answer. */
export interface Maskinporten {
  readonly issuer: string;
  /** Signs the tokens; it changes when they are revoked. */
  secret(): string;
  readonly owner: string;
  /** Of the access tokens, in milliseconds. */
  readonly lifetime: number;
  /** By client id. Without any, every client is taken, and its signature is checked only if the grant carries its key. */
  readonly clients: Map<string, Client>;
  /** The key first seen in a grant of a client that nobody registered. */
  readonly firstKeys: Map<string, JWK>;
  /** The grants that were used, by when they expire. */
  readonly usedGrants: Map<string, number>;
  /** How far clocks may be apart, in milliseconds. */
  readonly skew: number;
  now(): number;
}

const knownScopes = new Set([
  "altinn:serviceowner",
  "altinn:correspondence.read",
  "altinn:correspondence.write",
  "altinn:events.subscribe",
  "altinn:events.publish",
]);

/** The metadata document (RFC 8414). */
export function metadata(issuer: string): Answer {
  return jsonAnswer(200, {
    issuer,
    token_endpoint: `${issuer}token`,
    jwks_uri: `${issuer}jwk`,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    grant_types_supported: ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
    token_endpoint_auth_signing_alg_values_supported: ["RS256", "RS384", "RS512"],
  });
}

/** An OAuth error, as Maskinporten words it: with a trace id. */
function refusal(error: string, description: string, status = 400): Answer {
  return jsonAnswer(status, { error, error_description: `${description} (trace_id: ${randomUUID()})` });
}

/** `POST <issuer>token` with its form. */
export async function grantToken(maskinporten: Maskinporten, form: URLSearchParams): Promise<Answer> {
  if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") {
    return refusal("unsupported_grant_type", "The grant type must be jwt-bearer.");
  }
  const assertion = form.get("assertion");
  if (assertion === null || assertion === "") return refusal("invalid_request", "The assertion is missing.");
  const read = await readGrant(maskinporten, assertion);
  if ("answer" in read) return read.answer;
  const { client, claims } = read;
  const wrong = timeProblem(maskinporten, claims) ?? reuseProblem(maskinporten, claims);
  if (wrong !== undefined) return refusal("invalid_grant", wrong);
  const scopes = typeof claims.scope === "string" ? claims.scope.split(" ").filter((scope) => scope !== "") : [];
  const refused = scopes.find((scope) => !knownScopes.has(scope) || client.scopes?.includes(scope) === false);
  if (scopes.length === 0 || refused !== undefined) {
    return refusal("invalid_scope", `The scope ${refused ?? "(none)"} is unknown, or not given to the client.`);
  }
  const customer = customerOf(claims);
  if (customer !== undefined && client.customers?.includes(customer.organisation) === false) {
    return customer.isSystemUser
      ? refusal("invalid_altinn_customer_configuration", "There is no such system user.")
      : refusal("forbidden", "The consumer has not delegated access to the scope to the supplier.", 403);
  }
  const owner = customer?.organisation ?? client.organisation ?? maskinporten.owner;
  const access = { scopes, clientId: client.clientId, issuer: maskinporten.issuer, owner };
  const token = await issueToken(
    maskinporten.secret(),
    "maskinporten",
    access,
    maskinporten.now(),
    maskinporten.lifetime,
  );
  return jsonAnswer(200, {
    access_token: token,
    token_type: "Bearer",
    expires_in: Math.floor(maskinporten.lifetime / 1000),
    scope: scopes.join(" "),
  });
}

const systemUsers = z.array(z.object({ systemuser_org: z.object({ ID: z.string() }) })).min(1);

/** For whom a client acts: by a delegation, or as a system user. */
function customerOf(claims: JWTPayload): { readonly organisation: string; readonly isSystemUser: boolean } | undefined {
  const [systemUser] = systemUsers.safeParse(claims.authorization_details).data ?? [];
  if (systemUser) return { organisation: systemUser.systemuser_org.ID.replace(/^0192:/u, ""), isSystemUser: true };
  const { consumer_org: organisation } = claims;
  return typeof organisation === "string" ? { organisation, isSystemUser: false } : undefined;
}

type Grant = { readonly answer: Answer } | { readonly client: Client; readonly claims: JWTPayload };

/** Who the grant is from, and that it is really theirs. */
async function readGrant(maskinporten: Maskinporten, assertion: string): Promise<Grant> {
  try {
    const { alg, kid, jwk } = decodeProtectedHeader(assertion);
    const claims = decodeJwt(assertion);
    if (alg === undefined || !["RS256", "RS384", "RS512"].includes(alg)) {
      return { answer: refusal("invalid_grant", "The grant's algorithm is not allowed.") };
    }
    const clientId = claims.iss ?? "";
    const client = clientOf(maskinporten, clientId, jwk);
    if (client === undefined) return { answer: refusal("invalid_client", `The client ${clientId} is unknown.`) };
    if (claims.aud !== maskinporten.issuer) {
      return { answer: refusal("invalid_grant", `The audience must be ${maskinporten.issuer}.`) };
    }
    const keys = client.keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid);
    if (client.keys.length > 0 && !(await anyVerifies(keys, assertion, maskinporten.now()))) {
      return { answer: refusal("invalid_grant", "The grant's signature or key id is wrong.") };
    }
    return { client, claims };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return { answer: refusal("invalid_grant", "The grant is not a signed JWT.") };
    }
    throw error;
  }
}

function clientOf(maskinporten: Maskinporten, clientId: string, carried: JWK | undefined): Client | undefined {
  if (clientId === "") return undefined;
  if (maskinporten.clients.size > 0) return maskinporten.clients.get(clientId);
  const first = maskinporten.firstKeys.get(clientId) ?? carried;
  if (first !== undefined) maskinporten.firstKeys.set(clientId, first);
  return { clientId, keys: first === undefined ? [] : [first] };
}

async function anyVerifies(keys: readonly JWK[], assertion: string, now: number): Promise<boolean> {
  for (const key of keys) {
    try {
      // Times have rules of their own, below.
      const imported = await importJWK(publicPart(key), decodeProtectedHeader(assertion).alg ?? "RS256");
      await jwtVerify(assertion, imported, { currentDate: new Date(now), clockTolerance: "100 years" });
      return true;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return false;
}

function timeProblem(maskinporten: Maskinporten, claims: JWTPayload): string | undefined {
  const now = maskinporten.now() / 1000;
  const skew = maskinporten.skew / 1000;
  if (claims.iat === undefined || claims.exp === undefined) return "The grant needs iat and exp.";
  if (Math.abs(claims.iat - now) > skew) return "The grant was not issued now.";
  if (claims.exp - claims.iat > 120) return "The grant lives for more than 120 seconds.";
  return claims.exp <= now - skew ? "The grant has expired." : undefined;
}

function reuseProblem(maskinporten: Maskinporten, claims: JWTPayload): string | undefined {
  const { usedGrants } = maskinporten;
  const { jti, iss, exp } = claims;
  if (jti === undefined) return "The grant needs a jti.";
  const id = `${iss} ${jti}`;
  if (usedGrants.has(id)) return "The grant has been used.";
  const now = maskinporten.now() / 1000;
  for (const [used, expires] of usedGrants) if (expires < now - 600) usedGrants.delete(used);
  usedGrants.set(id, exp ?? now);
  return undefined;
}
