// Calls the simulator as a sender does: with a grant, Maskinporten's token and Altinn's token.

import { randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { z } from "zod";
import type { ClientKey } from "../../../local/altinn-simulator/clientKey.ts";

export const allScopes =
  "altinn:serviceowner altinn:correspondence.read altinn:correspondence.write altinn:events.subscribe";

export const problem = z.looseObject({
  errorCode: z.number().optional(),
  code: z.string().optional(),
  errors: z.record(z.string(), z.array(z.string())).optional(),
});

/** Signs a grant. Times in seconds. */
export async function signGrant(
  key: ClientKey,
  issuer: string,
  now: number,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return await new SignJWT({
    aud: issuer,
    iss: "test-client",
    scope: allScopes,
    iat: seconds,
    exp: seconds + 100,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", kid: key.kid })
    .sign(await importJWK(key.privateJwk, "RS256"));
}

/** Sends a grant to the token endpoint. */
export function sendGrant(issuer: string, assertion: string): Promise<Response> {
  const form = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  return fetch(`${issuer}token`, { method: "POST", body: form });
}

/** An Altinn token with these scopes. */
export async function altinnToken(
  simulator: { url: string; maskinportenIssuer: string; control: { now(): number } },
  key: ClientKey,
  scope: string = allScopes,
): Promise<string> {
  const grant = await signGrant(key, simulator.maskinportenIssuer, simulator.control.now(), { scope });
  const granted = await sendGrant(simulator.maskinportenIssuer, grant);
  const { access_token } = z.object({ access_token: z.string() }).parse(await granted.json());
  const exchanged = await fetch(`${simulator.url}/authentication/api/v1/exchange/maskinporten`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  return await exchanged.text();
}

/** A call to the Correspondence API (a text is sent as it is): the status and the body, parsed where it is JSON. */
export async function call(
  simulator: { url: string },
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; contentType: string | null; text: string; body: unknown }> {
  const raw = body instanceof FormData || body instanceof Uint8Array;
  const answer = await fetch(`${simulator.url}/correspondence/api/v1${path}`, {
    method,
    headers: {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || body instanceof FormData
        ? {}
        : { "content-type": raw ? "application/octet-stream" : "application/json" }),
    },
    ...(body === undefined ? {} : { body: raw || typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const contentType = answer.headers.get("content-type");
  return { status: answer.status, contentType, text, body: contentType?.includes("json") ? JSON.parse(text) : text };
}

/** A request flattened into form fields: `a.b[0].c`. */
export function flatten(value: unknown, name = ""): [string, string][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten(item, `${name}[${index}]`));
  if (typeof value !== "object") return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    if (name.endsWith(".propertyList")) {
      const index = Object.keys(value).indexOf(key);
      return [
        [`${name}[${index}].Key`, key],
        [`${name}[${index}].Value`, String(item)],
      ];
    }
    return flatten(item, name === "" ? key : `${name}.${key}`);
  });
}
