import { spawnSync } from "node:child_process";

/** A number that follows from the commit: what is chosen by it differs from commit to commit, and is the same wherever it is tested. */
export function commitNumber(): number {
  const { stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: import.meta.dirname, encoding: "utf8" });
  return Number.parseInt((stdout ?? "").slice(0, 8), 16) || 0;
}
