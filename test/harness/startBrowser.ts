// Before any test runs: one browser for all files of test/pages/, if any of them is to run.
import type { TestProject } from "vitest/node";
import { startBrowser } from "./browser.ts";

/** Called once by vitest, in its main process. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // What vitest was told to run, as it was told: it keeps that to itself.
  const [, ...named] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
  const { testFiles } = await project.globTestFiles(named);
  if (!testFiles.some((file) => file.includes("/test/pages/"))) {
    project.provide("browser", undefined);
    return undefined;
  }
  const browser = await startBrowser();
  project.provide("browser", browser.address);
  return () => browser.stop();
}
