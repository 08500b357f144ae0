// Queue functions in the local host, over a real Azurite.
import { fileURLToPath } from "node:url";
import { QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Azurite, startAzurite } from "../../../local/azurite/start.ts";
import { startChild } from "../../../local/childProcess.ts";
import type { LogEntry } from "../../../local/functions-host/log.ts";
import { type FunctionsHost, startFunctionsHost } from "../../../local/functions-host/start.ts";
import { type Fixture, fixtureApp, openGate, shareFixture } from "./fixtureApps.ts";

const MAIN = fileURLToPath(new URL("../../../local/functions-host/main.ts", import.meta.url));

let azurite: Azurite;
let service: QueueServiceClient;
let fixture: Fixture;
let queue: QueueClient;
let poison: QueueClient;
let logged: LogEntry[];
const hosts: FunctionsHost[] = [];
let queues = 0;

beforeAll(async () => {
  azurite = await startAzurite();
  service = QueueServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite.stop());

beforeEach(() => {
  fixture = shareFixture();
  logged = [];
  queues += 1;
  queue = service.getQueueClient(`work-${queues}`);
  poison = service.getQueueClient(`work-${queues}-poison`);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

async function start(options: { app?: string; only?: string[]; timeScale?: number; stopLimit?: number } = {}) {
  const { app = "basic", only = ["work"], timeScale = 20, stopLimit = 5_000 } = options;
  const host = await startFunctionsHost({
    appDirectory: fixtureApp(app),
    port: 0,
    settings: { AzureWebJobsStorage: azurite.connectionString, WORK_QUEUE: queue.name },
    timeScale,
    only,
    stopLimit,
    onLog: (entry) => logged.push(entry),
  });
  hosts.push(host);
  return host;
}

async function count(client: QueueClient): Promise<number | undefined> {
  return (await client.getProperties()).approximateMessagesCount;
}

const deliveries = () => fixture.seen.map(({ metadata }) => metadata?.dequeueCount).filter((n) => n !== undefined);

test("a message is run once and deleted; JSON arrives parsed, other text as it is", async () => {
  await queue.create();
  await queue.sendMessage('{"a":"<æ>"}');
  await queue.sendMessage("no JSON");
  await start();
  await expect.poll(() => count(queue)).toBe(0);
  expect(fixture.seen.filter(({ message }) => message !== undefined)).toHaveLength(2);
  expect(fixture.seen).toContainEqual(expect.objectContaining({ function: "work", message: { a: "<æ>" } }));
  expect(fixture.seen).toContainEqual(expect.objectContaining({ function: "work", message: "no JSON" }));
  expect(fixture.seen.find(({ message }) => message === "no JSON")?.metadata).toEqual({
    queueTrigger: "no JSON",
    id: expect.any(String),
    popReceipt: expect.any(String),
    dequeueCount: 1,
    insertionTime: expect.stringMatching(/^\d{4}-.*\+00:00$/),
    expirationTime: expect.stringMatching(/^\d{4}-.*\+00:00$/),
    nextVisibleTime: expect.stringMatching(/^\d{4}-.*\+00:00$/),
  });
  expect(JSON.stringify(logged)).not.toContain("no JSON");
});

test.each([
  ["text: its fields pass for the queue's own word", "work", { id: "theirs", dequeueCount: 77, popReceipt: "forged" }],
  [
    "bytes: the metadata is the queue's",
    "workBytes",
    { id: expect.stringMatching(/^[0-9a-f-]{36}$/), dequeueCount: 1 },
  ],
])("a JSON object whose function takes %s", async (_what, name, metadata) => {
  await queue.create();
  const text = '{ "ID": "theirs", "dequeueCount": 77, "popReceipt": "forged" }';
  await queue.sendMessage(text);
  await start({ only: [name] });
  await expect.poll(() => count(queue)).toBe(0);
  const seen = fixture.seen.find(({ message }) => message !== undefined);
  expect(seen?.metadata).toMatchObject(metadata);
  expect(seen?.message).toEqual(name === "work" ? JSON.parse(text) : Buffer.from(text));
});

test("a queue that does not exist is polled until it does", async () => {
  await start();
  await expect(queue.getProperties()).rejects.toThrow();
  await queue.create();
  await queue.sendMessage("1");
  await expect.poll(() => fixture.seen).toContainEqual(expect.objectContaining({ message: 1 }));
  expect(logged.filter(({ level }) => level === "warning" || level === "error")).toEqual([]);
});

test("a message that fails comes back, and after maxDequeueCount moves to the poison queue unchanged", async () => {
  await queue.create();
  const text = ' {"a": 1,  "b":"<&>"}\n';
  await queue.sendMessage(text);
  fixture.onMessage = () => Promise.reject(new SyntaxError("this text quotes a letter"));
  await start();
  await expect.poll(() => count(poison).catch(() => 0)).toBe(1);
  await expect.poll(() => count(queue)).toBe(0);
  expect(deliveries()).toEqual([1, 2, 3]);
  const [moved] = (await poison.receiveMessages()).receivedMessageItems;
  expect(moved?.messageText).toBe(text);
  expect(moved?.dequeueCount).toBe(1);
  expect(JSON.stringify(logged)).not.toContain("quotes");
});

test("after a failure the message stays invisible for host.json's visibilityTimeout", async () => {
  await queue.create();
  await queue.sendMessage("x");
  const given = vi.spyOn(QueueClient.prototype, "updateMessage");
  let runs = 0;
  fixture.onMessage = () => {
    if (++runs === 1) throw new Error("once");
  };
  // Ten seconds of host.json are one real second.
  await start({ timeScale: 10 });
  await expect.poll(() => runs).toBe(2);
  expect(given.mock.calls.map(([, , , visibilityTimeout]) => visibilityTimeout)).toEqual([1]);
});

test("a message that was taken too often already moves to the poison queue without a run", async () => {
  await queue.create();
  await queue.sendMessage("worn out");
  for (let taken = 0; taken < 3; taken++) {
    const [message] = (await queue.receiveMessages({ visibilityTimeout: 1 })).receivedMessageItems;
    if (message !== undefined) await queue.updateMessage(message.messageId, message.popReceipt, undefined, 0);
  }
  await start();
  await expect.poll(() => count(poison).catch(() => 0)).toBe(1);
  expect(deliveries()).toEqual([]);
});

test("a message of a poison queue that fails stays invisible, and has no poison queue of its own", async () => {
  await poison.create();
  await poison.sendMessage("x");
  fixture.onMessage = () => Promise.reject(new Error("always"));
  const host = await start({ only: ["workPoison"], timeScale: 20 });
  await expect.poll(() => logged.some(({ message }) => message.includes("Failed"))).toBe(true);
  await host.stop();
  expect(deliveries()).toEqual([1]);
  expect((await poison.receiveMessages()).receivedMessageItems).toEqual([]);
  expect(await count(poison)).toBe(1);
});

test("a run longer than the lease keeps its message", async () => {
  await queue.create();
  await queue.sendMessage("long");
  const gate = openGate();
  fixture.onMessage = () => gate.promise;
  const lease = vi.spyOn(QueueClient.prototype, "updateMessage");
  const renewals = () => lease.mock.settledResults.filter(({ type }) => type === "fulfilled").length;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  await start({ timeScale: 1 });
  await expect.poll(deliveries).toEqual([1]);
  for (let times = 1; times <= 3; times++) {
    vi.advanceTimersByTime(5 * 60_000);
    await expect.poll(renewals).toBe(times);
  }
  expect(lease.mock.calls.map(([, , , visibilityTimeout]) => visibilityTimeout)).toEqual([600, 600, 600]);
  expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
  gate.open();
  await expect.poll(() => count(queue)).toBe(0);
  expect(deliveries()).toEqual([1]);
});

test("no more run at a time than batchSize and newBatchThreshold allow", async () => {
  await queue.create();
  for (let n = 0; n < 12; n++) await queue.sendMessage(String(n));
  let current = 0;
  let most = 0;
  fixture.onMessage = async () => {
    current += 1;
    most = Math.max(most, current);
    await new Promise((resolve) => setTimeout(resolve, 20));
    current -= 1;
  };
  await start();
  await expect.poll(() => count(queue)).toBe(0);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(6);
  expect(deliveries()).toHaveLength(12);
});

test("stopping waits for a run that ends in time", async () => {
  await queue.create();
  await queue.sendMessage("x");
  const gate = openGate();
  fixture.onMessage = () => gate.promise;
  const host = await start();
  await expect.poll(deliveries).toEqual([1]);
  const stopped = host.stop();
  gate.open();
  await stopped;
  expect(await count(queue)).toBe(0);
});

test("stopping gives back what does not end in time, and its late end changes nothing", async () => {
  await queue.create();
  await queue.sendMessage("x");
  const gate = openGate();
  fixture.onMessage = () => gate.promise;
  const host = await start({ stopLimit: 100 });
  await expect.poll(deliveries).toEqual([1]);
  await host.stop();
  const [back] = (await queue.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems;
  expect(back).toMatchObject({ messageText: "x", dequeueCount: 2 });
  gate.open();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await count(queue)).toBe(1);
});

test("a message comes back after its lease when the host is killed", async () => {
  await queue.create();
  await queue.sendMessage("x");
  // The lease of ten minutes is two real seconds.
  const environment = {
    ...process.env,
    AzureWebJobsStorage: azurite.connectionString,
    WORK_QUEUE: queue.name,
    FIXTURE_HANGS: "yes",
    TIME_SCALE: "300",
  };
  const args = ["--app", fixtureApp("basic"), "--port", "0", "--only", "work"];
  const lines: string[] = [];
  const child = startChild({ program: MAIN, arguments: args, environment, onLine: (line) => lines.push(line) });
  await expect.poll(() => lines.join()).toContain("Executing work");
  await child.kill();

  await start();
  await expect.poll(() => count(queue)).toBe(0);
  expect(deliveries()).toEqual([2]);
});

test("base64: a message arrives decoded, and what is none moves to the poison queue without a run", async () => {
  await queue.create();
  await queue.sendMessage(Buffer.from('{"name":"blåbær"}').toString("base64"));
  await queue.sendMessage('{"raw":true}');
  const host = await start({ app: "base64", only: ["encoded", "home"] });
  await expect.poll(() => fixture.seen).toEqual([{ message: { name: "blåbær" } }]);
  await expect.poll(() => count(poison).catch(() => 0)).toBe(1);
  const [moved] = (await poison.receiveMessages()).receivedMessageItems;
  expect(moved?.messageText).toBe('{"raw":true}');
  expect(await (await fetch(`${host.url}/home`)).text()).toBe("home");
});

test("a storage that can't be reached is said once, and does not stop the host", async () => {
  const host = await startFunctionsHost({
    appDirectory: fixtureApp("basic"),
    port: 0,
    settings: {
      AzureWebJobsStorage: azurite.connectionString.replace(
        /QueueEndpoint=[^;]*/,
        "QueueEndpoint=http://127.0.0.1:1/none",
      ),
      WORK_QUEUE: queue.name,
    },
    timeScale: 100,
    only: ["work"],
    onLog: (entry) => logged.push(entry),
  });
  hosts.push(host);
  await expect
    .poll(() => logged.map(({ message }) => message))
    .toEqual([expect.stringContaining(`The queue ${queue.name} cannot be read: ECONNREFUSED`)]);
});
