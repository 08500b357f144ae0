// What the doctor finds: each check's result, what is wrong, and how to mend it.

export type FindingResult = "ok" | "warning" | "failed" | "skipped";

/** One check. No text of it holds a secret, nor an address with one. */
export interface Finding {
  readonly check: string;
  readonly result: FindingResult;
  readonly what: string;
  /** What to do; where something is wrong. */
  readonly mend?: string;
}

export const ok = (check: string, what: string): Finding => ({ check, result: "ok", what });
export const warning = (check: string, what: string, mend: string): Finding => ({
  check,
  result: "warning",
  what,
  mend,
});
export const failed = (check: string, what: string, mend: string): Finding => ({ check, result: "failed", what, mend });
export const skipped = (check: string, because: string): Finding => ({
  check,
  result: "skipped",
  what: `because ${because}`,
});
