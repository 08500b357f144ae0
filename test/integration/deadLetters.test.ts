// Dead letters as operators find them: what is kept of a message, what is said before a replay, and what a drop leaves.
import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../../shared/clock.ts";
import { askForReplay, dropDeadLetter, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { check, idsOfRejections, refuseAtOnce, refuseLater, replay } from "./deadLetterSteps.ts";
import { aLetter } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

describe("what could not be read", () => {
  test.each([
    ["text", "{ this is no JSON"],
    ["base64 of text", Buffer.from("hello").toString("base64")],
  ])("%s is kept as it came, and told again when it is replayed", async (_what, text) => {
    await using world = await World.start(storage);
    await world.drop(text);
    await world.run();
    const [before] = await world.deadLetters();
    expect(before?.value).toMatchObject({ raw: text, messageId: expect.any(String) });
    await replay(world);
    expect(await idsOfRejections(world)).toHaveLength(2);
    expect(await world.deadLetters()).toMatchObject([
      { value: { raw: text, epoch: 1, messageId: before?.value.messageId } },
    ]);
  });

  test("bytes that are not UTF-8 are kept byte by byte, and never go out half-read", async () => {
    await using world = await World.start(storage);
    const latin1 = ["S\u00f8knad", "S\u00e5knad"].map((title) =>
      Buffer.from(JSON.stringify(aLetter({ content: { messageTitle: title } })), "latin1"),
    );
    const container = world.storage.blobs.getContainerClient(CONTAINERS.requests);
    for (const [index, content] of latin1.entries()) {
      await container.getBlockBlobClient(`latin1-${index}.json`).uploadData(content);
      await world.drop({ requestBlob: `latin1-${index}.json` });
    }
    await world.run();
    expect(world.letters()).toEqual([]);
    const kept = (await world.deadLetters()).map(({ value }) => value.rawBase64);
    expect(kept.toSorted()).toEqual(latin1.map((content) => content.toString("base64")).toSorted());
  });

  test("a claim check whose blob was missing is replayed once it is there", async () => {
    await using world = await World.start(storage);
    await world.drop({ requestBlob: "late.json" });
    await world.run();
    expect(await world.ends()).toEqual(["rejected requestBlobMissing"]);
    const blob = world.storage.blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient("late.json");
    await blob.uploadData(Buffer.from(JSON.stringify(aLetter({ id: "late" }))));
    await replay(world);
    expect(await world.ends()).toEqual(["rejected requestBlobMissing", "sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });
});

describe("looking before a replay", () => {
  test("what Altinn refused may be tried", async () => {
    await using world = await World.start(storage);
    await refuseLater(world, "refused");
    expect(await check(world)).toBe("allowed");
  });

  test("what still breaks rules, or cannot be read, will be refused again", async () => {
    await using wrong = await World.start(storage);
    await wrong.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
    await wrong.run();
    expect(await check(wrong)).toMatch(/refused again: correspondence\.content\.messageTitle/);
    await using unreadable = await World.start(storage);
    await unreadable.drop("{");
    await unreadable.run();
    expect(await check(unreadable)).toMatch(/refused again: The message is not JSON/);
  });

  test("a key or an id that belongs to another letter does not become free by it", async () => {
    await using world = await World.start(storage);
    const idempotentKey = "7d5c3f0e-2f6b-4c1d-9b3a-5e0c6a1f2b44";
    await world.drop(aLetter({ id: "first", request: { idempotentKey } }));
    await world.drop(aLetter({ id: "second", request: { idempotentKey }, content: { messageTitle: "Noe annet" } }));
    await world.settle(HOUR);
    expect(await check(world)).toMatch(/^useless: its idempotent key/);
  });
});

describe("finding dead letters", () => {
  test("by reason, resource and day, by their tags; old ones without tags too; none is read for it", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
    await world.run();
    world.clock.advance(3 * DAY);
    await refuseAtOnce(world);
    const { store } = world.app.sending;
    const container = world.storage.blobs.getContainerClient(CONTAINERS.deadLetters);
    const names = async (filter = {}) => (await findDeadLetters(store.deadLetters, filter)).map(({ reason }) => reason);
    world.forgetCalls();
    expect(await names()).toEqual(["recipientReserved", "invalidRequest"]);
    expect(await names({ reason: "recipientReserved" })).toEqual(["recipientReserved"]);
    expect(await names({ resourceId: RESOURCE, since: world.clock.now() - DAY })).toEqual(["recipientReserved"]);
    expect(await names({ resourceId: `urn:altinn:resource:${RESOURCE}` })).toHaveLength(2);
    expect(await names({ resourceId: "another" })).toEqual([]);
    expect(world.calls.every((name) => name.includes("(list)"))).toBe(true);
    for await (const { name } of container.listBlobsFlat()) await container.getBlobClient(name).setTags({});
    await container.getBlockBlobClient("odd.json").upload("{}", 2);
    expect(await names()).toEqual([undefined, undefined, undefined]);
    expect(await names({ reason: "recipientReserved" })).toEqual(["recipientReserved"]);
  });

  test("one that is dropped, of a letter that had no record of its own, does not come back as lost", async () => {
    await using world = await World.start(storage);
    await refuseAtOnce(world);
    const { sending } = world.app;
    const [entry] = await findDeadLetters(sending.store.deadLetters);
    const stored = await sending.store.deadLetters.read(entry?.name ?? "");
    if (stored) expect(await dropDeadLetter(sending, entry?.name ?? "", stored)).toBe("dropped");
    // Each day is reconciled once, after it.
    await world.sweep();
    await world.advance(2 * DAY);
    await world.sweep();
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected recipientReserved"]);
    expect(world.letters()).toEqual([]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("one that is dropped is gone for good; one that has changed since it was read is not", async () => {
    await using world = await World.start(storage);
    await refuseLater(world, "dropped");
    const { sending } = world.app;
    const [entry] = await findDeadLetters(sending.store.deadLetters);
    const name = entry?.name ?? "";
    const stored = await sending.store.deadLetters.read(name);
    if (!stored) throw new Error("There is no dead letter");
    expect(await dropDeadLetter(sending, name, { ...stored, etag: '"0x0"' })).toBe("changed");
    expect(await dropDeadLetter(sending, name, stored)).toBe("dropped");
    expect(await world.deadLetters()).toEqual([]);
    expect(world.logs.at(-1)).toBe(`info {"event":"deadLetterDropped","deadLetter":"${name}"}`);
    expect(await world.records("dispatches")).toMatchObject([{ state: "rejected" }]);
    await askForReplay(sending.queues, name, stored.value);
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
  });
});
