// Some histories at every commit, other ones each time: their seed is the commit's. `npm run simulate` goes on for as long as one likes.
import { expect, test } from "vitest";
import { runHistory } from "../../simulation/history.ts";
import { simulatedSettings } from "../../simulation/settings.ts";
import { commitNumber } from "../harness/commitNumber.ts";

const HISTORIES = 50;
const LETTERS = 50;

test("histories of this commit: every letter is sent once and told so", async () => {
  const settings = await simulatedSettings();
  const first = commitNumber();
  let letters = 0;
  for (let seed = first; seed < first + HISTORIES; seed++) {
    const { violations, verdict } = await runHistory({ seed, letters: LETTERS, settings });
    const again = `npm run simulate -- --seed ${seed} --letters ${LETTERS}`;
    expect(
      violations.map(({ kind, text }) => `${kind}: ${text}`),
      `the history of seed ${seed} fails; it is told by: ${again}`,
    ).toEqual([]);
    letters += verdict.letters;
  }
  expect(letters).toBeGreaterThanOrEqual(HISTORIES * LETTERS);
});
