// HTTP functions in the local host, over real HTTP, with the library's own converters.
import { request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { MAXIMUM_BODY_BYTES } from "../../../local/functions-host/httpServer.ts";
import type { LogEntry } from "../../../local/functions-host/log.ts";
import { type FunctionsHost, startFunctionsHost } from "../../../local/functions-host/start.ts";
import { type Fixture, fixtureApp, openGate, shareFixture } from "./fixtureApps.ts";

const HTTP_FUNCTIONS = ["hooked", "echo", "bytes", "files", "nothing", "throws", "waits", "clock"];

let fixture: Fixture;
let host: FunctionsHost;
let logged: LogEntry[];

beforeEach(async () => {
  fixture = shareFixture();
  logged = [];
  host = await startFunctionsHost({
    appDirectory: fixtureApp("basic"),
    port: 0,
    settings: { FIXTURE_SETTING: "from settings", TIME_ORIGIN: "1767225600000" },
    timeScale: 3,
    functionKey: "the-key",
    only: HTTP_FUNCTIONS,
    stopLimit: 300,
    onLog: (entry) => logged.push(entry),
  });
});

afterEach(async () => {
  await host.stop();
});

test("the handler gets method, parameters, query, headers and body, and its answer comes back", async () => {
  const response = await fetch(`${host.url}/api/echo/12/rest?a=1&a=2&b=`, {
    method: "POST",
    headers: { "x-functions-key": "the-key", "x-header": "value" },
    body: new Uint8Array([0, 1, 254, 255]),
  });
  expect(response.status).toBe(201);
  expect(response.headers.get("x-header")).toBe("value");
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("set-cookie")).toBe("a=b; max-age=5; httponly; samesite=Strict");
  expect(await response.json()).toEqual({
    url: `${host.url}/api/echo/12/rest?a=1&a=2&b=`,
    method: "POST",
    params: { id: "12", rest: "rest" },
    query: { a: "1,2", b: "" },
    body: Buffer.from([0, 1, 254, 255]).toString("base64"),
  });
});

test.each([
  ["no key", "echo/1", {}, 401],
  ["a wrong key", "echo/1?code=the-kex", {}, 401],
  ["an empty key", "echo/1?code=", {}, 401],
  ["the key in the query", "echo/1?code=the-key", {}, 201],
  ["the key in a header", "echo/1", { headers: { "x-functions-key": "the-key" } }, 201],
  ["a wrong header beside the right query", "echo/1?code=the-key", { headers: { "x-functions-key": "no" } }, 401],
  ["a method that the function does not take", "echo/1?code=the-key", { method: "DELETE" }, 404],
  ["a constraint that does not hold", "echo/x?code=the-key", {}, 404],
  ["a path that no function has", "nowhere", {}, 404],
  ["an anonymous function", "bytes", {}, 200],
  ["a function without a route, by its name", "nothing", {}, 204],
])("%s: /api/%s", async (_what, path, init, status) => {
  const response = await fetch(`${host.url}/api/${path}`, init);
  expect(response.status).toBe(status);
  await response.arrayBuffer();
});

test("bytes come back as they are, and a catch-all gets the rest of the path", async () => {
  const bytes = await fetch(`${host.url}/api/bytes`);
  expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 1]);
  const file = await fetch(`${host.url}/api/files/a%20b/c.txt`);
  expect(await file.text()).toBe("a b/c.txt");
});

test("a throw is a 500 with an empty body, and the log says why", async () => {
  const response = await fetch(`${host.url}/api/throws`);
  expect(response.status).toBe(500);
  expect(await response.text()).toBe("");
  expect(logged.at(-1)).toMatchObject({ level: "error", functionName: "throws" });
  expect(logged.at(-1)?.line).toMatch(
    /Executed throws \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\)\nError: on purpose/,
  );
});

test("hooks may replace inputs, handler and result", async () => {
  const response = await fetch(`${host.url}/api/hooked`);
  expect(await response.json()).toEqual({ wrapped: "replaced", changed: true });
  expect(fixture.seen).toEqual([{ hook: "appStart" }, { hook: "postInvocation", before: "hooked" }]);
  await host.stop();
  expect(fixture.seen.at(-1)).toEqual({ hook: "appTerminate" });
});

test("each run is logged at its start and end, and bodies are not", async () => {
  await fetch(`${host.url}/api/echo/1?code=the-key`, { method: "POST", body: "a private letter" });
  expect(logged.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Executing echo \(POST request, Id=/),
    "echo of 16 bytes",
    expect.stringMatching(/^Executed echo \(Succeeded, Id=.*, Duration=\d+ms\)$/),
  ]);
  expect(new Set(logged.map(({ invocationId }) => invocationId)).size).toBe(1);
  const text = JSON.stringify(logged);
  expect(text).not.toContain("private");
  expect(text).not.toContain("the-key");
});

test("the app sees its settings and the scaled clock, only while the host runs", async () => {
  const before = Date.now();
  const response = await fetch(`${host.url}/api/clock`);
  const clock = z.looseObject({ now: z.number() }).parse(await response.json());
  expect(clock).toMatchObject({ scale: 3, setting: "from settings" });
  const origin = Date.UTC(2026, 0, 1);
  expect(clock.now).toBeGreaterThanOrEqual(origin + (before - origin) * 3);
  expect(clock.now).toBeLessThanOrEqual(origin + (Date.now() - origin) * 3);
  await host.stop();
  expect(process.env.FIXTURE_SETTING).toBeUndefined();
  expect(Reflect.get(globalThis, Symbol.for("altinn-correspondence-sender.clock"))).toBeUndefined();
});

test("a body that is announced as too large is refused unread", async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { "content-length": String(MAXIMUM_BODY_BYTES + 1) };
    const sent = request(`${host.url}/api/echo/1?code=the-key`, { method: "PUT", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.write("x");
  });
  expect(status).toBe(413);
  expect(logged).toEqual([]);
});

test("stopping lets a request end that runs", async () => {
  const gate = openGate();
  fixture.gate = gate.promise;
  const answer = fetch(`${host.url}/api/waits`);
  await expect.poll(() => fixture.seen).toContainEqual({ http: "waits" });
  const stopped = host.stop();
  gate.open();
  expect(await (await answer).text()).toBe("waited");
  await stopped;
  expect(logged.filter(({ level }) => level === "warning")).toEqual([]);
  await expect(fetch(`${host.url}/api/bytes`)).rejects.toThrow();
});

test("stopping cuts a request off that does not end", async () => {
  fixture.gate = new Promise(() => {});
  const answer = fetch(`${host.url}/api/waits`);
  const cut = expect(answer).rejects.toThrow();
  await expect.poll(() => fixture.seen).toContainEqual({ http: "waits" });
  await host.stop();
  await cut;
  expect(logged.at(-1)?.message).toContain("Functions still run");
});

test("a taken port is named", async () => {
  const port = Number(new URL(host.url).port);
  const second = startFunctionsHost({ appDirectory: fixtureApp("basic"), port, settings: {}, only: ["bytes"] });
  await expect(second).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
});

test("only functions that exist can be chosen, and disabled ones are left out", async () => {
  const options = { appDirectory: fixtureApp("basic"), port: 0, onLog: () => {} };
  await expect(startFunctionsHost({ ...options, settings: {}, only: ["byte"] })).rejects.toThrow("no function byte");
  const missing = startFunctionsHost({ ...options, settings: { TICK: "1:00:00" } });
  await expect(missing).rejects.toThrow(
    'The function work cannot run: There is no storage connection "AzureWebJobsStorage"',
  );
  const disabled = ["atStart", "tick", "work", "workBytes", "workPoison"].map((name) => [
    `AzureWebJobs.${name}.Disabled`,
    "true",
  ]);
  const second = await startFunctionsHost({ ...options, settings: Object.fromEntries(disabled) });
  expect(second.functions).toEqual([...HTTP_FUNCTIONS].sort());
  await second.stop();
});
