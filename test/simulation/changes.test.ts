// The changes that the simulated world is to find are changes of the code as it stands, and each has something that finds it.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { changedSource } from "../../simulation/changed.ts";
import { CHANGES } from "../../simulation/changes.ts";
import { tableOf } from "../../simulation/changesTable.ts";
import { SCENARIOS } from "../../simulation/scenarios.ts";
import type { Playing, Tried } from "../../simulation/tryChange.ts";
import { commitNumber } from "../harness/commitNumber.ts";

test("each change replaces texts that stand exactly once in its file", () => {
  const names = CHANGES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(45);
  for (const change of CHANGES) expect(changedSource(change).length).toBeGreaterThan(100);
});

test("a change of a text that is gone is an error, and none of what it replaced stays", () => {
  const change = { name: "one", file: "clock.ts", edits: [["of old", "of new"]] } as const;
  expect(changedSource(change, "Something of old.")).toBe("Something of new.");
  expect(() => changedSource(change, "Nothing.")).toThrow("has 0 times, and not once");
  expect(() => changedSource(change, "of old, of old")).toThrow("has 2 times");
});

test("each change is found by a scenario that there is, or harms nobody for a reason", () => {
  const names = new Set(SCENARIOS.map(({ name }) => name));
  const wrong = CHANGES.filter(({ foundBy }) => {
    if ("scenario" in foundBy) return !names.has(foundBy.scenario);
    return "nothing" in foundBy && foundBy.nothing.length < 20;
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("simulation/README.md tells what finds each change", () => {
  const readme = readFileSync(new URL("../../simulation/README.md", import.meta.url), "utf8");
  expect(readme, "npm run simulate:changes -- --table").toContain(tableOf(CHANGES));
});

/** So many changes are tried at every commit, other ones each time; `npm run simulate:changes` tries all. */
const TRIED = 2;

test("some changes, other ones at each commit, are found by the scenario of which that is said", async () => {
  const found = CHANGES.filter(({ foundBy }) => "scenario" in foundBy);
  const seed = commitNumber();
  for (let index = 0; index < TRIED; index++) {
    const { name, foundBy } = found[(seed + index * 31) % found.length] ?? {};
    const { scenario } = await tried(name ?? "");
    expect({ scenario }, name).toEqual(foundBy);
  }
});

async function tried(name: string): Promise<Partial<Tried & Playing>> {
  const script = fileURLToPath(new URL("../../simulation/tryChange.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    script,
    name,
  ]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
