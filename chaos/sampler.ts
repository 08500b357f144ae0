// Preloaded into an instance: writes to a file, twice a second, what the process holds. For the soak, which looks for leaks.
import { appendFileSync, readdirSync } from "node:fs";

const file = process.env.CHAOS_SAMPLES;
const EVERY = 500;

if (file !== undefined) setInterval(() => appendFileSync(file, `${JSON.stringify(sample())}\n`), EVERY).unref();

function sample(): object {
  // What is garbage by now is no leak.
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  return { at: Date.now(), rss, heapUsed, external, resources, openFiles: openFiles() };
}

/** Files and sockets that are open; nothing where the system does not say. */
function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
