import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// `--mode scale` (`npm run test:scale`) runs what needs many thousand messages or blobs, and only that.
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "scale" ? ["test/scale/**/*.test.ts"] : ["test/**/*.test.ts"],
    exclude: mode === "scale" ? [] : ["test/scale/**"],
    // Most tests wait for processes and sockets: vitest's own choice leaves half of a small machine idle.
    maxWorkers: availableParallelism(),
    testTimeout: mode === "scale" ? 1_800_000 : 30_000,
    hookTimeout: 60_000,
  },
}));
