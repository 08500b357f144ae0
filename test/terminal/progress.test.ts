// Progress is for eyes: a line that is written over on a terminal, and nothing anywhere else.
import { expect, it } from "vitest";
import { barOf, createProgress } from "../../terminal/progress.ts";

function shownOn(isTTY: boolean): string {
  const written: string[] = [];
  const progress = createProgress({ isTTY, columns: 60, write: (text) => written.push(text) });
  progress.show(1, 4, "letters published");
  progress.end();
  return written.join("");
}

it("is one line, without colours, that is gone in the end", () => {
  expect(shownOn(true)).toBe(`\r\u001b[K${"█".repeat(6)}${"░".repeat(18)} 1 of 4 letters published\r\u001b[K`);
  expect(shownOn(false)).toBe("");
});

it("is full where all is done, or there is nothing to do", () => {
  expect([barOf(4, 4), barOf(0, 0), barOf(9, 4)]).toEqual(["█".repeat(24), "█".repeat(24), "█".repeat(24)]);
  expect(barOf(0, 4)).toBe("░".repeat(24));
});
