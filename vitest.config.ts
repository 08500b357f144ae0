import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// `--mode scale` (`npm run test:scale`) runs what needs many thousand messages or blobs, and only that.
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "scale" ? ["test/scale/**/*.test.ts"] : ["test/**/*.test.ts"],
    globalSetup: ["test/harness/bundleCommands.ts", "test/harness/startBrowser.ts"],
    exclude: mode === "scale" ? [] : ["test/scale/**"],
    // Most tests wait for processes and sockets: vitest's own choice leaves half of a small machine idle.
    maxWorkers: availableParallelism(),
    // These limits are for what hangs, and no measure of the machine: the longest test takes half a minute on one of our
    // own, and one that is ten times slower, or busy with something else, must not make it fail. So tests have no
    // limits of their own, and wait with `expect.poll`.
    testTimeout: mode === "scale" ? 1_800_000 : 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000, interval: 20 } },
  },
}));
