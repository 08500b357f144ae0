import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * What replaces modules, counts the steps of code, or registers the app's functions (Azure's library looks for its host once in a
 * process), needs a process in which nobody has run them.
 */
const ALONE = [
  "test/functions/queueTriggers.test.ts",
  "test/fuzz/nestings.test.ts",
  "test/requests/bodyFormatOnce.test.ts",
  "test/requests/bodyFormatWork.test.ts",
  "test/requests/shownWork.test.ts",
  "test/security/httpFunctions.test.ts",
];

// `--mode scale` (`npm run test:scale`) runs what needs many thousand messages or blobs, and only that.
export default defineConfig(({ mode }) => ({
  test: {
    // Most tests wait for processes and sockets: vitest's own choice leaves half of a small machine idle.
    maxWorkers: availableParallelism(),
    // These limits are for what hangs, and no measure of the machine: the longest test takes half a minute on one of our
    // own, and one that is ten times slower, or busy with something else, must not make it fail. So tests have no
    // limits of their own, and wait with `expect.poll`.
    testTimeout: mode === "scale" ? 1_800_000 : 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000, interval: 20 } },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          globalSetup: ["test/harness/bundleCommands.ts", "test/harness/startBrowser.ts"],
          include: mode === "scale" ? ["test/scale/**/*.test.ts"] : ["test/**/*.test.ts"],
          exclude: mode === "scale" ? [] : ["test/scale/**", ...ALONE],
          // In a process of its own a file costs some seconds of a processor before its first test: to start it, to load
          // the app, to start Azurite, and to run cold code. So a process runs one file after the other, and what
          // modules remember stays: tests must not count on modules that are new.
          isolate: false,
        },
      },
      ...(mode === "scale" ? [] : [{ extends: true as const, test: { name: "alone", include: ALONE } }]),
    ],
  },
}));
