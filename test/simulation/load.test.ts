// Load under Azure's published limits: the limits themselves, how instances are scaled, a busy time with the app's own code,
// and a day as flows.
import { describe, expect, test } from "vitest";
import { playBusyTime } from "../../simulation/load/busyTime.ts";
import { type DayOptions, simulateDay } from "../../simulation/load/day.ts";
import { readScaleRules, wantedInstances } from "../../simulation/load/rules.ts";
import { Throttle } from "../../simulation/load/throttle.ts";

/** As they were when these tests were written; other batches change how many instances there are. */
const RULES = { ...(await readScaleRules()), batchSize: 16, newBatchThreshold: 8 };

test("what is above a limit waits until there is room, and what came in a second is counted", () => {
  let now = 0;
  const throttle = new Throttle(() => now);
  const waits = Array.from({ length: 250 }, () => throttle.wait("queue a", 100));
  expect(waits.slice(0, 101).every((wait) => wait === 0)).toBe(true);
  expect(waits.at(-1)).toBeCloseTo(1_490);
  expect(throttle.wait("queue b", 100)).toBe(0);
  now = 5_000;
  expect(throttle.wait("queue a", 100)).toBe(0);
  const [first] = throttle.uses();
  expect(first).toMatchObject({ name: "queue a", total: 251, busiest: 250 });
});

test.each([
  ["an empty queue keeps one", 0, 7, 1],
  ["a batch for each", 100, 6, 7],
  ["four more at a time", 10_000, 6, 10],
  ["no more than the plan allows", 100_000, 99, 100],
])("instances: %s", (_what, messages, now, wanted) => {
  expect(wantedInstances(messages, now, RULES)).toBe(wanted);
});

test("a busy time: every letter is sent and told to its end, within the operations of storage that a letter may take", async () => {
  const options = { lettersPerSecond: 20, seconds: 3 };
  const busy = await playBusyTime(options);
  expect(busy).toMatchObject({ letters: 60, sent: 60, told: 60, failures: 0 });
  // The request's record, the announcement, the letter's record; then what events add, the host's share, and the consumer's.
  expect(busy.perLetter.sendOperations).toBeLessThan(3.2);
  expect(busy.perLetter.operations).toBeLessThan(20);
  expect(busy.perLetter.altinnCalls).toBeLessThan(1.1);
  expect(busy.uses[0]?.name).toBe("queue correspondence-status");
  expect(await playBusyTime(options)).toEqual(busy);
});

describe("a day", () => {
  const figures = { rate: 30, sendOperations: 11, eventOperations: 4, sendSeconds: 0.4, eventSeconds: 0.03 };
  const of = (options: Partial<DayOptions>) =>
    simulateDay({ letters: 10_000_000, peak: 1, statusQueues: 1, deployments: 1, ...options }, figures, RULES);

  test("ten million letters, spread evenly, go within every limit", () => {
    const spread = of({});
    expect(spread).toMatchObject({ sent: 10_000_000, busiestArrivals: 116 });
    expect(Object.values(spread.shares).every((share) => share < 1)).toBe(true);
    // Only until there are as many instances as it takes.
    expect(Object.keys(spread.boundBy)).toEqual(["instances"]);
  });

  test("with a busiest hour of five times the average one queue of announcements is the first limit; three are enough", () => {
    const one = of({ peak: 5 });
    expect(one.boundBy["queues of announcements"]).toBeGreaterThan(3_600);
    expect(one.sent).toBe(10_000_000);
    const three = of({ peak: 5, statusQueues: 3 });
    expect(three.boundBy).not.toHaveProperty("queues of announcements");
    expect(three.mostSending).toBeGreaterThanOrEqual(20);
  });

  test("twice the letters cost twice the operations, and as many instances", () => {
    const [once, twice] = [of({ statusQueues: 3 }), of({ letters: 20_000_000, statusQueues: 3 })];
    expect(twice.operations).toBe(2 * once.operations);
    expect(twice.mostSending / once.mostSending).toBeGreaterThan(1.5);
  });
});
