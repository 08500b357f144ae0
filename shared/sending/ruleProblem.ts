// The problem of a request that was accepted once and does not pass the rules any more.
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { Problem } from "./dispatchRecord.ts";

/** The broken rules as one problem, for people. */
export function problemOf(problems: readonly RuleProblem[]): Problem {
  const isTooLate = problems.length > 0 && problems.every(({ path }) => path === "correspondence.dueDateTime");
  const first = problems.slice(0, 10).map(({ path, rule }) => `${path}: ${rule}`);
  return { reason: isTooLate ? "expired" : "invalidRequest", detail: first.join("; ") };
}
