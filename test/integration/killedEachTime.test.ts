// A letter that kills each process that would send it: it ends, and the poison queues' handlers live.
import { beforeAll, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

test("a letter that ends the process at every delivery is a dead letter, and told", { timeout: 120_000 }, async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "deadly" }));
  world.fault({ step: POST_LETTER, phase: "before", action: "kill", times: 1000 });
  // The host gives up at once here, and not at the fifth time: each process takes its time to start.
  const died: string[] = [];
  for (let round = 0; round < 30 && (await world.host.waiting()).length > 0; round++) {
    for (const message of await world.host.waiting()) {
      const delivery = { ...message, dequeueCount: 1 };
      const isAlive = await (message.queue.endsWith("-poison")
        ? world.handle(delivery)
        : world.runInChild(delivery)
      ).then(
        () => true,
        () => false,
      );
      if (!isAlive) died.push(message.queue);
      await (isAlive ? world.host.lose(message) : world.host.poison(message));
    }
    world.clock.advance(HOUR);
  }
  expect(new Set(died)).toEqual(new Set([QUEUES.requests, QUEUES.dispatches]));
  expect(world.letters()).toEqual([]);
  expect(await world.ends()).toEqual(["gaveUp altinnKeepsFailing"]);
  expect(await world.deadLetters()).toMatchObject([{ value: { end: "gaveUp", reason: "altinnKeepsFailing" } }]);
  world.clearFaults();
});
