// The changes that the simulated world is to find are changes of the code as it stands.
import { expect, test } from "vitest";
import { changedSource } from "../../simulation/changed.ts";
import { CHANGES } from "../../simulation/changes.ts";

test("each change replaces texts that stand exactly once in its file", () => {
  const names = CHANGES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(45);
  for (const change of CHANGES) expect(changedSource(change).length).toBeGreaterThan(100);
});

test("a change of a text that is gone is an error, and none of what it replaced stays", () => {
  const change = { name: "one", file: "clock.ts", fault: "", edits: [["of old", "of new"]] } as const;
  expect(changedSource(change, "Something of old.")).toBe("Something of new.");
  expect(() => changedSource(change, "Nothing.")).toThrow("has 0 times, and not once");
  expect(() => changedSource(change, "of old, of old")).toThrow("has 2 times");
});
