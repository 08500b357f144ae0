// Whatever is posted to the webhook: answered with 200, or with 400 or 413 and a reason, and never with more memory than
// an event may have.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerEvent, MAX_EVENT_BYTES } from "../../functions/receiveAltinnEvent.ts";
import { parseAltinnEvent } from "../../shared/altinn/cloudEvent.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { corpus, runs } from "./corpus.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const plain = corpus("events/kept").find(({ name }) => name === "plain")?.bytes ?? Buffer.alloc(0);

async function post(body: RequestInit["body"], headers: Record<string, string> = {}) {
  const request = new Request("http://127.0.0.1/api/altinn-events", {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", ...headers },
    ...(body === undefined ? {} : { body }),
    duplex: "half",
  });
  return answerEvent(request, world.app);
}

const aReason = { problems: expect.arrayContaining([expect.stringMatching(/\w/)]) };

describe("a body", () => {
  it.each(corpus("events/refused"))("is refused with a reason: $name", async ({ bytes }) => {
    const { status, jsonBody } = await post(new Uint8Array(bytes));
    expect(status).toBe(bytes.length > MAX_EVENT_BYTES ? 413 : 400);
    expect(jsonBody).toEqual(aReason);
  });

  it.each(corpus("events/kept"))("is kept: $name", async ({ bytes }) => {
    expect(await post(new Uint8Array(bytes))).toEqual({ status: 200 });
  });

  it("of 10 MB that says so is refused unread", async () => {
    const body = endless();
    expect(await post(body.stream, { "content-length": String(10 * 1024 * 1024) })).toMatchObject({ status: 413 });
    expect(body.bytes()).toBeLessThanOrEqual(CHUNK);
  });

  it.each(["no length", "a length that is none", "a length that is too small"])(
    "without end is cut at the limit: %s",
    async (kind) => {
      const lengths: Record<string, string> = { "a length that is none": "-1e9x", "a length that is too small": "10" };
      const length = lengths[kind];
      const body = endless();
      const answer = await post(body.stream, length === undefined ? {} : { "content-length": length });
      expect(answer).toMatchObject({ status: 413, jsonBody: aReason });
      expect(body.bytes()).toBeLessThanOrEqual(MAX_EVENT_BYTES + 2 * CHUNK);
      expect(body.isClosed()).toBe(true);
    },
  );

  it("that breaks off is refused", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(plain.subarray(0, 10)),
      pull: (controller) => controller.error(new Error("The connection is gone")),
    });
    expect(await post(stream)).toMatchObject({ status: 400, jsonBody: aReason });
  });
});

const CHUNK = 1024;

/** A body that goes on for as long as somebody reads. */
function endless() {
  let bytes = 0;
  let closed = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      bytes += CHUNK;
      controller.enqueue(new Uint8Array(CHUNK).fill(0x20));
    },
    cancel() {
      closed = true;
    },
  });
  return { stream, bytes: () => bytes, isClosed: () => closed };
}

describe("a content type", () => {
  it.each([
    "text/plain",
    "text/json",
    "application/cloudevents-batch+json",
    "application/json-patch+json",
    "application/json, text/plain",
    "application/json text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    ";",
    "",
  ])("is refused before the body is read: %j", async (type) => {
    const body = endless();
    const { status, jsonBody } = await post(body.stream, { "content-type": type });
    expect({ status, jsonBody }).toEqual({ status: 400, jsonBody: aReason });
    expect(body.bytes()).toBeLessThanOrEqual(CHUNK);
  });

  it.each(["application/json", "APPLICATION/JSON", "application/cloudevents+json ; charset=utf-16"])(
    "is taken, since JSON is UTF-8 whatever it says: %s",
    async (type) => {
      expect(await post(new Uint8Array(plain), { "content-type": type })).toEqual({ status: 200 });
    },
  );
});

const MARK = "seven";

describe("anything", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => MARK + text),
    fc.constantFrom(`${MARK}/correspondence`, `no.altinn.correspondence.${MARK}`, "../", "__proto__"),
    fc.constantFrom(null, 0, -1, true, [], {}, { length: { toString: MARK } }, { length: 1, toString: MARK }),
    fc.array(fc.jsonValue(), { maxLength: 2 }),
  );
  const fields = [
    "specversion",
    "id",
    "type",
    "source",
    "time",
    "resource",
    "resourceinstance",
    "subject",
    MARK,
    "__proto__",
  ];
  const tampered = fc
    .array(fc.tuple(fc.constantFrom(...fields), nasty), { maxLength: 4 })
    .map((changes) => Object.fromEntries([...Object.entries(JSON.parse(plain.toString("utf8"))), ...changes]));

  it("is the question, an event, or none with the attributes that are wrong, and no values", () => {
    fc.assert(
      fc.property(fc.oneof(tampered, fc.anything()), (value) => {
        const parsed = parseAltinnEvent(value);
        if (parsed.kind === "event") expect(parsed.event.time).toBeGreaterThan(-1e14);
        if (parsed.kind !== "invalid") return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        expect(parsed.problems.join()).not.toContain(MARK);
      }),
      runs(600),
    );
  });

  it("is answered, in bytes of whatever kind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await post(new Uint8Array(bytes))).toMatchObject({ status: 400, jsonBody: aReason });
      }),
      runs(100),
    );
  });
});

it("a letter's record keeps fifty made-up types, however many are posted", async () => {
  const event: object = JSON.parse(plain.toString("utf8"));
  for (let index = 0; index < 53; index++) {
    const type = `no.altinn.correspondence.madeup${index}`;
    expect(await post(JSON.stringify({ ...event, type, resourceinstance: MADE_UP_LETTER }))).toEqual({ status: 200 });
  }
  const [blob] = await world.blobs("correspondence-state", `correspondences/${MADE_UP_LETTER}`);
  expect(Object.keys(Object(Reflect.get(Object(blob?.value), "unknownTypes")))).toHaveLength(50);
});

const MADE_UP_LETTER = "00000000-0000-4000-8000-00000000abcd";
