// The simulator misbehaves as it is told, counts every call, and does the same over HTTP as in process.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { altinnToken, call } from "./caller.ts";

let simulator: Simulator;
let token: string;

beforeAll(async () => {
  simulator = await startSimulator({ clock: "manual" });
  token = await altinnToken(simulator, await createClientKey());
});
beforeEach(() => {
  simulator.control.clearFaults();
  simulator.control.clearCalls();
});
afterAll(() => simulator.close());

const letter = {
  correspondence: {
    resourceId: "my-resource",
    sendersReference: "r",
    content: { messageTitle: "Tittel", messageBody: "Tekst" },
  },
  recipients: ["urn:altinn:organization:identifier-no:310000000"],
};

async function post(key: string = randomUUID()) {
  const before = simulator.control.correspondences().length;
  const answer = await call(simulator, token, "POST", "/correspondence", { ...letter, idempotentKey: key }).catch(
    () => "cut" as const,
  );
  return { answer, made: simulator.control.correspondences().length - before };
}

describe("faults", () => {
  it("answer another status without the work, with headers, as often as asked", async () => {
    simulator.control.fault({ status: 429, headers: { "retry-after": "7" }, times: 2 });
    const first = await fetch(`${simulator.url}/correspondence/api/v1/correspondence`, { method: "POST", body: "{}" });
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await post()).toMatchObject({ answer: { status: 429 }, made: 0 });
    expect(await post()).toMatchObject({ answer: { status: 200 }, made: 1 });
  });

  it("do the work first, and answer something else", async () => {
    simulator.control.fault({ status: 500, body: "<html>", contentType: "text/html", workFirst: true });
    expect(await post()).toMatchObject({ answer: { status: 500, text: "<html>", contentType: "text/html" }, made: 1 });
  });

  it("cut the connection before or after the work", async () => {
    simulator.control.fault({ drop: "before" });
    expect(await post()).toEqual({ answer: "cut", made: 0 });
    simulator.control.fault({ drop: "after" });
    expect(await post()).toEqual({ answer: "cut", made: 1 });
    expect(simulator.control.calls().map(({ status }) => status)).toEqual([0, 0]);
  });

  it("spoil the answer of work that was done", async () => {
    simulator.control.fault({ malformed: true });
    const answer = await fetch(`${simulator.url}/correspondence/api/v1/correspondence`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(letter),
    });
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  it("delay", async () => {
    simulator.control.fault({ delayMs: 1 });
    expect(await post()).toMatchObject({ answer: { status: 200 }, made: 1 });
    simulator.control.clearCalls();
    simulator.control.fault({ delayMs: 3_600_000 });
    const patience = new AbortController();
    const url = `${simulator.url}/correspondence/api/v1/correspondence`;
    const delayed = fetch(url, { method: "POST", body: "{}", signal: patience.signal }).catch(() => "given up");
    await expect.poll(() => simulator.control.calls()).toHaveLength(1);
    expect(await post()).toMatchObject({ answer: { status: 200 }, made: 1 });
    expect(simulator.control.calls().map(({ status }) => status)).toEqual([null, 200]);
    patience.abort();
    expect(await delayed).toBe("given up");
  });

  it.each([
    ["/correspondence", "/correspondence", true],
    ["/correspondence", "/correspondence/upload", false],
    ["/correspondence/api/v1/correspondence", "/correspondence/upload", true],
    ["/correspondence/api/v1/correspondence/{id}", "/correspondence/abc", true],
    ["/correspondence/api/v1/correspondence/{id}", "/correspondence/abc/details", false],
    ["*/details", "/correspondence/abc/details", true],
    ["/maskinporten/", "/correspondence/abc", false],
  ])("on %s meet %s: %s", async (path, called, meets) => {
    simulator.control.fault({ path, status: 503 });
    const answer = await fetch(`${simulator.url}/correspondence/api/v1${called}`);
    expect(answer.status === 503).toBe(meets);
  });

  it("can be set, and calls be counted, over HTTP", async () => {
    const control = `${simulator.url}/_control`;
    const refused = await fetch(`${control}/faults`, { method: "POST", body: JSON.stringify({ status: "x" }) });
    expect(refused.status).toBe(400);
    const set = await fetch(`${control}/faults`, {
      method: "POST",
      body: JSON.stringify({ status: 503, times: "always" }),
    });
    expect(await set.json()).toEqual({ id: expect.any(String) });
    await post();
    await post();
    await fetch(`${control}/faults`, { method: "DELETE" });
    await post();
    await fetch(`${simulator.url}/nowhere`);
    const { counts } = z
      .object({ counts: z.record(z.string(), z.number()) })
      .parse(await (await fetch(`${control}/calls`)).json());
    expect(counts).toEqual({ "POST /correspondence": 3, "GET /nowhere": 1 });
    expect(simulator.control.callCount("POST", "/correspondence")).toBe(3);
    expect(simulator.control.calls().map(({ status }) => status)).toEqual([503, 503, 200, 404]);
    await fetch(`${control}/calls`, { method: "DELETE" });
    expect(simulator.control.calls()).toEqual([]);
  });

  it("leave the control alone", async () => {
    simulator.control.fault({ status: 503, times: "always" });
    expect((await fetch(`${simulator.url}/_control/correspondences`)).status).toBe(200);
  });
});
