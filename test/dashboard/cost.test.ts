// What it costs to look: counted at the HTTP level, at most ten storage operations a minute, however many look and how often.
import { beforeAll, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../shared/clock.ts";
import { createOverview } from "../../shared/dashboard/overview.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const operations = (world: World) => world.calls.filter((name) => /^(?:blob|queue) /.test(name)).length;

it("costs ten storage operations a minute at most, whoever looks", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "1" }));
  await world.run();
  const overview = createOverview(world.app.dashboard);
  world.forgetCalls();
  const minutes = 20;
  for (let at = 0; at < minutes * MINUTE; at += 5 * SECOND) {
    await Promise.all([overview.read(), overview.read(), overview.read()]);
    world.clock.advance(5 * SECOND);
  }
  // The first look reads everything at once.
  expect(operations(world)).toBeGreaterThan(minutes);
  expect(operations(world)).toBeLessThanOrEqual(minutes * 10 + 30);
});

it("shows what is new within minutes, and what somebody has changed at once", async () => {
  await using world = await World.start(storage);
  const overview = createOverview(world.app.dashboard);
  expect((await overview.read()).lastDay.value?.total.sent).toBe(0);
  await world.drop(aLetter({ id: "1" }));
  await world.drop(aLetter({ id: "2", letter: { resourceId: "not-ours" } }));
  await world.run();
  expect((await overview.read()).deadLetters.value?.total).toBe(0);
  overview.changed("drop");
  expect((await overview.read()).deadLetters.value).toEqual({
    total: 1,
    byReason: [{ end: "rejected", reason: "resourceNotAllowed", letters: 1 }],
  });
  world.clock.advance(15 * MINUTE);
  const shown = await overview.read();
  expect(shown.lastDay.value?.total.sent).toBe(1);
  expect(shown.attention.map(({ kind }) => kind)).toEqual(["deadLetters"]);
});

it("goes on showing what it has while storage does not answer, and says so", async () => {
  await using world = await World.start(storage);
  const overview = createOverview(world.app.dashboard);
  const before = await overview.read();
  world.fault({ step: /^(?:blob|queue) /, phase: "before", action: { status: 403 }, times: 200 });
  world.clock.advance(30 * MINUTE);
  const shown = await overview.read();
  expect(shown.waiting).toEqual({ ...before.waiting, isFailing: true });
  expect(shown.attention[0]).toEqual({ kind: "storage" });
});
