// Messages that were put on the app's own queues, and are none of its own.
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64");

describe.each([QUEUES.dispatches, QUEUES.statusChecks, poisonQueueOf(QUEUES.dispatches)])("on %s", (queue) => {
  test("a request becomes a letter once, a cancel is taken, what cannot be read is refused: each is told", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "plain", request: { version: 1 } }), queue);
    await world.drop(base64(aLetter({ id: "in base64" })), queue);
    await world.drop({ cancel: { requestId: "not here" } }, queue);
    await world.drop({ version: 1, cancel: { requestId: "with too much beside it" } }, queue);
    await world.drop({ version: 1, requestBlob: "not/here.json" }, queue);
    await world.drop("no JSON", queue);
    await world.settle(HOUR);
    const told = (await world.announcements()).filter(({ type }) => type.includes(".dispatch."));
    expect(told.map(({ data }) => `${data.requestId} ${data.status}`).toSorted()).toEqual([
      ...Array(3).fill(expect.stringMatching(/^[0-9a-f]{64} rejected$/)),
      "in base64 sent",
      "not here cancelPending",
      "plain sent",
    ]);
    expect(world.letters()).toHaveLength(2);
    expect((await world.deadLetters()).map(({ value }) => value.raw).filter(Boolean)).toEqual(["no JSON"]);
    expect(world.logs.filter((line) => line.includes("requestOnOwnQueue"))).toHaveLength(6);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("a message of a newer version of ours is not taken for a request, nor told as one", async () => {
    await using world = await World.start(storage);
    const dispatchId = crypto.randomUUID();
    await world.drop({ version: 2, dispatchId, generation: 1, recipients: ["somebody"] }, queue);
    await world.drop(base64({ version: 3, of: "a kind that is not known yet" }), queue);
    await world.settle(HOUR);
    expect(await world.told()).toEqual([]);
    expect(await world.deadLetters()).toEqual([]);
    expect(world.logs.filter((line) => /^error .*(dispatch|check)Unknown/.test(line))).toHaveLength(2);
  });
});
