// Messages on the app's own queues, and records in its own containers, that are none of its own: passed over with an alert.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { putBackDispatch } from "../../shared/intake/poison.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { sha256, tagValue } from "../../shared/storage/tags.ts";
import { checkBatch } from "../../shared/tracking/checkBatch.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, INITIALIZE } from "../integration/letters.ts";
import { corpus, isWhole, runs } from "./corpus.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
  await world.app.sending.deployment();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const dispatchId = "5a4cebcc-ad44-4e54-99b6-b58e3c13c785";

/** What looks like a message of ours, and is none, or names nothing that there is. */
const lookalikes: readonly unknown[] = [
  { version: 1, dispatchId, generation: 1 },
  { version: 1, dispatchId, generation: Number.MAX_SAFE_INTEGER },
  { version: 1, dispatchId, generation: 1e308 },
  { version: 1, dispatchId, generation: -1 },
  { version: 1, dispatchId, generation: "1" },
  { version: 2, dispatchId, generation: 1 },
  { version: 1, dispatchId: "../marker", generation: 1 },
  { version: 1, dispatchId: `${dispatchId}/../../marker`, generation: 1 },
  { version: 1, dispatchId: { length: 36, toString: 1 }, generation: 1 },
  { version: 1, dispatchId, generation: { valueOf: 1 } },
  { version: 1, dispatchIds: ["../marker"] },
  { version: 1, dispatchIds: Array.from({ length: 17 }, () => dispatchId) },
  { version: 1, dispatchIds: { length: 1, 0: dispatchId } },
  { version: 1, requestHash: "../marker", generation: 1 },
  { version: 1, requestHash: "0".repeat(64), generation: 1 },
  { version: 1, cancel: "../marker", generation: 1 },
  { version: 1, correspondenceId: dispatchId },
  { version: 1, correspondenceId: `../requests/${dispatchId}` },
  { version: 1, attachmentId: "..%2f..%2fcorrespondence" },
  { version: 1, resourceId: "my-resource", day: "2026-02-30" },
  { version: 1, resourceId: "x' OR \"status\" > '0", day: "2026-11-21" },
  { version: 1, resourceId: "x".repeat(60_000), day: "2026-11-21" },
  { version: 1, resourceId: { toString: 1 }, day: ["2026-11-21"] },
];

const handlers: readonly { readonly name: string; readonly handle: (message: unknown) => Promise<unknown> }[] = [
  { name: "dispatches", handle: (message) => sendDispatch(world.app.sending, message) },
  { name: "dispatches-poison", handle: (message) => putBackDispatch(world.app.sending, message, "a-message") },
  { name: "status-checks", handle: (message) => checkBatch(world.app.checking, message, "1") },
];

describe.each(handlers)("on $name", ({ handle }) => {
  /** Everything that was done, reading aside. */
  async function done(message: unknown): Promise<{ outcome: string; calls: readonly string[] }> {
    world.forgetCalls();
    const outcome = await handle(message);
    const calls = world.calls.filter(
      (call) => !/^blob (?:GET|HEAD) correspondence-state\/|^blob GET .*\(blobs\)$/.test(call),
    );
    return { outcome: typeof outcome === "string" ? outcome : JSON.stringify(outcome), calls };
  }
  const nothingChecked = JSON.stringify({ checked: 0, failed: 0, missed: 0 });

  test("what others write goes to the queue of requests, and nothing else is done", async () => {
    for (const folder of ["unreadable", "wrong", "sent"]) {
      const texts = corpus(`messages/${folder}`).map(({ bytes }) => bytes.toString("utf8"));
      for (const text of texts.filter((_one, index) => isWhole || index % 4 === 0)) {
        const { outcome, calls } = await done(parsed(text));
        expect(["moved", nothingChecked]).toContain(outcome);
        expect(calls).toEqual(["queue POST correspondence-requests"]);
      }
    }
  });

  test.each(lookalikes.map((message) => ({ message, text: JSON.stringify(message).slice(0, 100) })))(
    "$text is passed over",
    async ({ message }) => {
      const { outcome, calls } = await done(message);
      expect(["unknown", nothingChecked]).toContain(outcome);
      expect(calls).toEqual([]);
    },
  );

  test("whatever else comes is moved, or passed over", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (message) => {
        const { outcome, calls } = await done(message);
        expect(["moved", "unknown", nothingChecked]).toContain(outcome);
        expect(calls.filter((call) => call !== "queue POST correspondence-requests")).toEqual([]);
      }),
      runs(100),
    );
  });
});

test("a resource in a check cannot become another condition of the index query", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(tagValue(text)).toMatch(/^[A-Za-z0-9 +\-./:=_]{0,256}$/);
    }),
    runs(500),
  );
  expect(tagValue("x".repeat(1000))).toBe(`sha256:${sha256("x".repeat(1000))}`);
});

/** As the Functions library hands it over. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const rubbish = [
  "",
  "null",
  "[]",
  "{",
  '{"version":1',
  '{"version":999}',
  '{"version":1,"dispatchId":{}}',
  "\u0000",
  "[".repeat(50_000),
];

test("a sweep passes over what is no record, and puts back what was forgotten", async () => {
  await using other = await World.start(storage);
  other.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 1 });
  await other.drop(aLetter({ id: "forgotten" }));
  await other.run();
  const [message] = await other.host.waiting(QUEUES.dispatches);
  if (message) await other.host.lose(message);
  const state = other.storage.blobs.getContainerClient(CONTAINERS.state);
  for (const text of rubbish) {
    const id = crypto.randomUUID();
    const waiting = { state: "waiting", due: "2020-01-01T00:00:00.000Z" };
    const followed = { resource: "my-resource", follow: "2026-11-21", since: "2026-11-21", status: "unknown" };
    const bytes = Buffer.from(text);
    await state.getBlockBlobClient(`dispatches/${id}.json`).upload(bytes, bytes.length, { tags: waiting });
    await state.getBlockBlobClient(`correspondences/${id}.json`).upload(bytes, bytes.length, { tags: followed });
  }
  other.clock.advance(HOUR);
  await other.sweep();
  expect(await other.told()).toEqual(["sent"]);
  expect(other.logs.filter((line) => line.includes("recordUnreadable")).length).toBeGreaterThanOrEqual(rubbish.length);
});
