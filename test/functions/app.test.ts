// The built app under the local functions host: the same bundle that Azure runs, over HTTP and real queues.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientKey, createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { type FunctionsHost, startFunctionsHost } from "../../local/functions-host/start.ts";
import { build } from "../../scripts/build.ts";
import { announcementSchema } from "../../shared/announcements/announcement.ts";
import { figuresAnswerSchema } from "../../shared/figures/answer.ts";
import { receivedFiguresSchema } from "../../shared/figures/received.ts";
import { letterPageSchema } from "../../shared/finding/answers.ts";
import { letterSchema } from "../../shared/finding/letter.ts";
import { openApi } from "../../shared/openApi.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";
import { RESOURCE } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const KEY = "the-function-key";

let storage: Storage;
let account: StorageAccount;
let simulator: Simulator;
let directory: string;
let host: FunctionsHost;
let key: ClientKey;
/** One clock for the simulator and the app, however long it takes until the host is there: tokens go by it. */
const TIME_SCALE = 20;
const TIME_ORIGIN = Date.now();
const logged: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "correspondence-app-"));
  const [started] = await Promise.all([startStorage(), build({ directory: join(directory, "dist") })]);
  storage = started;
  account = await storage.account();
  key = await createClientKey();
  const clients = [{ clientId: "test-client", keys: [key.publicJwk] }];
  const time = { timeScale: TIME_SCALE, timeOrigin: TIME_ORIGIN };
  simulator = await startSimulator({ ...time, clients, subscriptionKey: "test-subscription-key" });
  for (const file of ["host.json", "package.json"]) await copyFile(join(ROOT, file), join(directory, file));
  host = await startFunctionsHost({
    appDirectory: directory,
    port: 0,
    functionKey: KEY,
    settings: settings(),
    timeScale: TIME_SCALE,
    onLog: ({ line }) => logged.push(line),
  });
});
afterAll(async () => {
  await host.stop();
  await simulator.close();
  await rm(directory, { recursive: true });
});

function settings(): Record<string, string> {
  return {
    CORRESPONDENCE_STORAGE: account.connectionString,
    ALTINN_ENVIRONMENT: "tt02",
    TIME_ORIGIN: String(TIME_ORIGIN),
    ALTINN_PLATFORM_URL: simulator.url,
    MASKINPORTEN_ISSUER: `${simulator.url}/maskinporten/`,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
    ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
    ALTINN_RESOURCES: RESOURCE,
    // The one at the end of X-Forwarded-For, which the host writes.
    ALTINN_EVENTS_ADDRESSES: "127.0.0.1",
  };
}

async function drop(queue: string, text: string): Promise<void> {
  await queues().getQueueClient(queue).sendMessage(text);
}

/**
 * What has been told of a request, in order, but for what becomes of the letter in time (on a slow machine it is
 * published before a test is through). The announcements stay on their queue.
 */
async function told(requestId: string): Promise<string[]> {
  const { peekedMessageItems } = await queues()
    .getQueueClient(QUEUES.announcements)
    .peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems
    .map(({ messageText }) => announcementSchema.parse(JSON.parse(messageText)).data)
    .filter((data) => data.requestId === requestId)
    .map(({ status }) => status)
    .filter((status) => status !== "published");
}

function queues(): QueueServiceClient {
  return QueueServiceClient.fromConnectionString(account.connectionString);
}

function post(body: string | Buffer, headers: Record<string, string> = {}, key = KEY): Promise<Response> {
  return fetch(`${host.url}/api/altinn-events?code=${key}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/cloudevents+json", ...headers },
  });
}

test("registers its fifteen functions", () => {
  expect([...host.functions].sort()).toEqual([
    "checkStatusBatch",
    "checkStatuses",
    "dashboard",
    "figures",
    "findLetters",
    "handlePoisonedDispatch",
    "handlePoisonedRequest",
    "health",
    "openApi",
    "receiveAltinnEvent",
    "requestProgress",
    "sendCorrespondence",
    "sendDispatch",
    "showLetter",
    "waitingLetters",
  ]);
});

test("a message on the queue becomes a letter and an announcement", async () => {
  await drop(QUEUES.requests, JSON.stringify(aLetter({ id: "through-the-host" })));
  await expect.poll(() => told("through-the-host")).toEqual(["sent"]);
  expect(simulator.control.correspondences()).toHaveLength(1);
});

/** Every name that Azure's host has for something of the queue's, and more that a producer might choose. */
const FORGED = ["dequeueCount", "popReceipt", "insertionTime", "expirationTime", "nextVisibleTime", "queueTrigger"];

describe.each([
  ["id", {}],
  ["ID", {}],
  ["id", Object.fromEntries(FORGED.map((name) => [name, "producers-own-word"]))],
])("a request with an %s, and beside it %j", (name, beside) => {
  const id = `producers-own-id-${crypto.randomUUID()}`;
  const text = JSON.stringify({ [name]: id, ...aLetter(), ...beside });
  const duplicates = () => logged.filter((line) => line.includes('"outcome":"duplicate"'));

  test("is told as a duplicate when it is dropped again, and logged by the queue's id of it, not by its own", async () => {
    const before = duplicates().length;
    await drop(QUEUES.requests, text);
    await expect.poll(() => told(id)).toEqual(["sent"]);
    await drop(QUEUES.requests, text);
    await expect.poll(() => told(id)).toEqual(["sent", "duplicate"]);
    await expect.poll(() => duplicates().length).toBe(before + 1);
    expect(duplicates().at(-1)).toMatch(
      /"messaging.message.id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}","dequeueCount":1,/,
    );
    // The line of the invocation, too, is about that letter.
    expect(duplicates().at(-1)).toMatch(
      /"messaging.destination.name":"correspondence-requests",.*"trace_id":"[0-9a-f]{32}"/,
    );
    expect(logged.filter((line) => line.includes("producers-own-"))).toEqual([]);
  });
});

test("a letter that is poisoned a fourth time is closed, also if its request has an id", async () => {
  const path = "/correspondence/api/v1/correspondence";
  simulator.control.fault({ method: "POST", path, status: 503, times: "always" });
  const text = JSON.stringify(aLetter({ id: "poisoned" }));
  await drop(QUEUES.requests, text);
  const closings = () => logged.filter((line) => line.includes('"outcome":"closing"'));
  for (let poisoned = 1; poisoned <= 4; poisoned++) {
    await drop(poisonQueueOf(QUEUES.requests), text);
    const handled = () => logged.filter((line) => line.includes('"faas.name":"handlePoisonedRequest"'));
    await expect.poll(handled).toHaveLength(poisoned);
    expect(closings()).toHaveLength(poisoned === 4 ? 1 : 0);
  }
  simulator.control.clearFaults();
});

describe("letters", () => {
  const ask = (question: string, key = KEY) =>
    fetch(`${host.url}/api/${question}`, { headers: { "x-functions-key": key } });

  test("are found by request and reference, and shown whole by either id", async () => {
    await drop(QUEUES.requests, JSON.stringify(aLetter({ id: "found", letter: { sendersReference: "found/1" } })));
    await expect.poll(() => told("found")).toContain("sent");
    const byRequest = letterPageSchema.parse(await (await ask("letters?requestId=found")).json());
    const letter = letterSchema.parse(byRequest.letters[0]);
    expect(letter).toMatchObject({ requestId: "found", sendersReference: "found/1", history: [{ source: "answer" }] });
    expect(letter.recipient).toMatch(/^urn:altinn:[a-z:-]+:\*\*\*$/);
    for (const question of [`letters/${letter.dispatchId}`, `letters/${letter.correspondenceId}`]) {
      expect(await (await ask(question)).json()).toMatchObject({ letter: { requestId: "found" } });
    }
    expect(await (await ask("letters?reference=found/1&limit=1")).json()).toMatchObject({ letters: [letter] });
    expect(await (await ask("requests/found?limit=1")).json()).toMatchObject({
      sent: 1,
      waiting: 0,
      letters: [letter],
    });
  });

  test("that are asked for wrongly, or that nobody knows, are problem details; every wrong parameter is named", async () => {
    const wrong = await ask("letters?limit=0&next=&from=2030&who=me");
    expect(wrong.status).toBe(400);
    expect(wrong.headers.get("content-type")).toBe("application/problem+json");
    const named = ["limit", "next", "from", "who"].map((parameter) => expect.objectContaining({ parameter }));
    expect(await wrong.json()).toMatchObject({
      type: "about:blank",
      status: 400,
      errors: expect.arrayContaining(named),
    });
    const statuses = ["letters", "letters?status=sent&next=x", "letters/no-guid", "requests/x?limit=0", "waiting?x=1"];
    for (const question of statuses) expect((await ask(question)).status, question).toBe(400);
    const nobody = await ask(`letters/${crypto.randomUUID()}`);
    expect(nobody.status).toBe(404);
    expect(nobody.headers.get("content-type")).toBe("application/problem+json");
  });

  test("that wait are counted, and the endpoints describe themselves", async () => {
    expect(await (await ask("waiting")).json()).toMatchObject({ letters: expect.any(Number), requestsNotRead: 0 });
    expect(await (await ask("openapi.json")).text()).toBe(JSON.stringify(openApi()));
  });

  test("are counted by day; a question that is wrong is told so", async () => {
    const received = receivedFiguresSchema.parse(await (await ask("figures?direction=received")).json());
    expect(received.total.heard).toBe(0);
    const figures = figuresAnswerSchema.parse(await (await ask("figures")).json());
    expect(figures.periods).toHaveLength(7);
    expect(figures.total.sent).toBeGreaterThan(0);
    const wrong = await ask("figures?by=week");
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ errors: [{ parameter: "by", detail: "must be day or hour" }] });
  });
});

describe("the progress of a request", () => {
  const ask = (id: string, key = KEY) => fetch(`${host.url}/api/requests/${id}?code=${key}`);

  test("counts its letters; the id may have a slash in it", async () => {
    await drop(QUEUES.requests, JSON.stringify(aLetter({ id: "case/1 æ" })));
    const counts = async () => (await ask(encodeURIComponent("case/1 æ"))).json();
    await expect.poll(counts).toMatchObject({ requestId: "case/1 æ", total: 1, sent: 1, waiting: 0 });
    expect((await ask("case/1%20%C3%A6")).status).toBe(200);
  });

  test("is not there for an id that is not known, nor for anybody without the key", async () => {
    expect((await ask("nobody")).status).toBe(404);
    expect((await ask("case", "wrong")).status).toBe(401);
  });
});

describe("the webhook", () => {
  const event = anEvent("5a4cebcc-ad44-4e54-99b6-b58e3c13c785", "correspondencepublished", Date.now());

  test.each(["application/json", "application/cloudevents+json; charset=utf-8"])("takes events as %s", async (type) => {
    const response = await post(JSON.stringify(event), { "content-type": type });
    expect(response.status).toBe(200);
  });

  test("looks at who is connected, and not at who the caller says it is", async () => {
    const response = await post(JSON.stringify(event), { "x-forwarded-for": "192.0.2.1" });
    expect(response.status).toBe(200);
  });

  test("answers the validation event", async () => {
    const validation = {
      id: "6b9f2a52-34f1-4c0f-9f57-6f7f5a6b1c12",
      source: "https://platform.altinn.no/events/api/v1/subscriptions/1234",
      type: "platform.events.validatesubscription",
      specversion: "1.0",
    };
    expect((await post(JSON.stringify(validation))).status).toBe(200);
  });

  test("refuses what is no event with 400 and a reason", async () => {
    for (const body of ["", "not JSON", "[]", JSON.stringify({ ...event, specversion: "0.3" })]) {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ problems: [expect.any(String)] });
    }
    const other = await post(JSON.stringify(event), { "content-type": "text/plain" });
    expect(other.status).toBe(400);
  });

  test("refuses a body over 64 KiB with 413", async () => {
    expect((await post(Buffer.alloc(64 * 1024 + 1, "x"))).status).toBe(413);
  });

  test("answers 503 while storage is down, so that Altinn tries again", async () => {
    const state = account.blobs.getContainerClient("correspondence-state");
    const marker = await state.getBlobClient("marker.json").downloadToBuffer();
    await state.delete();
    const response = await post(JSON.stringify({ ...event, id: "6b9f2a52-34f1-4c0f-9f57-6f7f5a6b1c13" }));
    await state.create();
    await state.getBlockBlobClient("marker.json").uploadData(marker);
    expect(response.status).toBe(503);
  });

  test("knows no other method, and nobody without the key", async () => {
    const url = `${host.url}/api/altinn-events?code=${KEY}`;
    expect([404, 405]).toContain((await fetch(url)).status);
    expect((await post(JSON.stringify(event), {}, "wrong")).status).toBe(401);
  });
});

describe("health", () => {
  const health = () => fetch(`${host.url}/api/health?code=${KEY}`);

  test("is 200 while storage, token and Altinn answer", async () => {
    const response = await health();
    expect(await response.json()).toEqual({
      healthy: true,
      storage: "ok",
      token: "ok",
      altinn: "ok",
      sending: "ok",
      events: "ok",
    });
    expect(response.status).toBe(200);
  });

  test("is 503 and says what fails", async () => {
    const fault = { path: "/correspondence/api/v1/correspondence", status: 503, times: "always" } as const;
    simulator.control.fault(fault);
    const response = await health();
    simulator.control.clearFaults();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      healthy: false,
      storage: "ok",
      token: "ok",
      altinn: expect.any(String),
    });
  });

  test("asks for the key", async () => {
    expect((await fetch(`${host.url}/api/health`)).status).toBe(401);
  });
});
