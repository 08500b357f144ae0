// Turns: pieces of work on one thing follow each other, those on different things do not wait.
import { expect, test } from "vitest";
import { createTurns } from "../../shared/tracking/inTurn.ts";

/** Work that says when it begins and ends, and lasts until it is let go. */
function aWork(name: string, seen: string[]) {
  let letGo = () => {};
  const promise = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work = async () => {
    seen.push(`${name} begins`);
    await promise;
    seen.push(`${name} ends`);
    return name;
  };
  return { work, letGo: () => letGo() };
}

test("work under one key follows in order, and work under another does not wait", async () => {
  const inTurn = createTurns();
  const seen: string[] = [];
  const first = aWork("first", seen);
  const second = aWork("second", seen);
  const other = aWork("other", seen);
  const done = [inTurn("a", first.work), inTurn("a", second.work), inTurn("b", other.work)];
  other.letGo();
  expect(await done[2]).toBe("other");
  second.letGo();
  first.letGo();
  expect(await Promise.all(done)).toEqual(["first", "second", "other"]);
  expect(seen.filter((line) => !line.startsWith("other"))).toEqual([
    "first begins",
    "first ends",
    "second begins",
    "second ends",
  ]);
});

test("what fails is told to its own caller, and what follows runs", async () => {
  const inTurn = createTurns();
  const failing = inTurn("a", () => Promise.reject(new Error("storage")));
  const following = inTurn("a", async () => "done");
  await expect(failing).rejects.toThrow("storage");
  expect(await following).toBe("done");
});
