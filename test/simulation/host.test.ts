// The model of the Functions host against what host.json says, and what Azure's host is known to do with a queue message.
import { beforeAll, expect, test } from "vitest";
import { readHostJson } from "../../local/functions-host/hostJson.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import type { Settings } from "../../shared/settings/settings.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import type { Fates } from "../../simulation/fates.ts";
import { CALM, type Odds } from "../../simulation/odds.ts";
import { simulatedSettings } from "../../simulation/settings.ts";
import { Timeline } from "../../simulation/timeline.ts";
import { type Moment, SimulatedWorld } from "../../simulation/world.ts";

let settings: Settings;
beforeAll(async () => {
  settings = await simulatedSettings();
});

const HOST_JSON = new URL("../../host.json", import.meta.url).pathname;

/** All goes well, and calls take as long as the odds say. */
const WELL: Fates = { ofCall: () => undefined, happens: () => false, share: () => 0.95 };
/** Storage refuses the app everything: each run fails. */
const REFUSED: Fates = { ...WELL, ofCall: (kind) => (kind === "storage" ? "refused" : undefined) };

/** A world with one instance, and what its host did. */
function hosted(fates: Fates, odds: Partial<Odds> = {}) {
  const runs: string[] = [];
  const startsAt = Date.UTC(2026, 2, 2, 8);
  const trace = ({ at, what, more }: Moment) => {
    const [queue, _id, count] = more.split(" ");
    if (what === "begins") runs.push(`${queue} ${count} after ${Math.round(at / SECOND)} s`);
  };
  const world = new SimulatedWorld(
    { seed: 1, settings, odds: { ...CALM, latencyMs: 0, ...odds }, fates: () => fates, trace },
    new Timeline(startsAt),
  );
  world.host.start(1);
  return { world, runs, until: (passed: number) => world.timeline.run(startsAt + passed) };
}

test("a message whose runs fail is tried as often as host.json says, and moves as a new one that lives for a week", async () => {
  const { queues } = await readHostJson(HOST_JSON);
  const { maxDequeueCount, visibilityTimeout } = queues;
  const { world, runs, until } = hosted(REFUSED);
  const queue = QUEUES.requests;
  const { id, text } = world.around.queues.put(queue, "no request");
  await until((maxDequeueCount - 1) * visibilityTimeout + SECOND);
  expect(runs.filter((run) => run.startsWith(`${queue} `))).toEqual(
    Array.from(
      { length: maxDequeueCount },
      (_, index) => `${queue} ${index + 1} after ${(index * visibilityTimeout) / SECOND} s`,
    ),
  );
  expect(world.around.queues.messages(queue)).toEqual([]);
  const [moved] = world.around.queues.messages(poisonQueueOf(queue));
  expect(moved).toMatchObject({ text });
  expect(moved?.id).not.toBe(id);
  expect((moved?.expiresAt ?? 0) - (moved?.insertedAt ?? 0)).toBe(7 * DAY);
});

test("on a poison queue, a message whose run failed stays hidden until its lease ends, is given up after as many runs, and expires", async () => {
  const { queues } = await readHostJson(HOST_JSON);
  const { world, runs, until } = hosted(REFUSED);
  const queue = poisonQueueOf(QUEUES.requests);
  world.around.queues.put(queue, "no request", { timeToLiveSeconds: (7 * DAY) / SECOND });
  await until(3 * HOUR);
  expect(runs).toEqual(
    Array.from({ length: queues.maxDequeueCount }, (_, index) => `${queue} ${index + 1} after ${index * 600} s`),
  );
  expect(world.around.queues.length(queue)).toBe(1);
  await until(7 * DAY);
  expect(world.around.queues.length(queue)).toBe(0);
  expect(runs).toHaveLength(queues.maxDequeueCount);
});

test("a message is held for as long as its run lasts, and taken once", async () => {
  // Taken within the first hour, and then half an hour for each call.
  const { world, runs, until } = hosted(WELL, { latencyMs: HOUR });
  world.around.queues.put(QUEUES.requests, "no request");
  await until(2 * HOUR);
  expect(world.around.queues.length(QUEUES.requests)).toBe(1);
  await until(DAY);
  expect(world.around.queues.length(QUEUES.requests)).toBe(0);
  expect(runs.filter((run) => run.startsWith(`${QUEUES.requests} `))).toHaveLength(1);
});

test("a message whose instance dies comes again when its lease ends, as taken before", async () => {
  let isDead = false;
  const dies: Fates = {
    ...WELL,
    ofCall: () => {
      if (isDead) return undefined;
      isDead = true;
      return "dies before";
    },
  };
  const { world, runs, until } = hosted(dies);
  world.around.queues.put(QUEUES.requests, "no request");
  await until(9 * MINUTE);
  expect(runs).toEqual([`${QUEUES.requests} 1 after 0 s`]);
  await until(11 * MINUTE);
  expect(runs).toEqual([`${QUEUES.requests} 1 after 0 s`, `${QUEUES.requests} 2 after 600 s`]);
  expect(world.around.queues.length(QUEUES.requests)).toBe(0);
});

test("an instance takes no more of a queue at a time than host.json says", async () => {
  const { queues } = await readHostJson(HOST_JSON);
  const { world, until } = hosted(WELL, { latencyMs: HOUR });
  for (let index = 0; index < 40; index++) world.around.queues.put(QUEUES.requests, `no request ${index}`);
  await until(HOUR);
  expect(world.host.underWay).toBe(queues.batchSize + queues.newBatchThreshold);
});
