// Work counted in steps and not in seconds: every run of every block of code that meets a body, ours and the libraries'.
import { type Profiler, Session } from "node:inspector/promises";
import { afterAll, beforeAll } from "vitest";

const session = new Session();

beforeAll(async () => {
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
});

afterAll(() => session.disconnect());

/** How often blocks of code ran while something was done. */
export async function countSteps(work: () => unknown): Promise<number> {
  await session.post("Profiler.takePreciseCoverage");
  work();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return result.filter(isCounted).reduce((sum, { functions }) => sum + countRuns(functions), 0);
}

function isCounted({ url }: Profiler.ScriptCoverage): boolean {
  return /requests\/(?:body|shown)\/|node_modules\/(?:parse5|css-tree|css-select|css-what|markdown-it)\//.test(url);
}

function countRuns(functions: readonly Profiler.FunctionCoverage[]): number {
  return functions.reduce((sum, { ranges }) => sum + ranges.reduce((runs, { count }) => runs + count, 0), 0);
}
