// Requests that are too large for a queue message: the message says in which blob they are.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, MINUTE } from "../../shared/clock.ts";
import { requestDigest } from "../../shared/requests/digest.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const PATH = "2030/1/request.json";

async function put(world: World, request: unknown, path = PATH): Promise<void> {
  const content = typeof request === "string" || Buffer.isBuffer(request) ? request : JSON.stringify(request);
  await blobOf(world, path).uploadData(Buffer.from(content));
}

function blobOf(world: World, path = PATH) {
  return world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient(path);
}

describe("a claim check", () => {
  test("brings the request that the blob holds", async () => {
    await using world = await World.start(storage);
    await put(world, aLetter({ id: "large", content: { messageBody: "Hei ".repeat(7000) } }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    expect(await world.told()).toEqual(["sent"]);
    expect((await world.announcements())[0]?.data.requestId).toBe("large");
  });

  test("of a request without an id is named by the content, not by the message", async () => {
    await using world = await World.start(storage);
    const request = aLetter();
    await put(world, request);
    await world.drop({ requestBlob: PATH });
    await world.run();
    await put(world, request, "elsewhere.json");
    await world.drop({ requestBlob: "elsewhere.json" });
    await world.run();
    expect(await world.told()).toEqual(["sent", "duplicate"]);
    expect((await world.announcements())[0]?.data.requestId).toBe(requestDigest(request));
  });

  test("brings 2,000 recipients, more than a message has room for", async () => {
    await using world = await World.start(storage);
    const recipients = Array.from({ length: 2_000 }, (_, index) => organization(index + 10));
    await put(world, aLetter({ id: "thousands", recipients, content: { messageTitle: "" } }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    // Refused for its title: what counts here is that all of it was read.
    expect(await world.told()).toEqual(["rejected invalidRequest"]);
    expect(JSON.stringify((await world.deadLetters())[0]?.value.request)).toContain(recipients.at(-1));
  });

  test.each([
    ["a blob that is not there", "missing.json", "requestBlobMissing"],
    ["a path that leads out of the container", "../correspondence-state/marker.json", "invalidRequest"],
    ["an address", "https://example.com/request.json", "invalidRequest"],
    ["no path", 7, "invalidRequest"],
  ])("to %s is refused", async (_what, requestBlob, reason) => {
    await using world = await World.start(storage);
    await world.drop({ requestBlob });
    await world.run();
    expect(await world.told()).toEqual([`rejected ${reason}`]);
    expect(await world.deadLetters()).toMatchObject([{ value: { request: { requestBlob } } }]);
  });

  test("to more than 32 MB, to what is not JSON, to another claim check, or with fields beside it is refused", async () => {
    await using world = await World.start(storage);
    await put(world, Buffer.alloc(32 * 1024 * 1024 + 1, " "), "large.json");
    await put(world, "no JSON", "text.json");
    await put(world, { requestBlob: PATH }, "chain.json");
    await put(world, aLetter(), "good.json");
    for (const path of ["large.json", "text.json", "chain.json"]) await world.drop({ requestBlob: path });
    await world.drop({ requestBlob: "good.json", id: "mine" });
    await world.run();
    const rules = (await world.announcements()).map(({ data }) => data.problems?.[0]?.rule);
    expect(rules.sort()).toEqual(["claimCheck", "claimCheck", "json", "maxSize"]);
    expect(world.letters()).toEqual([]);
  });
});

describe("history 3: a claim check's blob", () => {
  test("is gone when the message comes again after the letter was posted: sent, never rejected", async () => {
    await using world = await World.start(storage);
    await put(world, aLetter({ id: "gone" }));
    await world.drop({ requestBlob: PATH });
    world.fault({ step: POST_LETTER, phase: "after", action: "kill" });
    await world.run({ anew: true });
    world.clearFaults();
    await blobOf(world).delete();
    await world.settle(DAY);
    expect(world.letters()).toHaveLength(1);
    expect(await world.ends()).toEqual(["sent"]);
  });

  test("is gone when the message comes again from the poison queue", async () => {
    await using world = await World.start(storage);
    await put(world, aLetter({ id: "gone" }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    await blobOf(world).delete();
    await world.drop({ requestBlob: PATH }, poisonQueueOf(QUEUES.requests));
    await world.settle(DAY);
    expect(await world.ends()).toEqual(["sent"]);
  });

  test("holds another request by then: that one is sent too", async () => {
    await using world = await World.start(storage);
    await put(world, aLetter({ id: "first" }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    await put(world, aLetter({ id: "second" }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    expect(await world.told()).toEqual(["sent", "sent"]);
  });
});

describe("the blob", () => {
  test("is deleted eight days after the letter was sent, and not before", async () => {
    await using world = await World.start(storage);
    await put(world, aLetter({ id: "kept" }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    await world.advance(MINUTE);
    for (let day = 0; day < 8; day++) {
      await world.sweep();
      expect(await blobOf(world).exists()).toBe(true);
      await world.advance(DAY);
    }
    await world.advance(MINUTE);
    await world.sweep();
    expect(await blobOf(world).exists()).toBe(false);
    await world.drop({ requestBlob: PATH });
    await world.run();
    expect(await world.ends()).toEqual(["sent", "duplicate"]);
  });

  test("stays while a letter waits, while another request stands there, and where the setting says never", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 }, times: 10_000 });
    await put(world, aLetter({ id: "waits" }));
    await world.drop({ requestBlob: PATH });
    await world.run();
    for (let day = 0; day < 10; day++) {
      await world.sweep();
      await world.advance(DAY);
    }
    expect(await blobOf(world).exists()).toBe(true);
    world.clearFaults();
    await put(world, aLetter({ id: "another" }));
    await world.settle(DAY);
    for (let day = 0; day < 10; day++) {
      await world.sweep();
      await world.advance(DAY);
    }
    expect(await blobOf(world).exists()).toBe(true);
    await world.restart({ DELETE_REQUEST_BLOBS_AFTER_DAYS: "never" });
    await world.drop({ requestBlob: PATH });
    await world.run();
    for (let day = 0; day < 10; day++) {
      await world.sweep();
      await world.advance(DAY);
    }
    expect(await blobOf(world).exists()).toBe(true);
  });
});
