// Timer functions in the local host, on a clock that runs fast.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FunctionsHost, startFunctionsHost } from "../../../local/functions-host/start.ts";
import { type Fixture, fixtureApp, openGate, shareFixture } from "./fixtureApps.ts";

let fixture: Fixture;
let host: FunctionsHost | undefined;

beforeEach(() => {
  fixture = shareFixture();
});
afterEach(() => host?.stop());

async function start(schedule: string, only = ["tick"]): Promise<FunctionsHost> {
  host = await startFunctionsHost({
    appDirectory: fixtureApp("basic"),
    port: 0,
    settings: { TICK: schedule },
    timeScale: 600,
    only,
    onLog: () => {},
  });
  return host;
}

const ticks = () => fixture.seen.flatMap(({ timer }) => (timer === undefined ? [] : [timer]));

test("a timer fires when its schedule says so, by the scaled clock", async () => {
  // Every minute is every 100 ms.
  await start("0 * * * * *");
  await expect.poll(() => ticks().length).toBeGreaterThanOrEqual(3);
  const nexts = ticks().map(({ scheduleStatus }) => Date.parse(scheduleStatus.next));
  for (const next of nexts) expect(next % 60_000).toBe(0);
  expect(new Set(nexts).size).toBe(nexts.length);
  expect(ticks()[0]?.isPastDue).toBe(false);
});

test("runs of one timer do not overlap, and what passes meanwhile is left out", async () => {
  const gate = openGate();
  fixture.onTick = () => gate.promise;
  await start("0 * * * * *");
  await expect.poll(() => ticks().length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ticks()).toHaveLength(1);
  gate.open();
  await expect.poll(() => ticks().length).toBeGreaterThanOrEqual(2);
});

test("a failing run does not end the timer", async () => {
  fixture.onTick = () => Promise.reject(new Error("always"));
  await start("00:01:00");
  await expect.poll(() => ticks().length).toBeGreaterThanOrEqual(2);
});

test("a timer with runOnStartup runs at once", async () => {
  await start("0 0 0 1 1 *", ["atStart", "tick"]);
  await expect.poll(() => fixture.seen).toContainEqual({ atStart: true });
  expect(ticks()).toEqual([]);
});

test("after the stop nothing fires", async () => {
  const running = await start("0 * * * * *");
  await expect.poll(() => ticks().length).toBeGreaterThanOrEqual(1);
  await running.stop();
  const before = ticks().length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ticks()).toHaveLength(before);
});

test.each([
  ["often", "often"],
  ["* * *", "3 fields"],
])("the schedule %s is refused when the host starts", async (schedule, problem) => {
  await expect(start(schedule)).rejects.toThrow(problem);
  host = undefined;
});

test("a setting that a schedule refers to must exist", async () => {
  const options = { appDirectory: fixtureApp("basic"), port: 0, settings: { TICK: undefined }, only: ["tick"] };
  await expect(startFunctionsHost(options)).rejects.toThrow(
    "The function tick cannot run: The setting TICK does not exist",
  );
});
