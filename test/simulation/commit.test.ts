// Some histories at every commit, other ones each time: their seed is the commit's. `npm run simulate` goes on for as long as one likes.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { runHistory } from "../../simulation/history.ts";
import { simulatedSettings } from "../../simulation/settings.ts";

/** Where there is no git, or no commit yet. */
const ANY_SEED = 20_261_129;

const HISTORIES = 50;
const LETTERS = 50;

function seedOfCommit(): number {
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number.parseInt(commit.slice(0, 7), 16);
  } catch {
    return ANY_SEED;
  }
}

test("histories of this commit: every letter is sent once and told so", async () => {
  const settings = await simulatedSettings();
  const first = seedOfCommit();
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
