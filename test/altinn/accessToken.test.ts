import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import { jwkSigner } from "../../shared/altinn/grant.ts";
import { readPrivateJwk } from "../../shared/altinn/privateJwk.ts";
import { answerJson, type Peer, type SeenRequest, settableClock, startPeer } from "./peer.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

function testKey() {
  const read = readPrivateJwk(JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key-1" }));
  if (!read.ok) throw new Error(read.problem);
  return read.jwk;
}

const privateJwk = testKey();

/** An unsigned JWT as Altinn's exchange gives one: only `exp` matters to its client. */
function altinnToken(exp: number, id: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: Math.floor(exp / 1000), id })}.c2ln`;
}

interface Setup {
  readonly lifeMs?: number;
  readonly isQuoted?: boolean;
  readonly on?: (step: Step, response: ServerResponse, count: number) => boolean;
  readonly org?: { readonly consumerOrg?: string; readonly systemUserOrg?: string };
}

type Step = "metadata" | "token" | "exchange";

async function setUp({ lifeMs = 1_800_000, isQuoted = false, on = () => false, org = {} }: Setup = {}) {
  const clock = settableClock();
  const counts = { metadata: 0, token: 0, exchange: 0 };
  const peer: Peer = await startPeer((request, response) => {
    const step = stepOf(request);
    counts[step]++;
    if (on(step, response, counts[step])) return;
    if (step === "metadata") answerJson(response, 200, { issuer: "x", token_endpoint: `${peer.url}/token-here` });
    else if (step === "token") answerJson(response, 200, { access_token: `opaque-${counts.token}`, expires_in: 120 });
    else {
      const token = altinnToken(clock.now() + lifeMs, counts.exchange);
      response.writeHead(200).end(isQuoted ? JSON.stringify(token) : token);
    }
  });
  const instance = () =>
    createAccessTokens({
      issuer: `${peer.url}/maskinporten/`,
      platformUrl: `${peer.url}/platform`,
      clientId: "client-1",
      scopes: ["a:b", "c:d"],
      sign: jwkSigner(privateJwk),
      http: fetch,
      clock,
      ...org,
    });
  return {
    clock,
    counts,
    peer,
    instance,
    tokens: instance(),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

function stepOf(request: SeenRequest): Step {
  if (request.path === "/maskinporten/.well-known/oauth-authorization-server") return "metadata";
  if (request.path === "/token-here" && request.method === "POST") return "token";
  if (request.path === "/platform/authentication/api/v1/exchange/maskinporten") return "exchange";
  throw new Error(`Nobody asks for ${request.method} ${request.path}`);
}

describe("a token", () => {
  it("is got with a signed grant, and exchanged", async () => {
    await using world = await setUp();
    const result = await world.tokens.get();
    expect(result).toEqual({ ok: true, token: altinnToken(world.clock.now() + 1_800_000, 1) });
    const [, posted, exchanged] = world.peer.seen;
    const form = new URLSearchParams(posted?.body.toString());
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const assertion = form.get("assertion") ?? "";
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: "RS256", kid: "key-1" });
    const key = createPublicKey({ key: privateJwk, format: "jwk" });
    const currentDate = new Date(world.clock.now());
    const { payload } = await jwtVerify(assertion, key, { currentDate });
    const iat = world.clock.now() / 1000;
    const aud = `${world.peer.url}/maskinporten/`;
    expect(payload).toMatchObject({ aud, iss: "client-1", scope: "a:b c:d", iat });
    expect((payload.exp ?? 0) - iat).toBeLessThanOrEqual(120);
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload).not.toHaveProperty("consumer_org");
    expect(exchanged?.headers.authorization).toBe("Bearer opaque-1");
  });

  it("can be asked for on behalf of others", async () => {
    await using world = await setUp({ org: { consumerOrg: "310000000", systemUserOrg: "310000035" } });
    await world.tokens.get();
    const assertion = new URLSearchParams(world.peer.seen[1]?.body.toString()).get("assertion") ?? "";
    const claims: unknown = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({
      consumer_org: "310000000",
      authorization_details: [
        {
          type: "urn:altinn:systemuser",
          systemuser_org: { authority: "iso6523-actorid-upis", ID: "0192:310000035" },
        },
      ],
    });
  });

  it("may come in quotes", async () => {
    await using world = await setUp({ isQuoted: true });
    expect(await world.tokens.get()).toEqual({ ok: true, token: altinnToken(world.clock.now() + 1_800_000, 1) });
  });

  it("is fetched once, however many ask for it", async () => {
    await using world = await setUp();
    const results = await Promise.all(Array.from({ length: 1_000 }, () => world.tokens.get()));
    expect(new Set(results.map((result) => (result.ok ? result.token : "none"))).size).toBe(1);
    expect(world.counts).toEqual({ metadata: 1, token: 1, exchange: 1 });
  });

  it("is fetched ten times by ten instances, and whoever asks meanwhile waits for no other fetch than the one under way", async () => {
    const held: (() => void)[] = [];
    await using world = await setUp({
      on: (step, response, count) => {
        if (step === "exchange")
          held.push(() => response.writeHead(200).end(altinnToken(world.clock.now() + 1_800_000, count)));
        return step === "exchange";
      },
    });
    const instances = Array.from({ length: 10 }, world.instance);
    const askAll = () => instances.flatMap((tokens) => Array.from({ length: 50 }, () => tokens.get()));
    const early = askAll();
    await expect.poll(() => held.length).toBe(10);
    const late = askAll();
    for (const release of held) release();
    const results = await Promise.all([...early, ...late]);
    expect(new Set(results.map((result) => (result.ok ? result.token : "none"))).size).toBe(10);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(world.counts).toEqual({ metadata: 10, token: 10, exchange: 10 });
  });

  it("is renewed when a minute is left, with a grant of its own", async () => {
    await using world = await setUp();
    const first = await world.tokens.get();
    world.clock.advance(1_800_000 - 61_000);
    expect(await world.tokens.get()).toEqual(first);
    world.clock.advance(2_000);
    expect(await world.tokens.get()).not.toEqual(first);
    expect(world.counts).toEqual({ metadata: 1, token: 2, exchange: 2 });
    const [one, two] = world.peer.seen.filter((request) => request.path === "/token-here");
    expect(one?.body.equals(two?.body ?? Buffer.alloc(0))).toBe(false);
  });

  it("is renewed five minutes before its end beside the letters, none of which waits", async () => {
    let release = () => {};
    await using world = await setUp({
      on: (step, response, count) => {
        if (step !== "exchange" || count !== 2) return false;
        release = () => response.writeHead(200).end(altinnToken(world.clock.now() + 1_800_000, 2));
        return true;
      },
    });
    const first = await world.tokens.get();
    world.clock.advance(1_800_000 - 299_000);
    expect(await Promise.all([world.tokens.get(), world.tokens.get()])).toEqual([first, first]);
    await expect.poll(() => world.counts.exchange).toBe(2);
    expect(await world.tokens.get()).toEqual(first);
    release();
    await expect.poll(() => world.tokens.get()).not.toEqual(first);
    expect(world.counts).toEqual({ metadata: 1, token: 2, exchange: 2 });
  });

  it("that cannot be renewed ahead is good until its minute, and then the failure is told", async () => {
    await using world = await setUp({
      on: (step, response, count) => {
        if (step !== "exchange" || count === 1) return false;
        response.writeHead(503).end();
        return true;
      },
    });
    const first = await world.tokens.get();
    world.clock.advance(1_800_000 - 299_000);
    expect(await world.tokens.get()).toEqual(first);
    await expect.poll(() => world.counts.exchange).toBe(2);
    // Nobody waits for it: it is tried again after half a minute, and not for each letter meanwhile.
    world.clock.advance(29_000);
    for (let asked = 0; asked < 50; asked++) {
      expect(await world.tokens.get()).toEqual(first);
      await setImmediate();
    }
    expect(world.counts.exchange).toBe(2);
    world.clock.advance(2_000);
    await expect.poll(async () => (await world.tokens.get()) && world.counts.exchange).toBe(3);
    world.clock.advance(209_000);
    expect(await world.tokens.get()).toMatchObject({ ok: false, failure: { status: 503 } });
  });

  it("59: is renewed in its time although the machine's time is set back by a day", async () => {
    await using world = await setUp();
    const first = await world.tokens.get();
    world.clock.setBack(86_400_000);
    world.clock.advance(1_800_000);
    expect(await world.tokens.get()).not.toEqual(first);
  });

  it("that lives shorter than the margin is good for those who waited, and is fetched again for the next", async () => {
    await using world = await setUp({ lifeMs: 30_000 });
    const both = await Promise.all([world.tokens.get(), world.tokens.get()]);
    expect(both.every((result) => result.ok)).toBe(true);
    expect(world.counts.exchange).toBe(1);
    expect((await world.tokens.get()).ok).toBe(true);
    expect(world.counts.exchange).toBe(2);
  });

  it("that was refused is dropped, but not the one that took its place", async () => {
    await using world = await setUp();
    const first = await world.tokens.get();
    if (!first.ok) throw new Error("No token.");
    world.tokens.drop(first.token);
    world.tokens.drop(first.token);
    const second = await world.tokens.get();
    world.tokens.drop(first.token);
    expect(await world.tokens.get()).toEqual(second);
    expect(second).not.toEqual(first);
    expect(world.counts.exchange).toBe(2);
  });
});

describe("no token", () => {
  it.each<[string, Step, (response: ServerResponse) => void, object]>([
    [
      "refused with an OAuth error",
      "token",
      (response) => answerJson(response, 400, { error: "invalid_grant", error_description: "client 1 (trace_id: 7)" }),
      { call: "POST maskinporten token", status: 400, oauthError: "invalid_grant", isSetUp: true },
    ],
    [
      "refused with a page",
      "token",
      (response) => void response.writeHead(403).end("<html>no</html>"),
      { call: "POST maskinporten token", status: 403, isSetUp: true },
    ],
    ["down", "token", (response) => void response.writeHead(503).end(), { status: 503, isSetUp: false }],
    [
      "too busy",
      "token",
      (response) => void response.writeHead(429, { "retry-after": "7" }).end(),
      { status: 429, retryAfterMs: 7_000, isSetUp: false },
    ],
    ["cut", "token", (response) => void response.destroy(), { isSetUp: false }],
    ["without a token", "token", (response) => answerJson(response, 200, {}), { status: 200, isSetUp: false }],
    [
      "a wrong issuer",
      "metadata",
      (response) => void response.writeHead(404).end("<html>"),
      { call: "GET maskinporten metadata", status: 404, isSetUp: true },
    ],
    [
      "a token endpoint that is not called",
      "metadata",
      (response) => answerJson(response, 200, { token_endpoint: "http://maskinporten.example/token" }),
      { call: "GET maskinporten metadata", isSetUp: false },
    ],
    [
      "an exchange that refuses",
      "exchange",
      (response) => void response.writeHead(401).end(),
      { call: "GET altinn token exchange", status: 401, isSetUp: true },
    ],
    [
      "an exchange that redirects",
      "exchange",
      (response) => void response.writeHead(302, { location: "/login" }).end(),
      { call: "GET altinn token exchange", status: 302, isSetUp: true },
    ],
    [
      "an exchange that gives a page",
      "exchange",
      (response) => void response.writeHead(200).end("<html>welcome</html>"),
      { call: "GET altinn token exchange", status: 200, isSetUp: false },
    ],
  ])("%s", async (_name, failing, answer, expected) => {
    await using world = await setUp({
      on: (step, response, count) => {
        if (step !== failing || count > 1) return false;
        answer(response);
        return true;
      },
    });
    const results = await Promise.all([world.tokens.get(), world.tokens.get()]);
    const failure = { kind: "failed", cause: "token", ...expected };
    expect(results).toEqual([
      { ok: false, failure: expect.objectContaining(failure) },
      { ok: false, failure: expect.objectContaining(failure) },
    ]);
    expect(JSON.stringify(results)).not.toContain("trace_id");
    expect(world.counts[failing]).toBe(1);
    // For a moment nobody tries again; then it works.
    world.clock.advance(500);
    expect((await world.tokens.get()).ok).toBe(false);
    expect(world.counts[failing]).toBe(1);
    world.clock.advance(600);
    expect((await world.tokens.get()).ok).toBe(true);
  });

  it("because the signer fails", async () => {
    await using world = await setUp();
    const tokens = createAccessTokens({
      issuer: `${world.peer.url}/maskinporten/`,
      platformUrl: world.peer.url,
      clientId: "client-1",
      scopes: ["a:b"],
      sign: () => Promise.reject(new Error("the vault says: secret")),
      http: fetch,
      clock: world.clock,
    });
    const failure = { kind: "failed", call: "sign grant", cause: "token", isSetUp: false };
    expect(await tokens.get()).toEqual({ ok: false, failure });
  });
});
