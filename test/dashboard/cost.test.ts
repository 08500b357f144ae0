// What it costs to look: counted at the HTTP level, at most ten storage operations a minute, however many look and how often.
import { beforeAll, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { act } from "../../shared/dashboard/actions.ts";
import { createOverview } from "../../shared/dashboard/overview.ts";
import { readFiguresQuestion } from "../../shared/figures/question.ts";
import { findReceivedFigures } from "../../shared/figures/received.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";
import { heard, newsOf, receivingWorld } from "../receiving/receivingWorld.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const operations = (world: World) => world.calls.filter((name) => /^(?:blob|queue) /.test(name)).length;

it("costs ten storage operations a minute at most, and one for a sender with its own queues, whoever looks at whose letters", async () => {
  const SENDERS = JSON.stringify([
    { name: "oslo", resources: ["cases"], ownQueue: true },
    { name: "bergen", resources: ["confidential-1"] },
  ]);
  await using world = await World.start(storage, { settings: { SENDERS } });
  await world.drop(aLetter({ id: "1" }));
  await world.run();
  const overview = createOverview(world.app.dashboard);
  world.forgetCalls();
  const minutes = 20;
  for (let at = 0; at < minutes * MINUTE; at += 5 * SECOND) {
    const [all, oslo] = await Promise.all([overview.read(), overview.read("oslo"), overview.read("bergen")]);
    expect([all.senders, all.resources.length, oslo.sender, oslo.resources]).toEqual([
      ["oslo", "bergen"],
      3,
      "oslo",
      ["cases"],
    ]);
    world.clock.advance(5 * SECOND);
  }
  // The first look reads everything at once.
  expect(operations(world)).toBeGreaterThan(minutes);
  expect(operations(world)).toBeLessThanOrEqual(minutes * 11 + 34);
});

it("counts received letters for one operation a minute more, and has them acted upon", async () => {
  await using world = await receivingWorld(storage);
  await heard(world, { files: [{ fileName: "a.pdf", size: 10, resourceId: "denied-1" }], isConfirmationNeeded: true });
  const confirmed = await heard(world, { isConfirmationNeeded: true });
  await world.run();
  const waiting = await heard(world);
  const { dashboard } = world.app;
  expect(await act(dashboard, { action: "confirmReceived", correspondenceId: confirmed }, undefined)).toEqual({
    kind: "done",
  });
  world.simulator.control.fault({ path: `/correspondence/api/v1/correspondence/${waiting}`, status: 503 });
  await world.run();
  const overview = createOverview(dashboard);
  const { received, queues } = await overview.read();
  expect(received?.value).toMatchObject({
    byStatus: { waiting: 1, received: 1, confirmed: 1, notReceived: 0 },
    missing: 1,
    waiting: 1,
  });
  const { senders } = dashboard.finding;
  const asked = readFiguresQuestion({ direction: "received", by: "hour" }, world.clock.now(), senders);
  if (!asked.ok) throw new Error(JSON.stringify(asked.wrong));
  const figures = await findReceivedFigures(dashboard.finding, asked.value);
  expect(figures.total).toEqual({ heard: 3, byStatus: received?.value?.byStatus });
  expect(figures.periods.reduce((sum, { heard }) => sum + heard, 0)).toBe(3);
  expect(queues.value?.find(({ name }) => name === QUEUES.received)?.length).toBe(3);
  expect(await newsOf(world, confirmed)).toEqual(["received", "confirmed"]);
  world.forgetCalls();
  const minutes = 20;
  for (let at = 0; at < minutes * MINUTE; at += 15 * SECOND) {
    await overview.read();
    world.clock.advance(15 * SECOND);
  }
  expect(operations(world)).toBeLessThanOrEqual(minutes * 11);
  world.clock.advance(HOUR);
  expect((await overview.read()).attention).toMatchObject([{ kind: "receivedWaits", letters: 1 }]);
});

it("where no letters are received, there is nothing of them, and none is acted upon", async () => {
  await using world = await World.start(storage);
  const { dashboard } = world.app;
  expect(await createOverview(dashboard).read()).not.toHaveProperty("received");
  const action = { action: "purgeReceived", correspondenceId: crypto.randomUUID() } as const;
  expect(await act(dashboard, action, undefined)).toMatchObject({ kind: "refused" });
  await world.run();
  expect(await world.ends()).toEqual([]);
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
