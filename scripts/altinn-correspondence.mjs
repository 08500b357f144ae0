#!/usr/bin/env node
// The package's `bin`: `altinn-correspondence <command>`, which is `npm run altinn -- <command>` from any folder. It needs a
// checkout of the project (`npm link` there); the package for producers has this file, and not the commands.
import { existsSync } from "node:fs";

if (existsSync(new URL("../cli/altinn.ts", import.meta.url))) {
  // As npm says it: where whoever calls stands, since run.mjs works in the project's root.
  process.env.INIT_CWD = process.cwd();
  process.env.ALTINN_CALLED_AS = "altinn-correspondence";
  process.argv.splice(2, 0, "cli/altinn.ts");
  await import("./run.mjs");
} else {
  process.stderr.write(
    "The commands are no part of the package for producers. Clone the project, and run npm link in it, or npm run altinn.\n",
  );
  process.exitCode = 1;
}
