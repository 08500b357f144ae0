import { createServer } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { callHttp, MAX_ANSWER_BYTES } from "../../shared/altinn/httpCall.ts";
import { retryAfterMs } from "../../shared/altinn/retryAfter.ts";
import { timeUpWhen } from "../harness/timeUp.ts";
import { answerJson, portOf, settableClock, startPeer, startRawPeer } from "./peer.ts";

const clock = settableClock();
const context = { http: fetch, clock };
const get = (url: string, timeoutMs = 300_000) =>
  callHttp(context, { name: "GET /thing", method: "GET", url, timeoutMs });

describe("an answer", () => {
  it("is read whole, whatever its status", async () => {
    await using peer = await startPeer((_request, response) => answerJson(response, 418, { a: 1 }));
    const answer = await get(`${peer.url}/thing`);
    expect(answer).toMatchObject({ kind: "answered", status: 418, text: '{"a":1}', json: { a: 1 } });
    expect(peer.seen[0]?.headers.accept).toBe("application/json");
  });

  it("may be no JSON, or nothing at all", async () => {
    await using peer = await startPeer((request, response) => {
      response.writeHead(200).end(request.path === "/html" ? "<html>sorry</html>" : undefined);
    });
    expect(await get(`${peer.url}/html`)).toMatchObject({ text: "<html>sorry</html>", json: undefined });
    expect(await get(`${peer.url}/empty`)).toMatchObject({ text: "", json: undefined });
  });

  it("tells how long to wait", async () => {
    await using peer = await startPeer((_request, response) => {
      response.writeHead(429, { "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT" }).end();
    });
    expect(await get(peer.url)).toMatchObject({ status: 429, retryAfterMs: 30_000 });
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  it.each<[string | null, number | undefined]>([
    [null, undefined],
    ["120", 120_000],
    [" 0 ", 0],
    ["Sat, 21 Nov 2026 12:01:00 GMT", 60_000],
    ["Saturday, 21-Nov-26 12:01:00 GMT", 60_000],
    ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["9".repeat(40), Number.MAX_SAFE_INTEGER],
  ])("%s is %s ms", (header, wait) => {
    expect(retryAfterMs(header, now)).toBe(wait);
  });
});

describe("a failure", () => {
  it("is a redirect: the token is for this address only", async () => {
    await using elsewhere = await startPeer((_request, response) => answerJson(response, 200, {}));
    await using peer = await startPeer((_request, response) => {
      response.writeHead(302, { location: elsewhere.url }).end();
    });
    expect(await get(peer.url)).toEqual({ kind: "failed", call: "GET /thing", cause: "status", status: 302 });
    expect(elsewhere.seen).toEqual([]);
  });

  it("is an answer that does not come, or does not end in time", async () => {
    await using silent = await startPeer(() => {});
    expect(await get(silent.url, 50)).toEqual({ kind: "failed", call: "GET /thing", cause: "timeout" });
    await using slow = await startPeer((_request, response) => response.writeHead(200).write("{"));
    let hasBegun = false;
    const http: typeof fetch = async (...args) => {
      const response = await fetch(...args);
      hasBegun = true;
      return response;
    };
    const slowCall = { name: "GET /thing", method: "GET", url: slow.url, timeoutMs: 5_000 } as const;
    const answer = await timeUpWhen(
      () => hasBegun,
      slowCall.timeoutMs,
      () => callHttp({ http, clock }, slowCall),
    );
    expect(answer).toMatchObject({ cause: "timeout", status: 200 });
    // A large file has hours, and they are not spent on a connection over which nothing goes.
    const body = Readable.from(["a few bytes"], { objectMode: false });
    const call = {
      name: "POST /thing",
      method: "POST",
      url: silent.url,
      body,
      timeoutMs: 3_600_000,
      idleMs: 50,
    } as const;
    expect(await callHttp(context, call)).toEqual({ kind: "failed", call: "POST /thing", cause: "timeout" });
  });

  it("is a connection that is cut, before the answer or within", async () => {
    await using before = await startPeer((_request, response) => response.destroy());
    expect(await get(before.url)).toEqual({ kind: "failed", call: "GET /thing", cause: "connection" });
    await using within = await startPeer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setImmediate(() => response.destroy());
    });
    expect(await get(within.url)).toMatchObject({ cause: "connection" });
  });

  it("is a peer that is not there: nothing went out", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = portOf(server.address());
    await new Promise((resolve) => server.close(resolve));
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ cause: "notConnected" });
    expect(await get("https://altinn.invalid/")).toMatchObject({ cause: "notConnected" });
  });

  it.each(["http://altinn.example/", "ftp://127.0.0.1/", "nonsense", "https://user:word@altinn.example/"])(
    "is an address that is not called: %s",
    async (url) => {
      const body = Readable.from(["x"]);
      const asked: unknown[] = [];
      const http: typeof fetch = async (input) => {
        asked.push(input);
        return new Response();
      };
      const call = { name: "POST /thing", method: "POST", url, body, timeoutMs: 1_000 } as const;
      expect(await callHttp({ http, clock }, call)).toEqual({
        kind: "failed",
        call: "POST /thing",
        cause: "notConnected",
      });
      expect(asked).toEqual([]);
      expect(body.destroyed).toBe(true);
    },
  );

  it("is an answer without end, of which only so much is read", async () => {
    let closed: () => void = () => {};
    const wasClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let sent = 0;
    await using peer = await startRawPeer((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, "a");
      const write = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", write);
      response.on("close", closed);
      write();
    });
    expect(await get(peer.url)).toMatchObject({ cause: "unreadable", status: 200 });
    await wasClosed;
    expect(sent).toBeLessThan(MAX_ANSWER_BYTES * 4);
  });
});
