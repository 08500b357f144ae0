// A request that was accepted once: the rules that it must still pass, and the problem of one that does not any more.

import type { Problem } from "../records/dispatchRecord.ts";
import type { Problem as RuleProblem } from "../requests/problem.ts";
import type { RequestContext } from "../requests/rules.ts";
import type { LettersContext } from "./context.ts";

/** Today's rules, but for unknown fields: what was let in with them is not turned away, half of its letters sent. */
export function rulesOnceAccepted({ rules, clock }: Pick<LettersContext, "rules" | "clock">): RequestContext {
  return { ...rules, unknownFields: "pass", now: new Date(clock.now()) };
}

/** The broken rules as one problem, for people. */
export function problemOf(problems: readonly RuleProblem[]): Problem {
  const isTooLate = problems.length > 0 && problems.every(({ path }) => path === "correspondence.dueDateTime");
  const first = problems.slice(0, 10).map(({ path, rule }) => `${path}: ${rule}`);
  return { reason: isTooLate ? "expired" : "invalidRequest", detail: first.join("; ") };
}
