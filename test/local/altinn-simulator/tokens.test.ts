// Maskinporten's and Altinn's tokens: what is refused, and with which words.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ClientKey, createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { altinnToken, call, sendGrant, signGrant } from "./caller.ts";

let simulator: Simulator;
let key: ClientKey;
let other: ClientKey;

beforeAll(async () => {
  [key, other] = await Promise.all([createClientKey(), createClientKey()]);
  const clients = [
    { clientId: "test-client", keys: [key.publicJwk], scopes: ["altinn:serviceowner", "altinn:correspondence.read"] },
  ];
  simulator = await startSimulator({ clock: "manual", clients, subscriptionKey: "secret" });
});
afterAll(() => simulator.close());

const granted = "altinn:serviceowner altinn:correspondence.read";

async function errorOf(claims: Record<string, unknown>, signer: ClientKey = key): Promise<string> {
  const assertion = await signGrant(signer, simulator.maskinportenIssuer, simulator.control.now(), {
    scope: granted,
    ...claims,
  });
  const answer = await sendGrant(simulator.maskinportenIssuer, assertion);
  const body = z.looseObject({ error: z.string().optional() }).parse(await answer.json());
  return answer.status === 200 ? "granted" : `${answer.status} ${body.error}`;
}

describe("grants", () => {
  it.each([
    ["a good one", () => ({}), "granted"],
    ["another audience", () => ({ aud: "https://maskinporten.no/" }), "400 invalid_grant"],
    ["an unknown client", () => ({ iss: "nobody" }), "400 invalid_client"],
    ["issued 9 s ago", (now: number) => ({ iat: now - 9, exp: now + 60 }), "granted"],
    ["issued 12 s ago", (now: number) => ({ iat: now - 12, exp: now + 60 }), "400 invalid_grant"],
    ["issued in 12 s", (now: number) => ({ iat: now + 12, exp: now + 60 }), "400 invalid_grant"],
    ["living 121 s", (now: number) => ({ iat: now, exp: now + 121 }), "400 invalid_grant"],
    ["without jti", () => ({ jti: undefined }), "400 invalid_grant"],
    ["an unknown scope", () => ({ scope: "altinn:nonsense" }), "400 invalid_scope"],
    ["a scope not given to it", () => ({ scope: "altinn:correspondence.write" }), "400 invalid_scope"],
    ["no scope", () => ({ scope: undefined }), "400 invalid_scope"],
  ])("%s", async (_, claims, outcome) => {
    expect(await errorOf(claims(Math.floor(simulator.control.now() / 1000)))).toBe(outcome);
  });

  it("signed by another key", async () => {
    expect(await errorOf({}, { ...other, kid: key.kid })).toBe("400 invalid_grant");
  });

  it("used twice", async () => {
    const jti = randomUUID();
    expect([await errorOf({ jti }), await errorOf({ jti })]).toEqual(["granted", "400 invalid_grant"]);
  });

  it("that are no grants", async () => {
    const answer = await sendGrant(simulator.maskinportenIssuer, "nonsense");
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_grant", error_description: expect.stringContaining("trace_id") },
    ]);
  });
});

describe("Altinn's token", () => {
  it("needs the subscription key, is a JWT, and expires", async () => {
    const assertion = await signGrant(key, simulator.maskinportenIssuer, simulator.control.now(), { scope: granted });
    const answer = await sendGrant(simulator.maskinportenIssuer, assertion);
    const body = z.object({ access_token: z.string(), expires_in: z.number() }).parse(await answer.json());
    expect(body.expires_in).toBe(120);
    const exchange = (headers: Record<string, string>) =>
      fetch(`${simulator.url}/authentication/api/v1/exchange/maskinporten`, {
        headers: { authorization: `Bearer ${body.access_token}`, ...headers },
      });
    const without = await exchange({});
    expect([without.status, await without.text()]).toEqual([401, ""]);
    const token = await (await exchange({ "ocp-apim-subscription-key": "secret" })).text();
    const payload = z
      .object({ exp: z.number() })
      .parse(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
    expect(payload.exp).toBeCloseTo(simulator.control.now() / 1000 + 1800, -1);

    const list = (headers: Record<string, string>, method = "GET") =>
      fetch(`${simulator.url}/correspondence/api/v1/correspondence?resourceId=r&role=Sender`, {
        method,
        headers: { authorization: `Bearer ${token}`, "ocp-apim-subscription-key": "secret", ...headers },
      });
    expect((await list({})).status).toBe(200);
    expect((await list({ "ocp-apim-subscription-key": "wrong" })).status).toBe(401);
    expect((await list({ authorization: `Bearer ${body.access_token}` })).status).toBe(401);
    expect((await list({}, "POST")).status).toBe(403);
    await simulator.control.advance(31 * 60_000);
    const late = await list({});
    expect([late.status, await late.text()]).toEqual([401, ""]);
  });

  it("can come in quotes, and be revoked", async () => {
    const quoting = await startSimulator({ clock: "manual", tokenInQuotes: true });
    const token = await altinnToken(quoting, key);
    expect(token).toMatch(/^".+"$/u);
    const bare = z.string().parse(JSON.parse(token));
    const path = "/correspondence?resourceId=r&role=Sender";
    expect((await call(quoting, bare, "GET", path)).status).toBe(200);
    quoting.control.revokeTokens();
    expect((await call(quoting, bare, "GET", path)).status).toBe(401);
    await quoting.close();
  });
});
