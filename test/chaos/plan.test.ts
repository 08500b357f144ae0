// The plan of a chaos run: the seed decides all of it, and it is as large and as mixed as was asked for.
import { expect, test } from "vitest";
import { makePlan, type PlanOptions } from "../../chaos/plan.ts";
import { seededRandom } from "../../chaos/random.ts";
import { weightOf } from "../../chaos/schedule.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";

const OPTIONS: PlanOptions = {
  seed: 1,
  letters: 2_000,
  durationMs: 300_000,
  faultPercent: 20,
  timeScale: 60,
  startsAt: Date.UTC(2026, 0, 1),
  kills: 30,
  storageRestarts: 3,
  sparesFirst: false,
};

test("the same seed gives the same plan, another one another", async () => {
  expect(makePlan(OPTIONS)).toEqual(makePlan(OPTIONS));
  expect(makePlan({ ...OPTIONS, seed: 2 })).not.toEqual(makePlan(OPTIONS));
});

test.each([1, 7, 60, 2_000])("%i letters are that many", async (letters) => {
  const plan = makePlan({ ...OPTIONS, letters });
  expect(plan.letters.length + plan.refusals.length).toBe(letters);
  const names = plan.letters.map(({ reference, recipient }) => `${reference} ${recipient}`);
  expect(new Set(names).size).toBe(names.length);
});

test("faults, kills and restarts are as many as asked for, within the time, in order", async () => {
  const { actions, drops } = makePlan(OPTIONS);
  const count = (kind: string) => actions.filter((action) => action.kind === kind).length;
  const faults = actions.filter(({ kind }) => kind !== "restartStorage").reduce((sum, one) => sum + weightOf(one), 0);
  expect(faults).toBeGreaterThanOrEqual(400);
  expect(faults).toBeLessThan(420);
  expect(count("kill")).toBe(30);
  expect(count("restartStorage")).toBe(3);
  for (const list of [actions, drops]) {
    expect(list.map(({ at }) => at)).toEqual(list.map(({ at }) => at).sort((a, b) => a - b));
    expect(list[0]?.at).toBeGreaterThanOrEqual(0);
    expect(list.at(-1)?.at).toBeLessThan(OPTIONS.durationMs * 1.1);
  }
});

test("the instance that is watched is spared", async () => {
  const { actions } = makePlan({ ...OPTIONS, sparesFirst: true });
  const killed = new Set(actions.flatMap((action) => (action.kind === "kill" ? [action.instance] : [])));
  expect(killed).toEqual(new Set([1]));
});

test("most requests pass the app's rules; the few that break them are meant to", async () => {
  const messages = makePlan(OPTIONS).drops.map(({ text, requestBlob }) => requestBlob?.text ?? text);
  const rules = { environment: "tt02", now: new Date(OPTIONS.startsAt) } as const;
  const values = messages.flatMap((text) => {
    const json = text.startsWith("{") ? text : Buffer.from(text, "base64").toString("utf8");
    try {
      return [JSON.parse(json)];
    } catch {
      return [];
    }
  });
  const parsed: boolean[] = [];
  for (const value of values) parsed.push((await parseRequest(value, rules)).ok);
  expect(parsed.filter(Boolean).length / parsed.length).toBeGreaterThan(0.85);
  expect(parsed.filter((isGood) => !isGood).length).toBeGreaterThan(10);
});

test("chance keeps to its bounds and weights", async () => {
  const random = seededRandom(3, "test");
  const numbers = Array.from({ length: 1_000 }, () => random.between(1, 6));
  expect(new Set(numbers)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  const picks = Array.from({ length: 1_000 }, () =>
    random.weighted([
      [9, "often"],
      [1, "seldom"],
      [0, "never"],
    ]),
  );
  expect(picks.filter((pick) => pick === "often").length).toBeGreaterThan(850);
  expect(picks).toContain("seldom");
  expect(picks).not.toContain("never");
});
