// Counting vitest's report: nothing that went wrong may look like a success.
import { expect, it } from "vitest";
import { countTests } from "../../scripts/test.ts";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

it("counts tests", () => {
  const testResults = [file("passed", "passed", "passed"), file("failed", "passed", "failed")];
  expect(countTests({ success: false, numPassedTests: 3, numFailedTests: 1, testResults })).toEqual({
    passed: 3,
    failed: 1,
  });
});

it("counts a test file that does not load as a failure", () => {
  const testResults = [file("passed", "passed"), file("failed")];
  expect(countTests({ success: false, numPassedTests: 1, numFailedTests: 0, testResults })).toEqual({
    passed: 1,
    failed: 1,
  });
});

it("counts an error outside of tests, and a report that is none, as a failure", () => {
  const testResults = [file("passed", "passed")];
  expect(countTests({ success: false, numPassedTests: 1, numFailedTests: 0, testResults }).failed).toBe(1);
  expect(countTests(null)).toEqual({ passed: 0, failed: 1 });
});
