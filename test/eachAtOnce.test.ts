import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { eachAtOnce } from "../shared/eachAtOnce.ts";

it.each([
  ["an array", () => [1, 2, 3, 4, 5]],
  ["a generator that waits", () => slowly([1, 2, 3, 4, 5])],
])("works on each item of %s once, and never on more at once than it may", async (_name, items) => {
  const done: number[] = [];
  let busy = 0;
  let busiest = 0;
  await eachAtOnce(2, items(), async (item) => {
    busiest = Math.max(busiest, ++busy);
    await turn();
    busy--;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(busiest).toBe(2);
});

it("throws the first error when all that has begun has ended", async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error("no");
    await turn();
    ended.push(item);
  };
  await expect(eachAtOnce(2, [1, 2, 3], work)).rejects.toThrow("no");
  expect(ended).toEqual([2, 3]);
});

async function* slowly<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await turn();
    yield item;
  }
}
