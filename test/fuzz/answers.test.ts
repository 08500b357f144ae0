// Whatever Altinn, Maskinporten, or what stands in between answers: each call ends with a value, in its time, with no more
// of the answer read than is allowed.

import { generateKeyPairSync } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import { type CorrespondenceApi, createCorrespondenceApi } from "../../shared/altinn/correspondenceApi.ts";
import { jwkSigner } from "../../shared/altinn/grant.ts";
import { MAX_ANSWER_BYTES } from "../../shared/altinn/httpCall.ts";
import { maskText } from "../../shared/altinn/mask.ts";
import { parseProblem } from "../../shared/altinn/problemDetails.ts";
import { systemClock } from "../../shared/clock.ts";
import { isWhole, runs } from "./corpus.ts";
import { answering, answeringForEver, answeringWith, type Behaviour, startRawServer, trickling } from "./rawServer.ts";

const ID = "5a4cebcc-ad44-4e54-99b6-b58e3c13c785";
const file = { fileName: "a.pdf", sizeBytes: 3, open: async () => Readable.from([Buffer.from("pdf")]) };
const window = { resourceId: "my-resource", status: "Read", from: new Date(0), to: new Date(1) } as const;

type ApiCall = (api: CorrespondenceApi) => Promise<{ readonly kind: string }>;

/** Every call of the API. */
const calls: Readonly<Record<keyof CorrespondenceApi, ApiCall>> = {
  initialize: (api) => api.initialize({}),
  initializeAndUpload: (api) => api.initializeAndUpload([["a", "b"]], [file]),
  findByIdempotentKey: (api) => api.findByIdempotentKey("my-resource", ID),
  overview: (api) => api.overview(ID),
  details: (api) => api.details(ID),
  listByStatus: (api) => api.listByStatus(window),
  attachment: (api) => api.attachment(ID),
  purge: (api) => api.purge(ID),
  initializeAttachment: (api) => api.initializeAttachment({}),
  uploadAttachment: (api) => api.uploadAttachment(ID, file),
  purgeAttachment: (api) => api.purgeAttachment(ID),
};

function apiAt(platformUrl: string, timeoutMs: number, http: typeof fetch = fetch): CorrespondenceApi {
  return createCorrespondenceApi({
    platformUrl,
    tokens: { get: async () => ({ ok: true, token: "a-token" }), drop: () => {} },
    http,
    clock: systemClock,
    timeouts: { readMs: timeoutMs, writeMs: timeoutMs, perByteMs: 0, longestLetterMs: timeoutMs },
  });
}

/** What each call comes to. */
async function outcomesOf(behaviour: Behaviour, timeoutMs: number): Promise<{ done: string[]; mostSent: number }> {
  await using server = await startRawServer(behaviour);
  const api = apiAt(server.url, timeoutMs);
  const outcomes = await Promise.all(Object.values(calls).map((call) => call(api)));
  const done = outcomes.map(({ kind }) => kind).filter((kind) => !NOTHING_DONE.has(kind));
  return { done, mostSent: server.mostSent() };
}

const OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const block = Buffer.alloc(64 * 1024, " ");
const chunk = Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")]);

/** Answers that are over at once. None says that anything was done. */
const odd: Readonly<Record<string, Behaviour>> = {
  "nothing at all": (socket) => socket.destroy(),
  "a reset": (socket) => socket.resetAndDestroy(),
  words: answering("good morning\r\n\r\n"),
  "another protocol": answering("SSH-2.0-OpenSSH_9.9\r\n"),
  "HTTP/0.9": answering("<html></html>"),
  "HTTP/2": answering("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  "a status of one digit": answering("HTTP/1.1 2 OK\r\n\r\n"),
  "a status below zero": answering("HTTP/1.1 -200 OK\r\n\r\n"),
  "a status of four digits": answering("HTTP/1.1 2000 OK\r\n\r\n"),
  "a length below zero": answering(`${OK}content-length: -1\r\n\r\n{}`),
  "two lengths": answering(`${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  "a length and chunks": answering(`${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  "a length that is not reached": answering(`${OK}content-length: 100\r\n\r\n{}`),
  "chunks that are none": answering(`${CHUNKED}zz\r\n{}`),
  "chunks without the last": answering(`${CHUNKED}2\r\n{}\r\n`),
  "a header that goes on": answering(`${OK}x: ${"x".repeat(100_000)}\r\n\r\n`),
  "thousands of headers": answering(OK, "x: y\r\n".repeat(5_000), "\r\n{}"),
  "a header with a NUL": answering(`${OK}x: a\0b\r\ncontent-length: 2\r\n\r\n{}`),
  "100 and no more": answering("HTTP/1.1 100 Continue\r\n\r\n"),
  "a hundred times 103, and no more": answering("HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n".repeat(100)),
  "HTML with 200": answeringWith(200, "<html>Welcome</html>", "content-type: text/html"),
  "HTML as JSON": answeringWith(200, "<html>Welcome</html>"),
  "HTML with 404": answeringWith(404, "<html>Not here</html>", "content-type: text/html"),
  "HTML with 502": answeringWith(502, "<html>Bad gateway</html>", "content-type: text/html"),
  "an empty 200": answeringWith(200, ""),
  "what is not UTF-8": answeringWith(200, Buffer.from('{"ids":["\xff\xfe\xc0\xaf"]}', "latin1")),
  "UTF-16": answeringWith(200, Buffer.from('{"ids":[]}', "utf16le")),
  "gzip that is none": answeringWith(200, '{"ids":[]}', "content-encoding: gzip"),
  "gzip that ends too soon": answeringWith(200, gzipSync('{"ids":[]}').subarray(0, 15), "content-encoding: gzip"),
  "an encoding that nobody knows": answeringWith(200, "\x01\x02\x03", "content-encoding: aes128gcm"),
  "encodings without end": answeringWith(200, gzipSync("{}"), `content-encoding: ${"gzip, ".repeat(500)}gzip`),
  "lists in lists": answeringWith(200, "[".repeat(100_000) + "]".repeat(100_000)),
  "objects in objects": answeringWith(200, `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`),
  "a redirect": answeringWith(302, "", "location: http://127.0.0.1:1/"),
  "a redirect to nowhere": answeringWith(301, "", "location: \\\\[::"),
  "304": answering("HTTP/1.1 304 Not Modified\r\n\r\n"),
  "429 with a wait of centuries": answeringWith(429, "", `retry-after: ${"9".repeat(300)}`),
  "401 twice": answeringWith(401, ""),
  "a problem of every type": answeringWith(
    400,
    '{"errorCode":{"valueOf":1},"code":[],"detail":{},"title":1,"errors":7}',
  ),
  "a problem with a code without end": answeringWith(400, `{"errorCode":1e400,"code":"${"A".repeat(100_000)}"}`),
};

/** Answers that do not end. */
const endless: Readonly<Record<string, Behaviour>> = {
  "a body without end": answeringForEver(CHUNKED, chunk),
  "a body of 100 MB": answeringForEver(`${OK}content-length: ${100 * 1024 * 1024}\r\n\r\n`, block),
  "a body until the connection closes, which it never does": answeringForEver(`${OK}\r\n`, block),
  "headers without end": answeringForEver(OK, "x: y\r\n".repeat(1000)),
  "a header without end": answeringForEver(`${OK}x: `, "x".repeat(10_000)),
  "trailers without end": answeringForEver(`${CHUNKED}2\r\n{}\r\n0\r\n`, "x: y\r\n".repeat(1000)),
};

/** Answers that take their time. */
const slow: Readonly<Record<string, Behaviour>> = {
  silence: () => {},
  "a trickle of headers": trickling(OK, "x: y\r\n"),
  "a trickle of body": trickling(`${OK}content-length: 1000000\r\n\r\n`, " "),
  "a trickle of chunks": trickling(CHUNKED, "1\r\n \r\n"),
  "a trickle of 102": trickling("", "HTTP/1.1 102 Processing\r\n\r\n"),
  // Of these nothing is kept, so only time ends them.
  "a chunk's size without end": answeringForEver(CHUNKED, "0".repeat(10_000)),
  "a chunk's extension without end": answeringForEver(`${CHUNKED}2;x=`, "x".repeat(10_000)),
  "103 without end": answeringForEver("", "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n".repeat(100)),
  "headers and silence": (socket) => void socket.write(`${OK}content-length: 2\r\n\r\n`),
};

const named = (behaviours: Readonly<Record<string, Behaviour>>) =>
  Object.entries(behaviours).map(([name, behaviour]) => ({ name, behaviour }));

/** None of these says that a letter or an attachment exists, is there, or is gone for good. */
const NOTHING_DONE = new Set(["later", "ourSetUp", "failed"]);

describe("every call of the API", () => {
  it.each(named(odd))("ends with a failure that can be tried again: $name", async ({ behaviour }) => {
    const { done } = await outcomesOf(behaviour, 10_000);
    expect(done).toEqual([]);
  });

  it.each(named(endless))("takes in no more than a part: $name", async ({ behaviour }) => {
    const { done, mostSent } = await outcomesOf(behaviour, 10_000);
    expect(done).toEqual([]);
    // What the sockets of both sides hold comes on top of what is read.
    expect(mostSent).toBeLessThan(4 * MAX_ANSWER_BYTES);
  });

  it.each(named(slow))("ends in its time: $name", async ({ behaviour }) => {
    const { done } = await outcomesOf(behaviour, 60);
    expect(done).toEqual([]);
  });

  it("comes to a value, whatever JSON comes with whatever status", async () => {
    let answer: Behaviour = answeringWith(200, "");
    await using server = await startRawServer((socket) => answer(socket));
    const api = apiAt(server.url, 10_000);
    const key = fc.constantFrom(
      "ids",
      "correspondences",
      "correspondenceId",
      "status",
      "errorCode",
      "code",
      "detail",
      "errors",
    );
    const json = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(key, fc.jsonValue()),
      fc.array(fc.dictionary(key, fc.jsonValue())),
    );
    const status = fc.constantFrom(200, 201, 202, 400, 401, 403, 404, 409, 422, 451, 500, 503);
    await fc.assert(
      fc.asyncProperty(json, status, fc.constantFrom(...Object.values(calls)), async (value, code, call) => {
        answer = answeringWith(code, JSON.stringify(value));
        const { kind } = await call(api);
        expect(["sent", "exists", "found"]).not.toContain(kind);
      }),
      runs(150),
    );
  });
});

describe("an answer that grows when it is unpacked", () => {
  const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
  it.each([
    { name: "64 times", body: packed, headers: "content-encoding: gzip" },
    { name: "twice over", body: gzipSync(packed), headers: "content-encoding: gzip, gzip" },
  ])("is read up to the limit, and no further: $name", async ({ body, headers }) => {
    await using server = await startRawServer(answeringWith(200, body, headers));
    let unpacked = 0;
    const counting: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const counter = new TransformStream<Uint8Array, Uint8Array>({
        transform(part, controller) {
          unpacked += part.byteLength;
          controller.enqueue(part);
        },
      });
      return new Response(response.body?.pipeThrough(counter), response);
    };
    const answer = await apiAt(server.url, 10_000, counting).overview(ID);
    expect(answer).toMatchObject({ kind: "failed", cause: "unreadable" });
    expect(unpacked).toBeLessThan(2 * MAX_ANSWER_BYTES);
  });
});

describe("a token", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const privateJwk = { ...privateKey.export({ format: "jwk" }), kid: "key-1" };

  /** Tries to get a token where one of the three calls is answered like this, and those before it well. */
  async function failureAt(step: "metadata" | "token" | "exchange", behaviour: Behaviour, timeoutMs: number) {
    await using bad = await startRawServer(behaviour);
    const token = answeringWith(200, '{"access_token":"opaque"}');
    await using grants = await startRawServer(step === "token" ? behaviour : token);
    await using good = await startRawServer(answeringWith(200, JSON.stringify({ token_endpoint: grants.url })));
    const tokens = createAccessTokens({
      issuer: step === "metadata" ? bad.url : good.url,
      platformUrl: bad.url,
      clientId: "client-1",
      scopes: ["a:b"],
      sign: jwkSigner(privateJwk),
      http: fetch,
      clock: systemClock,
      timeoutMs,
    });
    const result = await tokens.get();
    return result.ok ? undefined : result.failure.cause;
  }

  const steps = ["metadata", "token", "exchange"] as const;
  // They go by the same function as the calls of the API: a part of them is enough for every run.
  const some = named(odd).filter((_one, index) => isWhole || index % 3 === 0);
  const behaviours = [...some, ...named(endless)].map((one) => ({ ...one, timeoutMs: 10_000 }));
  const slowly = named(slow).map((one) => ({ ...one, timeoutMs: 60 }));

  it.each([...behaviours, ...slowly])(
    "is not there, and nothing is thrown: $name",
    async ({ behaviour, timeoutMs }) => {
      const causes = await Promise.all(steps.map((step) => failureAt(step, behaviour, timeoutMs)));
      expect(causes).toEqual(["token", "token", "token"]);
    },
  );

  it.each([
    '{"access_token":""}',
    '{"access_token":{"length":{"toString":1}}}',
    '{"access_token":"a\\r\\nx-injected: b"}',
    '{"access_token":"\\u2028"}',
    '{"token_endpoint":"http://elsewhere.example/token"}',
    '{"token_endpoint":"https://user:word@127.0.0.1/"}',
    '{"token_endpoint":["a"],"access_token":["b"]}',
    '"..."',
    '"e30.e30."',
    '"e30.eyJleHAiOiJzb29uIn0.x"',
  ])("is none of these: %s", async (json) => {
    const causes = await Promise.all(steps.map((step) => failureAt(step, answeringWith(200, json), 10_000)));
    expect(causes).toEqual(["token", "token", "token"]);
  });
});

describe("a refusal's text", () => {
  // Were each of its words looked through from each of its letters, this would take minutes.
  const long = 300_000;
  it.each(["a", "1", '"', "'", "`", "«", "urn:", "a@", "recipient: "])("is masked, however long: %j", (part) => {
    const detail = part.repeat(long / part.length);
    expect(maskText(detail).length).toBeLessThanOrEqual(5 * long);
    expect(parseProblem({ errorCode: 1001, detail }).detail?.length).toBeLessThanOrEqual(500);
  });
});
