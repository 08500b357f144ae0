// The cache that keeps what is used: bounded by number and by time.
import { expect, test } from "vitest";
import { keptWhileUsed } from "../shared/lastFew.ts";

function keeping(most: number, idleMs: number) {
  let now = 0;
  const made: string[] = [];
  const get = keptWhileUsed({ most, idleMs, elapsed: () => now }, (name) => {
    made.push(name);
    return { name };
  });
  return { get, made, pass: (ms: number) => (now += ms) };
}

test("makes a thing once, for as long as it is used", () => {
  const { get, made, pass } = keeping(10, 100);
  const first = get("a");
  for (let round = 0; round < 5; round++) {
    pass(99);
    expect(get("a")).toBe(first);
  }
  expect(made).toEqual(["a"]);
});

test("forgets what was not used for long", () => {
  const { get, made, pass } = keeping(10, 100);
  get("a");
  pass(60);
  get("b");
  pass(60);
  get("b");
  get("a");
  expect(made).toEqual(["a", "b", "a"]);
});

test("forgets the one used longest ago, beyond so many", () => {
  const { get, made } = keeping(2, 100);
  for (const name of ["a", "b", "a", "c", "a", "b"]) get(name);
  expect(made).toEqual(["a", "b", "c", "b"]);
});
