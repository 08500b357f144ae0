// `npm run brake`: a short cut to `npm run altinn -- brake`, which stops all sending, and lets it go on.
import { brakeCommand } from "./altinn/brake.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(brakeCommand, "npm run --silent brake --");
