// Preloaded into Azurite, before all else of it: the library that would send its telemetry is not loaded. We switch
// telemetry off, and loading it all the same takes longer than the rest of the start.
const { createRequire } = require("node:module");

const path = createRequire(require.resolve("azurite/package.json")).resolve("applicationinsights");
require.cache[path] = { id: path, filename: path, loaded: true, exports: {} };
