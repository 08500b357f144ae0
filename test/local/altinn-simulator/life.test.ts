// Letters as time goes: publishing, scans, recipients, lists, due dates; pushes and their retries; clocks and restarts.

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ClientKey, createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { retryDelays } from "../../../local/altinn-simulator/delivery.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { altinnToken, call, problem } from "./caller.ts";
import { type Listener, startListener } from "./listener.ts";

let key: ClientKey;
let simulator: Simulator;
let token: string;
const ended: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  key = await createClientKey();
});
beforeEach(() => begin({ clock: "manual" }));
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function begin(options: SimulatorOptions): Promise<void> {
  const started = await startSimulator(options);
  ended.push(() => started.close());
  simulator = started;
  token = await altinnToken(started, key);
}

const organisation = "urn:altinn:organization:identifier-no:310000000";

async function send(letter: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): Promise<string> {
  const { body, status } = await call(simulator, token, "POST", "/correspondence", {
    correspondence: {
      resourceId: "my-resource",
      sendersReference: "r",
      content: { messageTitle: "Tittel", messageBody: "Tekst" },
      ...letter,
    },
    recipients: [organisation],
    ...rest,
  });
  expect(status).toBe(200);
  const read = z.object({ correspondences: z.array(z.object({ correspondenceId: z.string() })) }).parse(body);
  return read.correspondences[0]?.correspondenceId ?? "";
}

async function statusOf(id: string): Promise<string> {
  const { status, body } = await call(simulator, token, "GET", `/correspondence/${id}`);
  return status === 200 ? z.looseObject({ status: z.string() }).parse(body).status : String(status);
}

async function list(query: string): Promise<string[]> {
  const { body } = await call(simulator, token, "GET", `/correspondence?resourceId=my-resource&role=Sender&${query}`);
  return z.object({ ids: z.array(z.string()) }).parse(body).ids;
}

async function codeOf(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await call(simulator, token, method, path, body);
  const read = problem.safeParse(answer.body);
  return `${answer.status} ${(read.success ? read.data.errorCode : undefined) ?? ""}`.trim();
}

async function subscribe(): Promise<Listener> {
  const listener = await startListener();
  ended.push(async () => await listener[Symbol.asyncDispose]());
  await fetch(`${simulator.url}/events/api/v1/subscriptions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ endPoint: listener.url, resourceFilter: "urn:altinn:resource:my-resource" }),
  });
  await simulator.control.advance(0);
  return listener;
}

function typesOf(events: readonly unknown[]): string[] {
  return events.map((event) => z.looseObject({ type: z.string() }).parse(event).type.split(".").at(-1) ?? "");
}

describe("letters", () => {
  it("are published when it is time, and read by rule", async () => {
    simulator.control.setLifeRule(organisation, "read after 2 s, attachmentsDownloaded after 1 m");
    const at = new Date(simulator.control.now() + 1_200_000).toISOString();
    const id = await send({ requestedPublishTime: at });
    await simulator.control.advance(1_199_000);
    expect(await statusOf(id)).toBe("ReadyForPublish");
    await simulator.control.advance(2_000);
    expect(await statusOf(id)).toBe("Published");
    await simulator.control.advance(2_000);
    expect(await statusOf(id)).toBe("Read");
    await simulator.control.advance(60_000);
    expect(await statusOf(id)).toBe("AttachmentsDownloaded");
    expect([await list("status=Read"), await list("status=12"), await list("status=Fetched")]).toEqual([
      [id],
      [id],
      [],
    ]);
  });

  it("miss their due date", async () => {
    const dueDateTime = new Date(simulator.control.now() + 60_000).toISOString();
    await send({ dueDateTime, isConfirmationNeeded: true });
    await simulator.control.advance(120_000);
    expect(typesOf(simulator.control.events())).toEqual([
      "correspondenceinitialized",
      "correspondencepublished",
      "correspondencereceiverneverread",
      "correspondencereceiverneverconfirmed",
    ]);
    expect(simulator.control.events().at(-1)?.subject).toBe(organisation);
  });

  it("are found between two publish times, strictly, newest first, the prefix finding nothing", async () => {
    const base = Math.floor(simulator.control.now() / 1000) * 1000 + 86_400_000;
    const time = (hours: number) => new Date(base + hours * 1_200_000).toISOString();
    const ids: string[] = [];
    for (const hours of [0, 1, 2]) ids.push(await send({ requestedPublishTime: time(hours) }));
    expect(await list(`from=${time(0)}&to=${time(2)}`)).toEqual([ids[1]]);
    expect(await list(`from=${encodeURIComponent(time(0).replace("Z", "+00:00"))}`)).toEqual([ids[2], ids[1]]);
    const prefixed = "/correspondence?resourceId=urn:altinn:resource:my-resource&role=Sender";
    expect((await call(simulator, token, "GET", prefixed)).body).toEqual({ ids: [] });
    expect(await codeOf("GET", `/correspondence?resourceId=r&role=Sender&from=${time(2)}&to=${time(1)}`)).toBe(
      "400 1027",
    );
  });

  it("keep their key for ever, whoever used it", async () => {
    const idempotentKey = randomUUID();
    const id = await send({ requestedPublishTime: "2099-01-01T00:00:00Z" }, { idempotentKey });
    expect(await codeOf("DELETE", `/correspondence/${id}/purge`)).toBe("200");
    expect(await codeOf("DELETE", `/correspondence/${id}/purge`)).toBe("400 1014");
    expect(await list(`idempotentKey=${idempotentKey.toUpperCase()}`)).toEqual([id]);
    const again = { correspondence: { resourceId: "my-resource", sendersReference: "r" }, recipients: [organisation] };
    const content = { messageTitle: "<b>", messageBody: "x" };
    const bad = { ...again, correspondence: { ...again.correspondence, content } };
    expect(await codeOf("POST", "/correspondence", { ...bad, idempotentKey })).toBe("409 1034");
    expect(await codeOf("POST", "/correspondence", { ...bad, idempotentKey: randomUUID() })).toBe("400 1002");
    const foreign = randomUUID();
    const taken = simulator.control.takeKey(foreign);
    expect(await list(`idempotentKey=${foreign}`)).toEqual([taken]);
    expect(await codeOf("GET", `/correspondence/${taken}`)).toBe("401 4001");
  });

  it("as transmissions can't be purged by the sender", async () => {
    const dialog = { referenceType: "DialogportenDialogId", referenceValue: randomUUID() };
    const id = await send({ externalReferences: [dialog], requestedPublishTime: "2099-01-01T00:00:00Z" });
    expect(await codeOf("DELETE", `/correspondence/${id}/purge`)).toBe("400 1043");
  });

  it("fail as told, with a text", async () => {
    const id = await send();
    await simulator.control.act(id, "failed", { statusText: "Unknown recipient" });
    expect((await call(simulator, token, "GET", `/correspondence/${id}`)).body).toMatchObject({
      status: "Failed",
      statusText: "Unknown recipient",
    });
    expect(typesOf(simulator.control.events())).toContain("correspondencepublishfailed");
  });

  it("can be acted on at a time, over HTTP", async () => {
    const id = await send();
    const at = new Date(simulator.control.now() + 5_000).toISOString();
    const control = `${simulator.url}/_control`;
    await fetch(`${control}/correspondences/${id}/confirmed`, { method: "POST", body: JSON.stringify({ at }) });
    expect(await statusOf(id)).toBe("ReadyForPublish");
    await fetch(`${control}/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 6_000 }) });
    expect(await statusOf(id)).toBe("Confirmed");
  });
});

describe("refusals that the cases do not show", () => {
  it.each([
    ["1007", {}, { existingAttachments: [randomUUID()] }],
    ["1008", { dueDateTime: "2020-01-01T00:00:00Z" }, {}],
    ["1047", {}, { recipients: [organisation, "0192:310000035"], idempotentKey: randomUUID() }],
    [
      "1050",
      { externalReferences: [{ referenceType: 3, referenceValue: "10500000-0000-7000-8000-000000000001" }] },
      {},
    ],
    ["1061", { isConfidential: true }, {}],
    [
      "3017",
      { notification: { emailSubject: "e", emailBody: "t", customRecipients: [{ emailAddress: "a@example.com" }] } },
      { recipients: [organisation, "0192:310000035"] },
    ],
  ])("%s", async (code, letter, rest) => {
    const base = { resourceId: "my-resource", sendersReference: "r", content: { messageTitle: "T", messageBody: "B" } };
    const request = { correspondence: { ...base, ...letter }, recipients: [organisation], ...rest };
    expect(await codeOf("POST", "/correspondence", request)).toBe(`400 ${code}`);
  });

  it("1017, 2001 and 2006", async () => {
    const existingAttachments = [simulator.control.addForeignAttachment()];
    const correspondence = {
      resourceId: "my-resource",
      sendersReference: "r",
      content: { messageTitle: "T", messageBody: "B" },
    };
    const request = { correspondence, recipients: [organisation], existingAttachments };
    expect(await codeOf("POST", "/correspondence", request)).toBe("400 1017");
    expect(await codeOf("GET", `/attachment/${randomUUID()}`)).toBe("404 2001");
    const made = await call(simulator, token, "POST", "/attachment", {
      resourceId: "my-resource",
      fileName: "a.pdf",
      sendersReference: "r",
    });
    expect(await codeOf("DELETE", `/attachment/${made.body}`)).toBe("204");
    expect(await codeOf("DELETE", `/attachment/${made.body}`)).toBe("400 2006");
  });
});

describe("events", () => {
  it("begin with the validation, and are tried again at Altinn's intervals until they are lost", async () => {
    const listener = await subscribe();
    expect(typesOf(listener.received)).toEqual(["validatesubscription"]);
    listener.answers.push(...Array.from({ length: 20 }, () => 500));
    const start = simulator.control.now();
    await send({ requestedPublishTime: "2099-01-01T00:00:00Z" });
    await simulator.control.advance(7 * 86_400_000);
    const waits = simulator.control
      .deliveries()
      .filter(({ status }) => status === 500)
      .map(({ at }) => at - start);
    const sums = retryDelays.map((_, index) => retryDelays.slice(0, index + 1).reduce((sum, delay) => sum + delay, 0));
    expect(waits).toEqual([0, ...sums]);
    expect(retryDelays.map((delay) => delay / 1000)).toEqual([
      10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 43_200,
    ]);
  });

  it("reach nobody before the validation was accepted", async () => {
    const listener = await startListener();
    ended.push(async () => await listener[Symbol.asyncDispose]());
    listener.answers.push(401);
    await fetch(`${simulator.url}/events/api/v1/subscriptions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ endPoint: listener.url, resourceFilter: "urn:altinn:resource:my-resource" }),
    });
    await simulator.control.advance(1_000);
    await send();
    await simulator.control.advance(5_000);
    expect(simulator.control.subscriptions()[0]?.validated).toBe(false);
    await simulator.control.advance(5_000);
    expect(simulator.control.subscriptions()[0]?.validated).toBe(true);
    expect(typesOf(listener.received)).toEqual(["validatesubscription", "validatesubscription"]);
  });

  it("can be lost, repeated, delayed, held and turned round", async () => {
    const listener = await subscribe();
    listener.received.length = 0;
    const { control } = simulator;
    control.addEventRule({ type: "correspondenceinitialized", lose: true, times: 1 });
    control.addEventRule({ type: "correspondencepublished", repeat: 1, delayMs: 10_000, times: 1 });
    await send();
    await control.advance(5_000);
    expect(listener.received).toEqual([]);
    await control.advance(10_000);
    expect(typesOf(listener.received)).toEqual(["correspondencepublished", "correspondencepublished"]);
    listener.received.length = 0;
    control.addEventRule({ hold: true });
    await send();
    await control.advance(5_000);
    expect(listener.received).toEqual([]);
    await control.releaseEvents("reversed");
    expect(typesOf(listener.received)).toEqual(["correspondencepublished", "correspondenceinitialized"]);
    expect(control.events()).toHaveLength(4);
  });

  it("go by type and resource, and stop with the subscription", async () => {
    const listener = await startListener();
    ended.push(async () => await listener[Symbol.asyncDispose]());
    const base = `${simulator.url}/events/api/v1/subscriptions`;
    const headers = { authorization: `Bearer ${token}` };
    const typeFilter = "no.altinn.correspondence.correspondencepublished";
    const body = JSON.stringify({
      endPoint: listener.url,
      resourceFilter: "urn:altinn:resource:my-resource",
      typeFilter,
    });
    const first = z.looseObject({ id: z.number(), validated: z.literal(false) });
    const { id } = first.parse(await (await fetch(base, { method: "POST", headers, body })).json());
    expect(first.parse(await (await fetch(base, { method: "POST", headers, body })).json()).id).toBe(id);
    await simulator.control.advance(0);
    await send();
    await send({ resourceId: "other" });
    await simulator.control.advance(5_000);
    expect(typesOf(listener.received)).toEqual(["validatesubscription", "correspondencepublished"]);
    expect((await fetch(`${base}/${id}`, { headers })).status).toBe(200);
    expect((await fetch(`${base}/${id}`, { method: "DELETE", headers })).status).toBe(200);
    expect((await fetch(`${base}/${id}`, { headers })).status).toBe(404);
    await send();
    await simulator.control.advance(5_000);
    expect(listener.received).toHaveLength(2);
  });
});

describe("time", () => {
  it("runs by itself, and faster", async () => {
    await begin({ timeScale: 100, publishMs: 10_000 });
    const id = await send();
    await expect.poll(() => statusOf(id)).toBe("Published");
  });

  it("can be somebody else's", async () => {
    const clock = { time: Date.parse("2030-01-01T00:00:00Z"), now: () => clock.time };
    await begin({ clock });
    const id = await send();
    clock.time += 5_000;
    expect(await statusOf(id)).toBe("ReadyForPublish");
    await simulator.control.advance();
    expect(await statusOf(id)).toBe("Published");
    expect(simulator.control.events().at(-1)?.time).toBe("2030-01-01T00:00:01.000+00:00");
  });

  it("goes on after a restart, with letters, keys, tokens and what is due", async () => {
    const folder = await mkdtemp(join(tmpdir(), "simulator-"));
    const stateFile = join(folder, "state.json");
    await begin({ clock: "manual", stateFile });
    const idempotentKey = randomUUID();
    const id = await send({}, { idempotentKey });
    await simulator.close();
    const before = token;
    await begin({ clock: "manual", stateFile });
    token = before;
    expect(await list(`idempotentKey=${idempotentKey}`)).toEqual([id]);
    expect(await statusOf(id)).toBe("ReadyForPublish");
    await simulator.control.advance(5_000);
    expect(await statusOf(id)).toBe("Published");
    expect(simulator.control.correspondences()).toMatchObject([{ correspondenceId: id, idempotentKey, files: [] }]);
    for (const end of ended.splice(0)) await end().catch(() => undefined);
    await rm(folder, { recursive: true });
  });
});
