// A redirect to another host is not followed by anything that carries a token, a key or a letter.
import { generateKeyPairSync } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import {
  CALL_TIMEOUTS,
  type CorrespondenceApi,
  createCorrespondenceApi,
} from "../../shared/altinn/correspondenceApi.ts";
import { jwkSigner } from "../../shared/altinn/grant.ts";
import { createApp } from "../../shared/app.ts";
import { systemClock } from "../../shared/clock.ts";
import { readSettings } from "../../shared/settings/settings.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import { answerJson, type Peer, startPeer } from "../altinn/peer.ts";

const STATUSES = [300, 301, 302, 303, 307, 308];
const ID = "5a4cebcc-ad44-4e54-99b6-b58e3c13c785";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privateJwk = { ...privateKey.export({ format: "jwk" }), kid: "key-1" };

/** Would take everything. */
let elsewhere: Peer;
/** Sends everybody there. */
let redirecting: Peer;
let status = 302;
beforeAll(async () => {
  elsewhere = await startPeer((_request, response) => answerJson(response, 200, ID));
  redirecting = await startPeer((request, response) => {
    response.writeHead(status, { location: `${elsewhere.url}${request.path}` }).end();
  });
});
afterAll(async () => {
  await redirecting[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

/** Runs calls that are redirected; they must have been made, and nobody may have followed. */
async function expectNotFollowed(code: number, calls: () => Promise<unknown>): Promise<void> {
  status = code;
  redirecting.seen.length = 0;
  await calls();
  expect(redirecting.seen.length).toBeGreaterThan(0);
  expect(elsewhere.seen).toEqual([]);
}

describe("the calls to Altinn", () => {
  const file = { fileName: "a.pdf", sizeBytes: 3, open: async () => Readable.from([Buffer.from("pdf")]) };
  const calls: Readonly<
    Record<keyof CorrespondenceApi, (api: CorrespondenceApi) => Promise<{ readonly kind: string }>>
  > = {
    initialize: (api) => api.initialize({}),
    initializeAndUpload: (api) => api.initializeAndUpload([["a", "b"]], [file]),
    findByIdempotentKey: (api) => api.findByIdempotentKey("my-resource", ID),
    overview: (api) => api.overview(ID),
    details: (api) => api.details(ID),
    listByStatus: (api) => api.listByStatus({ resourceId: "r", status: "Read", from: new Date(0), to: new Date(1) }),
    attachment: (api) => api.attachment(ID),
    purge: (api) => api.purge(ID),
    initializeAttachment: (api) => api.initializeAttachment({}),
    uploadAttachment: (api) => api.uploadAttachment(ID, file),
    purgeAttachment: (api) => api.purgeAttachment(ID),
  };

  it.each(STATUSES)("are failures with %i", async (code) => {
    const api = createCorrespondenceApi({
      platformUrl: redirecting.url,
      subscriptionKey: "a-key",
      tokens: { get: async () => ({ ok: true, token: "a-token" }), drop: () => {} },
      http: fetch,
      clock: systemClock,
      timeouts: CALL_TIMEOUTS,
    });
    await expectNotFollowed(code, async () => {
      const outcomes = await Promise.all(Object.values(calls).map((call) => call(api)));
      for (const { kind } of outcomes) expect(["failed", "ourSetUp"]).toContain(kind);
      expect(redirecting.seen).toHaveLength(Object.keys(calls).length);
    });
  });
});

describe("the calls for a token", () => {
  it.each(STATUSES)("are failures with %i, at each step", async (code) => {
    await using granting = await startPeer((_request, response) =>
      answerJson(response, 200, { access_token: "opaque" }),
    );
    await using metadata = await startPeer((request, response) => {
      const url = request.path.startsWith("/granting") ? granting.url : redirecting.url;
      answerJson(response, 200, { token_endpoint: url });
    });
    for (const issuer of [redirecting.url, metadata.url, `${metadata.url}/granting`]) {
      await expectNotFollowed(code, async () => {
        const tokens = createAccessTokens({
          issuer,
          platformUrl: redirecting.url,
          subscriptionKey: "a-key",
          clientId: "client-1",
          scopes: ["a:b"],
          sign: jwkSigner(privateJwk),
          http: fetch,
          clock: systemClock,
        });
        expect(await tokens.get()).toMatchObject({ ok: false, failure: { status: code, isSetUp: true } });
      });
    }
  });
});

describe("the calls to storage", () => {
  it.each(STATUSES)("are failures with %i", async (code) => {
    const read = readSettings({
      CORRESPONDENCE_STORAGE: [
        "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5",
        `BlobEndpoint=${redirecting.url}/account;QueueEndpoint=${redirecting.url}/account`,
      ].join(";"),
      ALTINN_RESOURCES: "r",
      ALTINN_ENVIRONMENT: "tt02",
      ALTINN_SUBSCRIPTION_KEY: "a-key",
      MASKINPORTEN_CLIENT_ID: "client-1",
      MASKINPORTEN_JWK: JSON.stringify(privateJwk),
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const app = await createApp(read.settings, { clock: systemClock, telemetry: createTelemetry(() => {}) });
    const { store, queues, attachments, requestBlobs } = app.sending;
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.documents.read("marker.json"),
      () => store.documents.create("a.json", {}),
      () => store.documents.replace("a.json", {}, "etag"),
      () => store.documents.remove("a.json"),
      () => store.documents.isEmpty(),
      () => queues.put("correspondence-status", "a letter"),
      () => queues.isEmpty("dispatches"),
      () => attachments.look("a.pdf"),
      async () => (await attachments.open("a.pdf", "etag")).toArray(),
      () => requestBlobs.read("a.json", 1_000),
    ];
    for (const call of calls) {
      await expectNotFollowed(code, () => expect(call()).rejects.toThrow());
    }
  });
});
