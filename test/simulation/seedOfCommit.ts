// What goes another way at each commit, and the same way each time at one.
import { execFileSync } from "node:child_process";

/** Where there is no git, or no commit yet. */
const ANY_SEED = 20_261_129;

/** A number that follows from the commit. */
export function seedOfCommit(): number {
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
