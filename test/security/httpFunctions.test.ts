// Every HTTP function of the app asks for its key, and nothing is done, nor read, for who does not have it.
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type HttpFunction,
  type HttpServer,
  parseHttpFunction,
  startHttpServer,
} from "../../local/functions-host/httpServer.ts";
import { registeredFunctions } from "../harness/registered.ts";

const KEY = "the-function-key";
const LIMIT = 1024 * 1024;

const found = (await registeredFunctions()).filter(({ binding }) => binding.type === "httpTrigger");
const all = found.map(({ registered, binding }) => ({ name: registered.metadata.name, binding }));
// A page in a browser has no key: who may see it, test/pages/dashboard.test.ts tries through the built bundle.
const named = all.filter(({ name }) => name !== "dashboard");

let invoked: string[] = [];
let server: HttpServer;
let functions: HttpFunction[];
beforeAll(async () => {
  functions = found.map(({ registered, binding }) => parseHttpFunction(registered, binding, "api", (text) => text));
  server = await startHttpServer({
    port: 0,
    functions,
    functionKey: KEY,
    maximumBodyBytes: LIMIT,
    invoker: {
      async invoke(registered) {
        invoked.push(registered.metadata.name);
        return { kind: "succeeded", response: { invocationId: "1", outputData: [] } };
      },
    },
  });
});
afterAll(async () => {
  server.cut();
  await server.close();
});

it("the app has HTTP functions, the webhook among them, and one alone without a key", () => {
  expect(named.map(({ name }) => name)).toContain("receiveAltinnEvent");
  const open = all.filter(({ binding }) => binding.authLevel !== "function");
  expect(open.map(({ name }) => name)).toEqual(["dashboard"]);
});

describe.each(named)("$name", ({ name, binding }) => {
  const path = `/api/${String(binding.route).replaceAll(/\{[^}]*\}/g, "x")}`;
  const [method = "GET"] = Array.isArray(binding.methods) ? binding.methods.map(String) : [];

  it("declares that it needs the function's key, and which methods it takes", () => {
    expect(binding.authLevel).toBe("function");
    expect(binding.methods).toEqual([expect.stringMatching(/^(?:GET|POST)$/)]);
  });

  it.each([
    ["no key", "", {}],
    ["an empty key", "?code=", {}],
    ["a key that begins right", `?code=${KEY.slice(0, -1)}`, {}],
    ["a key in capitals", `?code=${KEY.toUpperCase()}`, {}],
    ["two keys", `?code=wrong&code=${KEY}`, {}],
    ["the key under another name", `?key=${KEY}`, {}],
    ["the key as a bearer token", "", { authorization: `Bearer ${KEY}` }],
    ["a wrong key in the header", `?code=${KEY}`, { "x-functions-key": "wrong" }],
  ])("answers 401 to %s, and does nothing", async (_what, query, headers) => {
    invoked = [];
    const response = await fetch(`${server.url}${path}${query}`, { method, headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toBe("");
    expect(invoked).toEqual([]);
  });

  it("runs for who has the key", async () => {
    invoked = [];
    await fetch(`${server.url}${path}?code=${KEY}`, { method });
    await fetch(`${server.url}${path}`, { method, headers: { "x-functions-key": KEY } });
    expect(invoked).toEqual([name, name]);
  });
});

it("bodies come whole: the app does not have them streamed to it, so a slow one holds the host and not the app", async () => {
  const folder = new URL("../../functions/", import.meta.url);
  const sources = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), "utf8")));
  expect(sources.join()).toContain("app.http(");
  expect(sources.join()).not.toMatch(/enableHttpStream|\.setup\(/);
});

/** Sends a head and then, for as long as the other side takes it, more; gives the answer's first line, and how much went. */
function flood(head: string, part: string): Promise<{ answer: string; sent: number }> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let answer = "";
    const write = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("drain", write);
    socket.on("error", () => {});
    socket.on("close", () => resolve({ answer: answer.split("\r\n")[0] ?? "", sent: socket.bytesWritten }));
    socket.write(head);
    write();
  });
}

describe("a request without end", () => {
  const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  const head = (query: string, headers: string) =>
    `POST /api/altinn-events${query} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}`;
  const CHUNKED = "transfer-encoding: chunked\r\n";

  it.each([
    { what: "in chunks, without the key", query: "", headers: `${CHUNKED}\r\n`, part: chunk, status: 401 },
    { what: "in chunks, with the key", query: `?code=${KEY}`, headers: `${CHUNKED}\r\n`, part: chunk, status: 413 },
    {
      what: "that says how long it is",
      query: `?code=${KEY}`,
      headers: "content-length: 9999999999\r\n\r\n",
      part: chunk,
      status: 413,
    },
    { what: "of headers", query: `?code=${KEY}`, headers: "", part: "x: y\r\n".repeat(100), status: 431 },
    { what: "of one header", query: `?code=${KEY}`, headers: "x: ", part: "y".repeat(1000), status: 431 },
    {
      what: "of a query",
      query: `?code=${KEY}&x=${"y".repeat(20_000)}`,
      headers: "",
      part: "x: y\r\n".repeat(100),
      status: 431,
    },
    {
      what: "with two ideas of its length",
      query: `?code=${KEY}`,
      headers: `${CHUNKED}content-length: 4\r\n\r\n`,
      part: chunk,
      status: 400,
    },
  ])("is answered and cut off: $what", async ({ query, headers, part, status }) => {
    invoked = [];
    const { answer, sent } = await flood(head(query, headers), part);
    // A reset can overtake the answer.
    expect(["", `HTTP/1.1 ${status}`]).toContain(answer.slice(0, 12));
    // What the sockets of both sides hold comes on top of the limit.
    expect(sent).toBeLessThan(16 * LIMIT);
    expect(invoked).toEqual([]);
  });
});
