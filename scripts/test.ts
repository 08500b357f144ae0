// `npm test`: lint, types, tests, in this order, ending at the first that fails. `npm test -- <vitest's arguments>`
// passes arguments on; `--scale` runs the tests that need many thousand messages, and nothing else, and `--faults` one fault
// at every step that is ever made, of every kind, which takes about a quarter of an hour on two cores.
//
// The last line is always `<n> passed, <m> failed`, alone, for whoever reads the output with a program. A failed lint or
// type check counts as one failure.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** What vitest's JSON report says of a run, as far as it is needed to count. */
const reportSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Counts a vitest report. A test file that fails without a failed test (it does not load, say) is one failure. */
export function countTests(report: unknown): Counts {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults, success } = parsed.data;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed"),
  ).length;
  const failed = numFailedTests + brokenFiles;
  // Not a success and nothing failed: an error outside of any test.
  return { passed: numPassedTests, failed: success ? failed : Math.max(failed, 1) };
}

/** Runs a program of node_modules to its end; false when it fails. It ends when we are asked to end. */
async function run(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules", program), ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const stop = () => void child.kill("SIGTERM");
  process.once("SIGTERM", stop);
  process.once("disconnect", stop);
  const ended = await new Promise<boolean>((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
  process.off("SIGTERM", stop);
  process.off("disconnect", stop);
  return ended;
}

async function test(args: readonly string[]): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), "vitest-report-"));
  const file = join(directory, "report.json");
  try {
    const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const succeeded = await run("vitest/vitest.mjs", ["run", ...report, ...args]);
    const text = await readFile(file, "utf8").catch(() => "null");
    const counts = countTests(JSON.parse(text));
    return succeeded ? counts : { ...counts, failed: Math.max(counts.failed, 1) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function main(args: readonly string[]): Promise<Counts> {
  const failed = { passed: 0, failed: 1 };
  if (args.includes("--faults")) {
    process.env.EVERY_FAULT = "1";
    const names = ["integration/failures", "integration/killedSweep", "receiving/killed"];
    const files = names.map((name) => `test/${name}.test.ts`);
    return test([...files, ...args.filter((argument) => argument !== "--faults")]);
  }
  if (args.includes("--scale")) {
    return test(["--mode", "scale", ...args.filter((argument) => argument !== "--scale")]);
  }
  if (args.includes("--pictures")) {
    process.env.PICTURES = "1";
    return test(["test/pages"]);
  }
  process.stdout.write("Lint\n");
  if (!(await run("@biomejs/biome/bin/biome", ["check", "."]))) return failed;
  process.stdout.write("Types\n");
  for (const project of [".", "pages"]) {
    if (!(await run("typescript/bin/tsc", ["--noEmit", "-p", project]))) return failed;
  }
  return test(args);
}

if (import.meta.main) {
  // Ctrl-C reaches the children too; what they say in reply is awaited.
  process.on("SIGINT", () => undefined);
  const { passed, failed } = await main(process.argv.slice(2));
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}
