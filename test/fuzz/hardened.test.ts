// Inputs that once stopped a worker, stalled a letter or read what they should not: each has a test of its own.
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { callHttp } from "../../shared/altinn/httpCall.ts";
import { DAY, MINUTE, systemClock } from "../../shared/clock.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { aRequest } from "../builders/request.ts";
import { handleMessage } from "../harness/handleMessage.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, INITIALIZE } from "../integration/letters.ts";
import { corpus } from "./corpus.ts";
import { answeringWith, startRawServer } from "./rawServer.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const hostile = { length: { toString: 1 } };

test.each([
  ["recipients", aRequest({ request: { recipients: hostile } })],
  ["statusQueue", aRequest({ request: { statusQueue: hostile } })],
  ["externalReferences", aRequest({ letter: { externalReferences: hostile } })],
])("an object with a length as %s is a problem and not an exception", async (_where, request) => {
  expect((await parseRequest(request, { environment: "tt02", now: new Date() })).ok).toBe(false);
});

describe("an upload that is answered with", () => {
  test.each([101, 205, 600, 999])("%i ends with a value", async (status) => {
    await using server = await startRawServer(answeringWith(status, "x"));
    const call = { name: "POST /x", method: "POST", url: server.url, timeoutMs: 2_000 } as const;
    const body = Readable.from([Buffer.from("abc")]);
    const whole = { ...call, headers: { "content-length": "3" }, body };
    // One that never ends takes longer than a test may.
    expect(await callHttp({ http: fetch, clock: systemClock }, whole)).toHaveProperty("kind");
  });
});

async function handle(world: World, message: unknown): Promise<void> {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  await handleMessage(world.app, { id: crypto.randomUUID(), queue: QUEUES.requests, text, dequeueCount: 1 });
}

test("a rejection's announcement fits a queue message, in base64 too", async () => {
  await using world = await World.start(storage, { settings: { STATUS_QUEUE_ENCODING: "base64" } });
  const [message] = corpus("messages/wrong").filter(({ name }) =>
    name.includes("control-characters-and-many-problems"),
  );
  await handle(world, message?.bytes.toString("utf8"));
  expect(await world.host.peekAll(QUEUES.announcements)).toHaveLength(1);
});
test("the same, where the producer's own names stand in paths", async () => {
  await using world = await World.start(storage);
  await handle(world, { requestBlob: "a.json", ["\u0085".repeat(15_000)]: 1 });
  expect(await world.host.peekAll(QUEUES.announcements)).toHaveLength(1);
});

test("a large request with a hundred thousand problems is a dead letter", async () => {
  await using world = await World.start(storage);
  const blob = Buffer.from(JSON.stringify({ recipients: Array(200_000).fill("") }));
  await world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient("a.json").uploadData(blob);
  await handle(world, { requestBlob: "a.json" });
  expect(await world.deadLetters()).toHaveLength(1);
});

test("a forged generation does not stall a letter", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 2 });
  await world.drop(aLetter({ id: "x" }));
  await world.run();
  const [waiting] = await world.host.waiting(QUEUES.dispatches);
  await world.drop({ ...JSON.parse(waiting?.text ?? "{}"), generation: Number.MAX_SAFE_INTEGER }, QUEUES.dispatches);
  for (let days = 0; days < 3; days++) {
    await world.settle(DAY);
    await world.sweep();
  }
  expect(await world.told()).toContain("sent");
});
test.each(["../correspondence-state/marker.json", "../correspondence-attachments/a.json", "a\ud800", hostile])(
  "a replay names a dead letter and nothing else: %j",
  async (deadLetter) => {
    await using world = await World.start(storage);
    await world.app.sending.deployment();
    world.forgetCalls();
    expect(await sendDispatch(world.app.sending, { version: 1, deadLetter, epoch: 0 })).toBe("unknown");
    expect(world.calls.filter((call) => !call.includes("brake.json"))).toEqual([]);
  },
);

test("while the marker cannot be read, a message is put back and not poisoned", async () => {
  await using world = await World.start(storage);
  await world.storage.blobs.getContainerClient(CONTAINERS.state).getBlockBlobClient("marker.json").upload("{", 1);
  await world.drop(aLetter({ id: "x" }));
  for (let round = 0; round < 8; round++) {
    await world.run();
    world.clock.advance(6 * MINUTE);
  }
  expect((await world.host.waiting()).map(({ queue }) => queue)).toEqual([QUEUES.requests]);
});

test.each(["correspondencepublishfailed", "correspondencereceiverconfirmed", "correspondencereceiverread"])(
  "with CONFIRM_EVENTS a forged %s does not end the following of a letter",
  async (type) => {
    const options = { settings: { CONFIRM_EVENTS: "true" }, simulator: { rule: "read after 3 h" } };
    await using world = await World.start(storage, options);
    await world.drop(aLetter({ id: "x" }));
    await world.run();
    await world.advance(MINUTE);
    await world.event(anEvent(world.letters()[0]?.correspondenceId, type, world.clock.now()));
    await world.run();
    for (let days = 0; days < 2; days++) {
      await world.advance(DAY);
      await world.sweep();
    }
    expect(await world.told()).toContain("read");
  },
);
